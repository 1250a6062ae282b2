"""A form that meets a dead sign-in: its text is kept for the account the sign-in belonged to (T10).

Putting it back on its page is webapp/refilling.py.
"""

from typing import Any, Final
from urllib.parse import urlsplit

from flask import current_app, request
from flask import session as cookie
from sqlmodel import Session

from models.appeals import kept_forms
from models.appeals.kept_forms import Typed
from webapp import clock, db
from webapp.paths import local_path

AUTOSAVE: Final = "autosave"
"""The step of a form that the browser sends by itself while somebody types."""
KEPT: Final = "您的登录已过期，刚才填写的内容已为您保留。请重新登录。"
NEVER_KEPT: Final = frozenset({
    "csrf_token", "submission_key", "current", "repeated", "username", "code", "step", "appeal", "next", "proof",
})
HIDDEN: Final = frozenset({"version", "draft_version"})
"""Kept, so that a change by others meanwhile is seen, and shown to nobody."""
_LEFT, _CHECK = "left", "csrf_token"


def leave(token: str) -> None:
    """After a sign-out: a form still open in another tab is kept for whoever had it open. The token opens nothing any
    more; it only tells whose it was. The one of the forms' check stays, or that tab's form would count as forged.
    """
    check = cookie.get(_CHECK)
    cookie.clear()
    cookie[_LEFT] = token
    keep_check(check)


def own_check(session: Session, account_id: int | None) -> str | None:
    """What the forms' check hangs on, when the same person signs in again: forms open in other tabs stay good."""
    token = last_token()
    is_same = bool(token) and kept_forms.owner(session, token, clock.now()) == account_id
    return cookie.get(_CHECK) if is_same else None


def keep_check(check: str | None) -> None:
    if check is not None:
        cookie[_CHECK] = check


def last_token() -> str:
    """The token of the sign-in this browser has or had; '' when there was none."""
    return str(cookie.get("_user_id") or cookie.get(_LEFT) or "")


def is_background() -> bool:
    """The browser sends by itself: whoever types is not torn away from the page."""
    return request.form.get("step") == AUTOSAVE


def page_of_the_form() -> str:
    """Where the form stood: what the browser says it shows, or the form's own address; '' when neither is ours."""
    said = urlsplit(request.headers.get("HX-Current-URL") or request.referrer or "")
    if said.path and said.netloc == request.host:
        return local_path(said.path + (f"?{said.query}" if said.query else "")) or ""
    rule = request.url_rule
    return request.path if rule is not None and rule.methods is not None and "GET" in rule.methods else ""


def keep() -> bool | None:
    """Keeps what was typed for the account whose sign-in ended. None: nothing was typed; False: it cannot be kept."""
    typed = Typed(page_of_the_form(), _typed(), any(one.filename for one in request.files.values()))
    if not any(is_text(name, value) for name, value in typed.fields):
        return None
    token, now = last_token(), clock.now()
    db.release()
    with db.database().reading() as session:
        account_id = kept_forms.owner(session, token, now) if token else None
    if account_id is None:
        return False
    with db.database().writing() as session:
        return kept_forms.keep(session, _vault(), account_id, request.path, typed, now=now) is not None


def _typed() -> kept_forms.Fields:
    found = [(name, value) for name, value in request.form.items(multi=True) if _may_be_kept(name)]
    return tuple((name, value.replace("\r\n", "\n")) for name, value in found)


def _may_be_kept(name: str) -> bool:
    return name not in NEVER_KEPT and "password" not in name


def is_text(name: str, value: str) -> bool:
    return name not in HIDDEN and not name.endswith(("demand_id", "-no")) and bool(value.strip())


def _vault() -> Any:
    return current_app.extensions["zhitongche.vault"]
