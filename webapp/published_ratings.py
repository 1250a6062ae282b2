"""Whether anything of a rating is public, for the menu of the public's pages: asked once a minute, not on each page."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import Flask, Response, current_app, g

from models.ratings.result_queries import is_anything_public
from webapp import clock, db

KEPT_FOR: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class _Known:
    database: db.Database
    is_public: bool
    asked_at: datetime


def is_public() -> bool:
    """As of a minute ago at most; another process's decision is seen then."""
    known: _Known | None = current_app.extensions.get("zhitongche.published_ratings")
    now, database = clock.now(), db.database()
    is_fresh = known is not None and known.database is database and abs(now - known.asked_at) < KEPT_FOR
    if known is None or not is_fresh:
        known = _Known(database, is_anything_public(db.session()), now)
        current_app.extensions["zhitongche.published_ratings"] = known
    return known.is_public


def forget() -> None:
    """Something was decided just now. Asked again once it is committed: this request's own pages are redirects."""
    g.ratings_decided = True


def init_app(app: Flask) -> None:
    app.add_template_global(is_public, "has_public_ratings")
    app.after_request(_forget)


def _forget(response: Response) -> Response:
    if g.pop("ratings_decided", False):
        current_app.extensions.pop("zhitongche.published_ratings", None)
    return response
