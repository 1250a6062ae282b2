"""The ladder's part of what time alone causes (`webapp.sweeping`): each appeal and each record in a short transaction
of its own, so that a sweep of a large office stands in nobody's way, and one that is killed has done whole steps.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.supervision import sweeping
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import RecordKind
from models.supervision.sweeping import Sweep
from models.workdays.queries import load_calendar
from webapp import db
from webapp.config import Config
from webapp.db import Database
from webapp.letterhead import for_slips

Take = Callable[[Session, int, Sweep], list[SupervisionRecord]]


def climb(database: Database, sweep: Sweep) -> Counter[RecordKind]:
    """Takes every step that is due; how many of each kind. Misses come first: a missed order brings a card."""
    with database.reading() as session:
        records = list(sweeping.due_records(session, sweep))
    found = _taken(database, records, sweeping.miss, sweep)
    with database.reading() as session:
        appeals = list(sweeping.due_steps(session, sweep))
    return found + _taken(database, appeals, sweeping.take, sweep)


def _taken(database: Database, ids: Iterable[int], take: Take, sweep: Sweep) -> Counter[RecordKind]:
    found = Counter[RecordKind]()
    for id_ in ids:
        try:
            with database.writing() as session:
                taken = [record.kind for record in take(session, id_, sweep)]
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") not in db.RETRIED:
                raise
            continue  # given up for another transaction's sake: the next sweep takes it
        found.update(taken)
    return found


def run(now: datetime) -> int:
    """As one of the acts of `webapp.sweeping`."""
    config: Config = current_app.extensions["zhitongche.config"]
    database = db.database()
    with database.reading() as session:
        sweep = Sweep(now, load_calendar(session), for_slips(config.public_base_url))
    return climb(database, sweep).total()
