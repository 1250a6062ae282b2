"""Each look at the signal of a campaign, and at what was written about a unit, is noted before the answer leaves: once
for each person, thing and ten minutes, in a short transaction of its own. What cannot be noted is not shown.
"""

from flask import Flask, Response, g
from sqlalchemy.exc import OperationalError

from models.ratings import looks
from models.ratings.looks import Look
from webapp import access, clock, db, errors


def seen(look: Look) -> None:
    """This answer shows it."""
    g.setdefault("ratings_seen", set()).add(look)


def init_app(app: Flask) -> None:
    app.after_request(_write)


def _write(response: Response) -> Response:
    shown: set[Look] = g.pop("ratings_seen", set())
    if not shown or response.status_code in range(300, 400):
        return response
    try:
        _note(sorted(shown, key=lambda look: (look.campaign_id, look.kind, look.unit_id or 0)))
    except OperationalError:
        return errors.busy()
    return response


def _note(shown: list[Look]) -> None:
    actor, now = access.current_actor(), clock.now()
    fresh = [look for look in shown if not looks.is_noted(db.session(), actor, look, now)]
    if not fresh:
        return
    db.release()
    with db.database().writing() as session:
        for look in fresh:
            looks.note(session, actor, look, now)
