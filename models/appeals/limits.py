"""How often one address may do something, counted in the database: for all workers together, and over a restart.

Slows down, never locks out (ABU-2, F13). A count runs in fixed windows and is raised in one statement, so it is exact
on both engines. Subjects are keyed hashes: no address is stored. Proofs of work are good for one request (ABU-1).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Dialect, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from models.appeals.tables import LimitCount, UsedProof


@dataclass(frozen=True)
class Limit:
    """At most `most` in each `window`. `name` says what is counted and is kept with the count."""

    name: str
    most: int
    window: timedelta


WRONG_CODES = Limit("wrong_codes", 30, timedelta(hours=1))
"""Per address: number and code that do not belong together."""
UNDER_ATTACK = Limit("codes_of_number", 10, timedelta(hours=1))
"""Per number, from all addresses: beyond it the number is being guessed at."""
PATIENCE = Limit("codes_of_pair", 3, timedelta(minutes=10))
"""Per address and number while the number is being guessed at: whoever comes fresh with the right code gets in."""
WRONG_CODES_OF_ALL = Limit("wrong_codes_of_all", 1_000, timedelta(hours=1))
"""From everywhere: a row in the audit log, and whoever has used up their patience must prove work. None is refused."""
UPLOADS = Limit("uploads", 60, timedelta(days=1))
"""Per address: files kept."""
FILINGS_HOUR = timedelta(hours=1)
ALARM = Limit("filings_of_all", 1_000, timedelta(hours=1))
"""All filings together: more is a row in the audit log, and no filing is refused for it."""
ACCOUNT_FACTOR = 2
"""An established account may file so much more than an address: it is known who that is."""
SIGNED_IN_FROM = Limit("signed_in_from", 1, timedelta(days=30))
"""An account name and an address that belong together: somebody signed in there within this window or the last one."""
KEPT_FOR = timedelta(days=2)


def filings(per_hour: int) -> Limit:
    """Per address, as the setting says."""
    return Limit("filings", per_hour, FILINGS_HOUR)


def filings_of_account(per_hour: int) -> Limit:
    """Per established account of an enterprise."""
    return Limit("filings_of_account", per_hour * ACCOUNT_FACTOR, FILINGS_HOUR)


def window_start(limit: Limit, now: datetime) -> datetime:
    """The beginning of the window that `now` falls into."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + ((now - epoch) // limit.window) * limit.window


def wait_seconds(limit: Limit, now: datetime) -> int:
    """Until the next window begins; at least one."""
    return max(1, round((window_start(limit, now) + limit.window - now).total_seconds()))


def count(session: Session, limit: Limit, subject: str, now: datetime) -> int:
    """What has been counted in this window."""
    statement = select(LimitCount.count).where(
        col(LimitCount.name) == limit.name, col(LimitCount.subject) == subject,
        col(LimitCount.begun_at) == window_start(limit, now),
    )
    return session.exec(statement).one_or_none() or 0


def take(session: Session, limit: Limit, subject: str, now: datetime, *, by: int = 1) -> int:
    """Adds to the count and returns it. The row stays locked until the transaction ends. A negative `by` gives back."""
    insert = _insert(session.connection().dialect)
    values = {"name": limit.name, "subject": subject, "begun_at": window_start(limit, now), "count": by}
    statement = (
        insert(LimitCount)
        .values(**values)
        .on_conflict_do_update(
            index_elements=["name", "subject", "begun_at"], set_={"count": col(LimitCount.count) + by}
        )
        .returning(col(LimitCount.count))
    )
    return int(session.connection().execute(statement).scalar_one())


def _insert(dialect: Dialect) -> Any:
    return postgresql.insert if dialect.name == "postgresql" else sqlite.insert


def is_spent(session: Session, digest: str) -> bool:
    """Whether this proof of work has been used."""
    return session.get(UsedProof, digest) is not None


def spend(session: Session, digest: str, now: datetime) -> bool:
    """Enters a proof of work as used. False when it was used before: whoever comes second waits for the first."""
    insert = _insert(session.connection().dialect)
    statement = insert(UsedProof).values(digest=digest, used_at=now).on_conflict_do_nothing()
    return session.connection().execute(statement.returning(col(UsedProof.digest))).one_or_none() is not None


def remember_place(session: Session, pair: str, now: datetime) -> None:
    """This account signed in from this address."""
    take(session, SIGNED_IN_FROM, pair, now)


def is_known_place(session: Session, pair: str, now: datetime) -> bool:
    return any(count(session, SIGNED_IN_FROM, pair, at) for at in (now, now - SIGNED_IN_FROM.window))


def forget(session: Session, before: datetime) -> int:
    """Drops windows that began earlier and proofs used earlier; a known place lives two windows. Returns how many."""
    is_place, begun_at = col(LimitCount.name) == SIGNED_IN_FROM.name, col(LimitCount.begun_at)
    old_place = is_place & (begun_at < before - 2 * SIGNED_IN_FROM.window)
    counts = session.execute(delete(LimitCount).where(~is_place & (begun_at < before) | old_place))
    proofs = session.execute(delete(UsedProof).where(col(UsedProof.used_at) < before))
    return int(counts.rowcount) + int(proofs.rowcount)  # type: ignore[attr-defined]
