"""Many consistent appeals, fast: stories told once through the real commands, then copied with executemany."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert, select, update
from sqlmodel import Session

from models.accounts.types import Role
from models.appeals.types import State
from models.base import new_uid
from models.tables import metadata
from tests.support.factories import Story
from webapp.db import Database

UNIT = "市监局"
OTHERS = ("税务局", "住建局", "人社局", "城管局")
SPREAD = (
    *((UNIT, state) for state in (State.DISPATCHED, State.VERIFYING, State.HANDLING, State.HANDLING, State.IN_REVIEW)),
    *((UNIT, State.CLOSED) for _ in range(5)),
)
"""One unit is given a tenth of all appeals, half of those still open; the others' are spread over units and closed."""
CHUNK = 2_000
COPIED = ("demands", "appellant_identities", "appeal_events", "milestones")


def seed(database: Database, count: int, now: datetime) -> None:
    """`count` appeals with demands, identities, events and milestones; `flask check` finds nothing in them."""
    with database.writing() as session:
        patterns = _patterns(session, now - timedelta(days=2))
        copies = _copies(count - len(patterns), patterns)
        first = 1 + max(one["appeals"][0]["id"] for one in patterns)
        while chunk := list(islice(copies, CHUNK)):
            first = _write(session, chunk, first)
        series = metadata.tables["number_series"]
        session.execute(update(series).where(series.c.series == "appeal").values(last=count))


def _patterns(session: Session, at: datetime) -> list[dict[str, list[dict[str, Any]]]]:
    from models.accounts.queries import handling_units

    known = [unit.short_name for unit in handling_units(session) if unit.short_name != UNIT]
    wanted = [*SPREAD, *((name, State.CLOSED) for name in known[:20])]
    return [_rows(session, Story(session, unit=unit, at=at).to(state)) for unit, state in wanted]


def _rows(session: Session, story: Story) -> dict[str, list[dict[str, Any]]]:
    appeal_id = story.appeal.id
    found = {"appeals": _of(session, metadata.tables["appeals"], "id", appeal_id)}
    return found | {name: _of(session, metadata.tables[name], "appeal_id", appeal_id) for name in COPIED}


def _of(session: Session, table: Table, column: str, value: int | None) -> list[dict[str, Any]]:
    rows = session.execute(select(table).where(table.c[column] == value)).mappings()
    return [dict(row) for row in rows]


def _copies(count: int, patterns: Sequence[dict[str, Any]]):
    """A tenth from the first ten patterns, the rest from the others."""
    ours, theirs = patterns[: len(SPREAD)], patterns[len(SPREAD):]
    for number in range(count):
        yield ours[number // 10 % len(ours)] if number % 10 == 0 else theirs[number % len(theirs)]


def _write(session: Session, chunk: Sequence[dict[str, Any]], first: int) -> int:
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("appeals", *COPIED)}
    for appeal_id, pattern in enumerate(chunk, start=first):
        [appeal] = pattern["appeals"]
        number = f"{appeal['number'][:5]}{appeal_id:06d}"
        fresh = {"id": appeal_id, "uid": new_uid(), "number": number, "submission_digest": None}
        rows["appeals"].append(appeal | fresh)
        for name in COPIED:
            for row in pattern[name]:
                rows[name].append({**{key: value for key, value in row.items() if key != "id"}, "appeal_id": appeal_id})
    for name, values in rows.items():
        session.execute(insert(metadata.tables[name]), values)
    return first + len(chunk)


def handler_cookie_token(database: Database) -> str:
    """A sign-in of somebody of the unit with the many open appeals."""
    from tests.support.actors import account, token

    with database.writing() as session:
        return token(session, account(session, Role.HANDLER, unit=UNIT, name="张经办"))


def open_appeal(database: Database) -> str:
    """The address of an appeal that the handler works on."""
    appeals = metadata.tables["appeals"]
    with database.reading() as session:
        statement = select(appeals.c.uid).where(appeals.c.state == State.HANDLING).order_by(appeals.c.id).limit(1)
        return str(session.execute(statement).scalar_one())


def now() -> datetime:
    return datetime.now(UTC)
