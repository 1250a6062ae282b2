"""A credit code that somebody else has registered, by the administrator: found by the code alone and freed for the
enterprise whose code it is. No name, no username, no code of ours is shown: what was typed is what the caller told.
"""

from flask import current_app, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response
from wtforms import StringField, ValidationError

from models.accounts import staff_list
from models.accounts.types import Actor
from models.appeals import enterprise_queries, enterprises
from models.appeals.credit_code import LENGTH, normalise
from models.appeals.enterprise_tables import Enterprise
from models.appeals.vault import IdentityVault
from webapp import clock, db
from webapp.admin.acts import AdminAct, Done, Place
from webapp.admin.enterprise import AS_PRINTED, CodeForm, show_find
from webapp.forms import ActForm, Clean, Required, text_area
from webapp.htmx import render

SHORTEST_REASON = 10
TOO_SHORT = "代码应为 18 位，请补全。"
NOT_FOUND = "没有查到这个代码的注册。请先与对方逐位核对；无误的，企业可以直接注册。"


class FreeForm(ActForm):
    """The code once more, so that nobody frees another's; and what was looked at, for the log."""

    credit_code = StringField(
        "再填一次统一社会信用代码", [Required("请再填一次统一社会信用代码"), Clean(40, 1)], render_kw=AS_PRINTED
    )
    reason = text_area("理由和核实情况", max_chars=200, required="请写明理由和核实情况")

    def validate_reason(self, field: StringField) -> None:
        if len(field.data or "") < SHORTEST_REASON:
            raise ValidationError(f"请写得具体一些，至少 {SHORTEST_REASON} 个字：谁来核实的、看了什么材料")


def _vault() -> IdentityVault:
    return current_app.extensions["zhitongche.vault"]


def look_up() -> Response:
    """Asked for by POST: the code stands in no address."""
    form = CodeForm()
    if not form.validate():
        return show_find(form, 422)
    code = form.credit_code.data or ""
    found = enterprise_queries.holder(db.session(), _vault(), code)
    if found is None:
        form.credit_code.errors = [TOO_SHORT if len(normalise(code)) < LENGTH else NOT_FOUND]
        return show_find(form, 422)
    return redirect(url_for("admin.registration", uid=found.uid), code=303)


def show(uid: str, failed: ActForm | None = None, status: int = 200) -> Response:
    session = db.session()
    row = enterprise_queries.registration(session, uid)
    accounts = enterprise_queries.accounts_of(session, row)
    signed_in = [at for one in accounts if (at := staff_list.last_sign_in(session, one))]
    return render(
        "admin/registration.html", status=status, row=row, form=failed or FreeForm(formdata=None),
        active=sum(one.is_active for one in accounts), last_signed_in_at=max(signed_in, default=None),
    )


def _free(session: Session, actor: Actor, row: Enterprise, form: FreeForm) -> Done:
    code = form.credit_code.data or ""
    closed = enterprises.free(session, _vault(), row.uid, credit_code=code, now=clock.now())
    return Done(
        f"注册已解除，停用账号 {len(closed)} 个。企业现在可以凭这个代码重新注册。",
        {"reason": form.reason.data or "", "accounts": closed},
    )


REGISTRATION = Place(
    "enterprise", lambda session, uid: enterprise_queries.registration(session, uid, lock=True),
    lambda uid: url_for("admin.enterprise_accounts"), show,
)
FREE = AdminAct("enterprise.free", _free)
