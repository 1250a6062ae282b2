"""Getting an enterprise account: registering the enterprise, or joining it by a colleague's invitation."""

from collections.abc import Callable

from flask import current_app, flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.tables import Account
from models.appeals import credit_code, enterprise_queries, enterprises
from models.errors import Refused
from models.handling.keys import act_key, remember_key
from webapp import access, clock, db
from webapp.config import Config
from webapp.entering import enter
from webapp.filing_form import make_showable
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.keyed import renewed
from webapp.messages import message
from webapp.public import enterprise_limits, limits
from webapp.public.enterprise_forms import EnterpriseForm, JoinForm, RegisterForm
from webapp.public.member import vault

REPEATED = "账号已经建好，请用刚才设置的用户名和密码登录。"
REGISTERED = "企业账号已经建好。请把同事也请进来：在“同事”里生成邀请码交给他们。"
JOINED = "您已加入企业账号，能看到同事提交的诉求。"
FIELD_OF = {"enterprise_registered": "credit_code", "username_taken": "username", "invitation_invalid": "code"}
Show = Callable[[ActForm, int], Response]


def pepper() -> bytes:
    config: Config = current_app.extensions["zhitongche.config"]
    return config.receipt_key


# ---------------------------------------------------------------- registering


def register() -> Response:
    """Two pages: the enterprise and its contact, then a look at it all with username and password."""
    if request.method == "GET":
        return _first(EnterpriseForm(), 200)
    if request.form.get("step") == "edit":
        form = EnterpriseForm()
        make_showable(form)
        return _first(form, 200)
    first = EnterpriseForm()
    if not first.validate():
        make_showable(first)
        return _first(renewed(first), 422)
    try:
        is_new = _asked(first)
    except limits.TooMany as many:
        first.form_errors.append(many.message_zh)
        return limits.waiting(_first(first, 429), many)
    if not is_new:
        first.credit_code.errors = [message("enterprise_registered")]
        return _first(first, 422)
    if request.form.get("step") == "submit":
        return _submit()
    second = RegisterForm()
    for name, value in first.typed():
        second[name].data = value
    return _second(second, 200)


def _asked(first: EnterpriseForm) -> bool:
    """Whether the enterprise is not here yet. Asking counts; the repeat of a form that was taken is told later."""
    with db.database().reading() as session:
        if act_key(session, first.key_hash) is not None:
            return True
    enterprise_limits.count_now(enterprise_limits.CODES, clock.now())
    with db.database().reading() as session:
        return not enterprise_queries.is_registered(session, vault(), first.credit_code.data or "")


def _first(form: ActForm, status: int) -> Response:
    return render("public/enterprise_register.html", status=status, form=form)


def _second(form: RegisterForm, status: int) -> Response:
    make_showable(form)
    doubts = credit_code.check(form.credit_code.data or "")
    return render(
        "public/enterprise_register_check.html", status=status, form=form,
        warnings=[credit_code.WARNINGS[doubt].replace("继续提交", "继续注册") for doubt in doubts],
    )


def _submit() -> Response:
    form = RegisterForm()
    if not form.validate_on_submit():
        return _second(form, 422)

    def make(session: Session) -> Account:
        return enterprises.register(session, vault(), form.enterprise, form.person, now=clock.now())

    def again(failed: ActForm, status: int) -> Response:
        return _first(failed, status) if form.credit_code.errors else _second(form, status)

    return _make(form, make, again, "enterprise.register", REGISTERED)


# ---------------------------------------------------------------- joining


def join() -> Response:
    form = JoinForm()
    if request.method == "GET":
        return _join_page(form, 200)
    if not form.validate_on_submit():
        make_showable(form)
        return _join_page(renewed(form), 422)
    token_hash = enterprises.invitation_hash(pepper(), form.canonical_code)
    try:
        _check_invitation(form, token_hash)
    except limits.TooMany as many:
        form.code.errors = [many.message_zh]
        return limits.waiting(_join_page(form, 429), many)
    if form.code.errors:
        return _join_page(form, 422)

    def make(session: Session) -> Account:
        return enterprises.join(session, vault(), token_hash, form.person, now=clock.now())

    return _make(form, make, _join_page, "enterprise.join", JOINED)


def _check_invitation(form: JoinForm, token_hash: str) -> None:
    """Counted as wrong before it is looked up, and taken back when it was right. Raises TooMany."""
    with db.database().reading() as session:
        if act_key(session, form.key_hash) is not None:
            return
    now = clock.now()
    enterprise_limits.count_now(enterprise_limits.INVITATIONS, now)
    with db.database().reading() as session:
        is_invited = enterprise_queries.is_invited(session, token_hash, now)
    if is_invited:
        enterprise_limits.count_now(enterprise_limits.INVITATIONS, now, by=-1)
    else:
        form.code.errors = [message("invitation_invalid")]


def _join_page(form: ActForm, status: int) -> Response:
    return render("public/enterprise_join.html", status=status, form=form)


# ---------------------------------------------------------------- the account


def _make(form: ActForm, make: Callable[[Session], Account], show: Show, subject: str, said: str) -> Response:
    """The account once (DUR-5), signed in at once. A form sent again is told to sign in."""
    session = db.session()
    if act_key(session, form.key_hash) is not None:
        return _repeated()
    try:
        enterprise_limits.take_account(session, clock.now())
        account = make(session)
    except limits.TooMany as many:
        db.release()
        form.form_errors.append(many.message_zh)
        return limits.waiting(show(form, 429), many)
    except Refused as refused:
        return _refused(form, refused, show)
    actor = enter(session, account)
    remember_key(session, form.key_hash, actor, subject, now=clock.now())
    flash(said, "success")
    return redirect(url_for("public.enterprise"), 303)


def _refused(form: ActForm, refused: Refused, show: Show) -> Response:
    """Or the same form was faster in another request: then there is nothing wrong."""
    access.record_denied(access.current_actor(), f"{request.endpoint}:{refused.code}")
    with db.database().reading() as session:
        if act_key(session, form.key_hash) is not None:
            return _repeated()
    name = FIELD_OF.get(refused.code, "")
    if name in form:
        form[name].errors = [message(refused.code)]
    else:
        form.form_errors.append(message(refused.code))
    return show(form, 422)


def _repeated() -> Response:
    flash(REPEATED, "info")
    return redirect(url_for("accounts.login"), 303)
