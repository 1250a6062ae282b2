"""The ladder's part of `flask sweep`: each appeal and each record in a short transaction of its own, so that a sweep of
a large office stands in nobody's way, and one that is killed has done whole steps.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from sqlmodel import Session

from models.supervision import sweeping
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import KIND_LABELS, RecordKind
from models.supervision.sweeping import Sweep
from webapp.db import Database

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
        with database.writing() as session:
            found.update(record.kind for record in take(session, id_, sweep))
    return found


def said(found: Mapping[RecordKind, int]) -> str:
    """"催办提醒 2 件，黄牌 1 件"; the kinds in the order of the ladder."""
    counted = [f"{KIND_LABELS[kind]} {found[kind]} 件" for kind in RecordKind if found.get(kind)]
    return "，".join(counted) or "没有到时候的"
