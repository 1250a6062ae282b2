"""Enterprise accounts, by the administrator: found by username alone, closed and opened again, given a one-time
password. Neither the enterprise nor the person is named here, to anybody. Credit codes stand in `enterprise_codes`.
"""

from flask import redirect, url_for
from werkzeug.wrappers import Response
from wtforms import StringField

from models.accounts import staff_list
from models.accounts.enterprise_accounts import enterprise_account, enterprise_account_called
from webapp import clock, db
from webapp.admin.acts import Place
from webapp.forms import ActForm, Clean, Form, Required
from webapp.htmx import render

AS_PRINTED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 40}


class FindForm(Form):
    username = StringField(
        "用户名", [Required("请填写用户名"), Clean(40, 1)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "maxlength": 40},
    )


class CodeForm(Form):
    credit_code = StringField(
        "统一社会信用代码", [Required("请填写统一社会信用代码"), Clean(40, 1)], render_kw=AS_PRINTED
    )


def show_find(form: Form | None = None, status: int = 200) -> Response:
    """Both ways to find: by an account's username, and by the credit code that somebody registered."""
    by_name = form if isinstance(form, FindForm) else FindForm(formdata=None)
    by_code = form if isinstance(form, CodeForm) else CodeForm(formdata=None)
    return render("admin/enterprise_find.html", failed=form, form=by_name, code_form=by_code, status=status)


def find() -> Response:
    """Asked for by POST: a username is somebody's and stands in no address."""
    form = FindForm()
    if not form.validate():
        return show_find(form, 422)
    account = enterprise_account_called(db.session(), form.username.data or "")
    if account is None:
        form.username.errors = ["没有使用这个用户名的企业账号，请向对方逐字核对"]
        return show_find(form, 422)
    return redirect(url_for("admin.enterprise_account", uid=account.uid), code=303)


def show(uid: str, failed: ActForm | None = None, status: int = 200) -> Response:
    session = db.session()
    account = enterprise_account(session, uid)
    act = ActForm(formdata=None)
    act.version.data = str(account.version)
    return render(
        "admin/enterprise_account.html", status=status, account=account, act=act, failed=failed,
        last_signed_in_at=staff_list.last_sign_in(session, account),
        live=len(staff_list.live_sessions(session, account.id, clock.now())),
    )


ENTERPRISE = Place(
    "account", lambda session, uid: enterprise_account(session, uid, lock=True),
    lambda uid: url_for("admin.enterprise_account", uid=uid), show,
)
