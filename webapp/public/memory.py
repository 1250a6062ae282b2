"""What the browser's signed session remembers between pages: the receipt just given, the appeal being followed.

Times are the server's. A receipt can be read for two hours, an appeal for 30 minutes without a visit (SES-2).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import session

RECEIPT_LIMIT = timedelta(hours=2)
IDLE_LIMIT = timedelta(minutes=30)
_RECEIPT, _TRACKED = "receipt", "tracked"


@dataclass(frozen=True)
class Given:
    """A receipt: the number and the key of the form it was given for, from which the code follows."""

    number: str
    submission_key: str


def remember_receipt(number: str, submission_key: str, now: datetime) -> None:
    session[_RECEIPT] = [number, submission_key, int(now.timestamp())]


def receipt(now: datetime) -> Given | None:
    kept = session.get(_RECEIPT)
    if kept is None:
        return None
    number, submission_key, at = kept
    if not _is_within(at, now, RECEIPT_LIMIT):
        forget_receipt()
        return None
    return Given(number, submission_key)


def forget_receipt() -> None:
    session.pop(_RECEIPT, None)


def remember_tracked(number: str, now: datetime) -> None:
    session[_TRACKED] = [number, int(now.timestamp())]


def tracked(now: datetime) -> str | None:
    """The number being followed. Each visit begins the 30 minutes anew."""
    kept = session.get(_TRACKED)
    if kept is None:
        return None
    number, at = kept
    if not _is_within(at, now, IDLE_LIMIT):
        forget_tracked()
        return None
    remember_tracked(number, now)
    return str(number)


def forget_tracked() -> None:
    session.pop(_TRACKED, None)


def _is_within(at: int, now: datetime, limit: timedelta) -> bool:
    return abs(now - datetime.fromtimestamp(at, UTC)) <= limit
