"""What was kept of a form goes back onto its page once the same person has signed in.

The browser's cookie remembers which row and which form, so that every other page costs no statement. The row itself
opens for the account it was kept for and for nobody else at the same computer.
"""

from dataclasses import dataclass
from typing import Final, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from sqlmodel import Session
from werkzeug.datastructures import MultiDict
from wtforms import Form

from models.appeals import kept_forms
from models.appeals.kept_forms import Typed
from webapp import access, clock, db
from webapp.kept_forms import is_text

LABELS: Final = {
    "facts": "核实情况", "reason": "理由", "note": "说明", "remark": "说明或意见", "question": "问题",
    "progress": "进展", "answer": "补充的情况", "text": "补充说明", "title": "标题", "body": "情况说明", "name": "姓名",
    "display_name": "姓名", "unit": "单位", "phone": "联系电话", "address": "联系地址",
    "words": "说明或意见", "grounds": "事实和依据", "demand": "要求或内容", "annexes": "附件清单",
    "responsible": "责任领导或约谈对象", "recipient": "移交给哪个机关", "place": "约谈地点", "attend": "参加人员",
}
_KEPT: Final = "kept_form"
FormType = TypeVar("FormType", bound=Form)


@dataclass(frozen=True, repr=False)
class Shown:
    """What the layout says of a kept form. `texts` only on the form's own page, and only what is not in the form."""

    page: str
    is_here: bool
    texts: tuple[tuple[str, str], ...] = ()
    had_files: bool = False


def init_app(app: Flask) -> None:
    app.context_processor(lambda: {"kept_form": shown})
    app.after_request(_forget_what_was_sent)


def recall(session: Session, account_id: int | None) -> None:
    """After signing in: the cookie learns what this account has to send again."""
    row = kept_forms.newest(session, account_id, clock.now()) if account_id is not None else None
    if row is not None:
        cookie[_KEPT] = [row.uid, row.form_digest]


def refilled(form: FormType, address: str) -> FormType:
    """The fresh form with what was kept of it, if this is the one: `address` is where it is sent to. It keeps the row
    version it had, so that what others did meanwhile is seen before it is overwritten (CON-1).
    """
    if request.method != "GET" or not is_kept_for(address):
        return form
    typed = _opened()
    if typed is not None:
        form.process(MultiDict(typed.fields))
        g.refilled_form = form
    return form


def is_kept_for(address: str) -> bool:
    """Whether a form sent to this address may be waiting to be put back: what the cookie says, no statement."""
    kept = cookie.get(_KEPT)
    return kept is not None and kept[1] == kept_forms.digest(address)


def is_refilled(form: Form) -> bool:
    return g.get("refilled_form") is form


def _opened() -> Typed | None:
    """Read once a request; for the account that is signed in, never on the cookie's word alone."""
    kept, account_id = cookie.get(_KEPT), access.current_actor().account_id
    if kept is None or account_id is None:
        return None
    if "kept_typed" not in g:
        vault = current_app.extensions["zhitongche.vault"]
        g.kept_typed = kept_forms.opened(db.session(), vault, account_id, kept[0], clock.now())
        if g.kept_typed is None:
            cookie.pop(_KEPT)
    found: Typed | None = g.kept_typed
    return found


def shown() -> Shown | None:
    """For the layout: that something is kept, and on the form's page what is not in the form itself."""
    typed = _opened()
    if typed is None:
        return None
    is_here = typed.page == "" or urlsplit(typed.page).path == request.path
    if not is_here or "refilled_form" in g:
        return Shown(typed.page, is_here, had_files=typed.had_files)
    texts = tuple((_label(name), value) for name, value in typed.fields if is_text(name, value))
    return Shown(typed.page, is_here, texts, typed.had_files)


def _label(name: str) -> str:
    return LABELS.get(name) or LABELS.get(name.rpartition("-")[2]) or "填写的内容"


def discard() -> str:
    """Forgets what was kept; answers where it would have gone."""
    typed, kept = _opened(), cookie.pop(_KEPT, None)
    account_id = access.current_actor().account_id
    if kept is not None and account_id is not None:
        kept_forms.forget(db.session(), account_id, kept[0])
    return typed.page if typed is not None else ""


def _forget_what_was_sent(response: Response) -> Response:
    """The same form has gone through: what was kept of it is done with."""
    if request.method != "POST" or response.status_code >= 400:
        return response
    kept, account_id = cookie.get(_KEPT), access.current_actor().account_id
    if kept is None or account_id is None or kept[1] != kept_forms.digest(request.path):
        return response
    cookie.pop(_KEPT)
    with db.database().writing() as session:
        kept_forms.forget(session, account_id, kept[0])
    return response
