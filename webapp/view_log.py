"""The view log: every page, file and print of an appeal that staff get is noted before it leaves.

Written after the request's own transaction has ended, in a short one of its own (design.md section 3), so that a GET
still writes nothing else and a POST holds no second lock. What cannot be noted is not shown.
"""

from datetime import datetime

from flask import Flask, Response, g, request
from sqlalchemy.exc import OperationalError

from models.accounts.types import Actor
from models.appeals import views
from models.appeals.tables import Appeal
from models.appeals.types import ViewKind
from webapp import access, clock, db, errors


def seen(appeal: Appeal, kind: ViewKind = ViewKind.PAGE) -> None:
    """This answer shows the appeal, or hands out something of it."""
    if appeal.id is not None:
        seen_id(appeal.id, kind)


def seen_id(appeal_id: int, kind: ViewKind = ViewKind.PAGE) -> None:
    g.setdefault("appeals_seen", set()).add((appeal_id, kind))


def init_app(app: Flask) -> None:
    app.after_request(_write)


def _write(response: Response) -> Response:
    shown: set[views.Look] = g.pop("appeals_seen", set())
    actor = access.current_actor() if shown else None
    if actor is None or actor.account_id is None or response.status_code in range(300, 400):
        return response
    try:
        _note(sorted(shown))
    except OperationalError:
        return errors.busy()
    return response


def _unseen(actor: Actor, looks: list[views.Look], now: datetime) -> list[views.Look]:
    if request.method in db.SAFE_METHODS:
        return views.unseen(db.session(), actor, looks, now)
    db.release()
    with db.database().reading() as session:
        return views.unseen(session, actor, looks, now)


def _note(looks: list[views.Look]) -> None:
    """The request's own transaction is over: its connection reads anew, and is given back before anything is written.
    """
    actor, now = access.current_actor(), clock.now()
    fresh = _unseen(actor, looks, now)
    if fresh:
        db.release()
        with db.database().writing() as session:
            views.note(session, actor, fresh, now)
