"""What every page knows: who is signed in, large type, the office; and the two health answers."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, request
from flask_login import UserMixin, current_user
from sqlalchemy import text

from models.accounts import commands as accounts
from models.accounts.queries import SignedIn, signed_in
from models.accounts.rules import Permission, permits
from models.accounts.types import Actor
from models.notices.queries import UNREAD
from webapp import access, clock, db, disk, menu
from webapp.letterhead import OFFICE
from webapp.paths import here

LARGE_TYPE_COOKIE = "large_type"
TOUCH_AFTER_SECONDS = 60
POLLED = frozenset({"office.dates", "progress.state", "ratings.rate"})
"""Asked for by an open page itself, now and then: nobody need sit before it, so the half hour goes on (SES-2)."""
blueprint = Blueprint("pages", __name__)


class SignedInUser(UserMixin):
    """What Flask-Login carries: the session's token as id, the actor behind it."""

    def __init__(self, token: str, found: SignedIn) -> None:
        self.token = token
        self.session_id = found.session_id
        self.must_change_password = found.must_change_password
        self.actor: Actor = found.actor
        self.unread = found.beside

    def get_id(self) -> str:
        return self.token


def load_user(token: str) -> SignedInUser | None:
    """The live session behind the cookie. Its last-seen time is written at most once a minute, in a transaction of
    its own.
    """
    now = clock.now()
    found = _found(accounts.token_hash(token), now)
    if found is None:
        return None
    if request.endpoint not in POLLED and (now - found.last_seen_at).total_seconds() >= TOUCH_AFTER_SECONDS:
        with db.database().writing() as writing:
            accounts.touch_session(writing, found.session_id, now=now)
    return SignedInUser(token, found)


def _found(token_hash: str, now: datetime) -> SignedIn | None:
    """Read in the request's own session when it only reads. A writing one would wait for its turn before it knows who
    asks.
    """
    if request.method in db.SAFE_METHODS:
        return signed_in(db.session(), token_hash, now, UNREAD)
    with db.database().reading() as reading:
        return signed_in(reading, token_hash, now, UNREAD)


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.context_processor(_common)
    for function in (menu.staff_menu, menu.public_menu, menu.bare_menu, here):
        app.add_template_global(function)


def _common() -> dict[str, Any]:
    actor = access.current_actor()
    return {
        "current_actor": actor if actor.account_id is not None else None,
        "unread": current_user.unread if actor.account_id is not None else 0,
        "may": lambda permission: permits(actor.roles, Permission(permission)),
        "large_type": request.cookies.get(LARGE_TYPE_COOKIE) == "1",
        "office": OFFICE,
        "office_phone": OFFICE.phone,
        "today": clock.today(),
    }


@blueprint.get("/healthz")
@access.public
def health() -> Response:
    """The process answers. Tells nothing else (OPS-4)."""
    return Response("ok", mimetype="text/plain")


@blueprint.get("/readyz")
@access.public
def ready() -> Response:
    """The database answers too. A disk that fills up is no reason to say no yet: the log says so (DUR-7)."""
    db.session().execute(text("SELECT 1"))
    disk.warn()
    return Response("ok", mimetype="text/plain")
