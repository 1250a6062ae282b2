"""Many consistent appeals, fast: stories told once through the real commands, then copied inside the database."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text
from sqlmodel import Session

from models.accounts.queries import handling_units
from models.accounts.types import Role
from models.appeals.types import State
from models.tables import metadata
from tests.support.factories import Story
from webapp.db import Database

UNIT = "市监局"
OTHERS = ("税务局", "住建局", "人社局", "城管局")
OPEN = (State.DISPATCHED, State.VERIFYING, State.HANDLING, State.HANDLING, State.IN_REVIEW)
SPREAD = (*((UNIT, state) for state in OPEN), (UNIT, State.CLOSED))
MOST_OPEN = 300
"""One unit is given a tenth of all appeals, half of those still open, but no more than it works on at once: of 100,000
a year a tenth, each for ten days, are 274. The archive grows, the desk does not. The others' are spread and closed.
"""
COPIED = ("demands", "appellant_identities", "appeal_events", "milestones")


def seed(database: Database, count: int, now: datetime) -> None:
    """`count` appeals with demands, identities, events and milestones; `flask check` finds nothing in them."""
    with database.writing() as session:
        patterns = _patterns(session, now - timedelta(days=2))
        session.flush()
        _choose(session, _copies(count - len(patterns), patterns), first=1 + max(patterns))
        _copy(session, "appeals", "id", {
            "uid": "lower(hex(randomblob(16)))", "number": "substr(row.number, 1, 5) || printf('%06d', copy.id)",
            "submission_digest": "NULL",
        })
        for table in COPIED:
            _copy(session, table, "appeal_id", {})
        session.execute(text("UPDATE number_series SET last = :count WHERE series = 'appeal'"), {"count": count})
        session.execute(text("DROP TABLE copy"))


def _patterns(session: Session, at: datetime) -> list[int]:
    """Ids of appeals that have lived through the real commands."""
    known = [unit.short_name for unit in handling_units(session) if unit.short_name != UNIT]
    wanted = [*SPREAD, *((name, State.CLOSED) for name in known[:20])]
    return [Story(session, unit=unit, at=at).to(state).appeal.id or 0 for unit, state in wanted]


def _copies(count: int, patterns: Sequence[int]) -> Iterator[int]:
    """A tenth from our unit's patterns, the newest of them open; the rest from the others."""
    is_open, closed, theirs = patterns[: len(OPEN)], patterns[len(OPEN)], patterns[len(SPREAD):]
    ours = count // 10
    since = ours - min(ours // 2, MOST_OPEN)
    for number in range(count):
        mine = number // 10
        if number % 10:
            yield theirs[number % len(theirs)]
        else:
            yield is_open[mine % len(is_open)] if mine >= since else closed


def _choose(session: Session, copies: Iterable[int], *, first: int) -> None:
    """Which appeal each new one is a copy of."""
    session.execute(text("CREATE TEMP TABLE copy (id INTEGER PRIMARY KEY, of INTEGER)"))
    rows = [{"id": id_, "of": of} for id_, of in enumerate(copies, start=first)]
    session.execute(text("INSERT INTO copy VALUES (:id, :of)"), rows)


def _copy(session: Session, table: str, key: str, fresh: dict[str, str]) -> None:
    """Every row of the table that belongs to a pattern once more for each of its copies."""
    columns = [column.name for column in metadata.tables[table].c]
    same = [name for name in columns if name not in ("id", "appeal_id", *fresh)]
    names, values = [key, *fresh, *same], ["copy.id", *fresh.values(), *(f"row.{name}" for name in same)]
    session.execute(text(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} "  # noqa: S608 - tables named above
        f"FROM copy JOIN {table} AS row ON row.{key} = copy.of ORDER BY copy.id"
    ))


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
