"""An unfinished form kept on request, without an account (ux.md): on the server, sealed, for a day, under a code.

Nothing stays on the computer, which may be a shared one: no cookie, no storage. Whoever has the code fetches the text
from any computer; the code is shown once and stored nowhere. Files are not kept.
"""

import secrets
from typing import Final

from flask import current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response
from wtforms import StringField

from models.appeals import kept_forms, limits
from models.appeals.kept_forms import Typed
from models.appeals.limits import Limit
from models.appeals.receipt import grouped, normalise_code, receipt_code
from models.appeals.vault import IdentityVault
from webapp import clock, db, sources
from webapp.filing_form import FilingForm
from webapp.forms import Form, Required
from webapp.htmx import render
from webapp.kept_forms import NEVER_KEPT
from webapp.public.limits import TooMany, waiting

NOT_KEPT: Final = NEVER_KEPT | {"account", "appellant_kind", "kind", "confidential"}
"""Without these nothing has been typed."""
TOO_MANY: Final = "从您所在网络暂存的次数过多，请约 {minutes} 分钟后再试。您填写的内容都在，请不要关闭这个页面。"
TOO_MANY_CODES: Final = "取回的次数过多，请约 {minutes} 分钟后再试。"
NOTHING: Final = "还没有填写内容，不需要暂存。"
TOO_LONG: Final = "内容太长，没有暂存。请删减，或者直接提交。"
WRONG: Final = "没有找到暂存的内容：取回码不对，或者已经超过24小时。"


class ResumeForm(Form):
    code = StringField(
        "取回码",
        [Required("请填写取回码，共 16 位")],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 60},
    )


class NothingTyped(Exception):
    """There is nothing to keep, or too much of it; `message_zh` says which."""

    def __init__(self, message_zh: str) -> None:
        super().__init__(message_zh)
        self.message_zh = message_zh


def pause() -> Response:
    """The page with the code. Raises NothingTyped, TooMany: the form then comes back as it was."""
    names = NEVER_KEPT | {"account"}
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name not in names)
    if not any(name not in NOT_KEPT and value.strip() for name, value in fields):
        raise NothingTyped(NOTHING)
    had_files = any(one.filename for one in request.files.values())
    code = receipt_code(secrets.token_bytes(32), secrets.token_urlsafe(24))
    _count(kept_forms.PAUSES, TOO_MANY)
    typed = Typed(request.path, fields, had_files)
    if not kept_forms.keep_for_code(db.session(), _vault(), code, typed, now=clock.now()):
        raise NothingTyped(TOO_LONG)
    return render("public/paused.html", code=grouped(code), had_files=had_files)


def ask(form: ResumeForm | None = None, status: int = 200) -> Response:
    return render("public/resume.html", form=form or ResumeForm(formdata=None), status=status)


def fetched(form: ResumeForm) -> Typed | Response:
    """What was kept, or the page that asks for the code again."""
    if not form.validate_on_submit():
        return ask(form, 422)
    try:
        _count(kept_forms.PAUSE_CODES, TOO_MANY_CODES)
    except TooMany as many:
        db.release()
        form.form_errors.append(many.message_zh)
        return waiting(ask(form, 429), many)
    db.commit_now()  # a wrong code is counted too
    code = normalise_code(form.code.data or "")
    with db.database().reading() as session:
        typed = kept_forms.by_code(session, _vault(), code, clock.now()) if code else None
    if typed is not None:
        return typed
    form.form_errors.append(WRONG)
    return ask(form, 422)


def refill(form: FilingForm, typed: Typed) -> FilingForm:
    """The filing form with what was kept, under a new one-time key."""
    form.process(MultiDict(typed.fields))
    form.renew_key()
    form.make_showable()
    return form


def _count(limit: Limit, words: str) -> None:
    source, now = sources.here(), clock.now()
    if source.is_hall:
        return
    if limits.take(db.session(), limit, source.key, now) > limit.most:
        raise TooMany(words, limits.wait_seconds(limit, now))


def _vault() -> IdentityVault:
    vault: IdentityVault = current_app.extensions["zhitongche.vault"]
    return vault
