"""Is everything that should agree in agreement: rows, files, events, dates, slips (DUR-6). For the house itself and
for a copy of it.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol

from sqlmodel import Session, col, select

from models.appeals.tables import Appeal, Attachment, StagedUpload
from models.appeals.types import ENDED_STATES, State
from models.errors import Refused
from models.handling import policy_queries
from models.handling.policy_rules import overlapping
from models.handling.policy_rules import problems as policy_problems
from models.handling.queries import every_history, replayed
from models.handling.tables import AppealEvent
from models.handling.types import Projection
from models.ratings import checks as ratings
from models.ratings import result_queries, results
from models.ratings.queries import campaign as campaign_of
from models.ratings.tables import RatingCampaign
from models.slips.tables import Slip, SlipScan
from models.supervision import ladder_replay as ladder
from models.supervision import work_error_queries as work_errors
from models.supervision.work_error_tables import WorkErrorFile
from webapp import follow_up_checks
from webapp.files import FileStore

BEFORE_DISPATCH = frozenset({State.SUBMITTED, State.ACCEPTED, State.AWAITING_SUPPLEMENT})
SELF_REGISTERED = frozenset({State.REGISTERED, State.TO_AMEND})
"""Reported when all was done: nothing is promised for them."""
UNPROMISED = ENDED_STATES | BEFORE_DISPATCH | SELF_REGISTERED


class Kept(Protocol):
    """Files as they lie somewhere: in the store, or in a backup of it."""

    def sha256(self, stored_name: str) -> str | None:
        """None for a file that is not there."""

    def iter_settled(self) -> Iterator[str]:
        """The names of files that must belong to a row by now."""


class StoredFiles:
    """The running house's. A fresh file may belong to a form being sent now."""

    def __init__(self, store: FileStore, settled_before: float) -> None:
        self._store, self._settled_before = store, settled_before

    def sha256(self, stored_name: str) -> str | None:
        path = self._store.path(stored_name)
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()

    def iter_settled(self) -> Iterator[str]:
        for stored_name in self._store.iter_names():
            if self._store.path(stored_name).stat().st_mtime < self._settled_before:
                yield stored_name


def problems(session: Session, kept: Kept) -> list[str]:
    """A line for each; none when all is well."""
    return [
        *_histories(session), *_files(session, kept), *_slips(session), *_work_errors(session),
        *_supervision(session), *_policies(session),
        *_rating_results(session),
        *ratings.problems(session),
        *follow_up_checks.problems(session),
    ]


def _histories(session: Session) -> Iterator[str]:
    for appeal, events, stored in every_history(session):
        yield from _history_problems(appeal, list(events), stored)


def _history_problems(appeal: Appeal, events: list[AppealEvent], stored: Projection) -> Iterator[str]:
    name = f"appeal {appeal.number}"
    if [event.seq for event in events] != list(range(1, appeal.version + 1)):
        yield f"{name}: events are not 1 to {appeal.version}"
    try:
        rebuilt = replayed(events)
    except Refused:
        yield f"{name}: no first event"
        return
    if _in_order(stored) != _in_order(rebuilt):
        yield f"{name}: state or dates differ from its events"
    nearest = rebuilt.next_milestone
    if appeal.next_due_on != (nearest.due_on if nearest else None):
        yield f"{name}: next due date differs from its events"
    if nearest is None and appeal.state not in UNPROMISED and not _is_merged_unpromised(appeal):
        yield f"{name}: due date missing"


def _is_merged_unpromised(appeal: Appeal) -> bool:
    """Merged before it was dispatched: what was promised for its main appeal is its promise."""
    return appeal.state is State.MERGED and appeal.dispatched_on is None


def _in_order(one: Projection) -> Projection:
    return replace(one, milestones=tuple(sorted(one.milestones, key=lambda two: (two.round, two.stage, two.no))))


def _work_errors(session: Session) -> Iterator[str]:
    """Every entry of the register is what its events add up to."""
    for error, events in work_errors.every_entry(session):
        name = f"work error {error.uid}"
        if [event.seq for event in events] != list(range(1, error.version + 1)):
            yield f"{name}: events are not 1 to {error.version}"
        elif work_errors.stored(error) != work_errors.replayed(events):
            yield f"{name}: differs from its events"


def _supervision(session: Session) -> Iterator[str]:
    """State, outcome and marks of every record of the ladder are what its events add up to."""
    for record, events in ladder.every_record(session):
        name = f"supervision {record.uid}"
        if [event.seq for event in events] != list(range(1, record.version + 1)):
            yield f"{name}: events are not 1 to {record.version}"
        elif ladder.stored(record) != ladder.replayed(record.kind, events):
            yield f"{name}: differs from its events"


def _policies(session: Session) -> Iterator[str]:
    """A day has one version of a policy, its limits fit together, and something can be dispatched at all."""
    lines = policy_queries.lines(session)
    for line in lines:
        if overlapping(one.span for one in line.versions):
            yield f"policy {line.code}: two versions in force on a day"
        for one in line.versions:
            if policy_problems(one.provision, is_default=line.is_default):
                yield f"policy {line.code} version {one.row.version}: limits do not fit together"
    if lines and not any(line.is_default and line.newest.row.in_force_to is None for line in lines):
        yield "policies: no default that goes on"


def _rating_results(session: Session) -> Iterator[str]:
    """The figures of every counted campaign are what its ballots come to by the formula."""
    for head in result_queries.every_counting(session):
        row = session.get_one(RatingCampaign, head.campaign_id)
        frozen = results.counting_of(session, head.campaign_id)
        again = results.counted_anew(session, campaign_of(session, row))
        if frozen is None or frozen.digest != again.digest:
            yield f"rating {row.year} {row.half.value}: ballots changed since they were counted"
        elif frozen != again:
            yield f"rating {row.year} {row.half.value}: figures differ from the ballots"


def _files(session: Session, kept: Kept) -> Iterator[str]:
    """A row without its file, a file that changed, a file without a row."""
    named: set[str] = set()
    for stored_name, sha256 in named_files(session):
        named.add(stored_name)
        found = kept.sha256(stored_name)
        if found is None:
            yield f"file {stored_name}: missing"
        elif found != sha256:
            yield f"file {stored_name}: content changed"
    for stored_name in kept.iter_settled():
        if stored_name not in named:
            yield f"file {stored_name}: belongs to no row"


def named_files(session: Session) -> Iterator[tuple[str, str]]:
    """Every file that a row names, with its hash. First those of forms not sent yet: only they may be withdrawn."""
    for table in (StagedUpload, Attachment, WorkErrorFile):
        yield from session.exec(select(table.stored_name, table.sha256)).all()
        copies = select(table.derivative_name, table.derivative_sha256).where(col(table.derivative_name).is_not(None))
        yield from ((copy or "", sha256) for copy, sha256 in session.exec(copies).all())
    yield from session.exec(select(SlipScan.stored_name, SlipScan.sha256)).all()
    slips = select(Slip.pdf_name, Slip.pdf_sha256).where(col(Slip.pdf_name).is_not(None))
    for name, sha256 in session.exec(slips).all():
        assert name is not None and sha256 is not None
        yield name, sha256


def _slips(session: Session) -> Iterator[str]:
    """Numbers run without gaps in each kind and year; the content still has the hash that was printed."""
    last: dict[tuple[str, int], int] = {}
    for slip in session.exec(select(Slip).order_by(col(Slip.kind), col(Slip.year), col(Slip.number))).all():
        series = (slip.kind.value, slip.year)
        if slip.number != last.get(series, 0) + 1:
            yield f"slip {slip.uid}: number {slip.number} leaves a gap"
        last[series] = slip.number
        if hashlib.sha256(slip.content.encode()).hexdigest() != slip.content_hash:
            yield f"slip {slip.uid}: content changed"
