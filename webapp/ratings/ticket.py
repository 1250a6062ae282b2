"""What the voter's browser keeps between pages: the code, sealed, for a day; and that a ballot was cast from here.

Nothing of it is on the server. The seal keeps the code from whoever looks through a browser's cookies later.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from flask import session

from models.errors import Refused
from webapp.rating_acts import vault

KEPT_FOR: Final = timedelta(hours=12)
_TICKET, _CAST = "ballot", "ballot_cast"


def keep(code: str, now: datetime) -> None:
    session.pop(_CAST, None)
    session[_TICKET] = vault().ticket(f"{int(now.timestamp())}:{code}")


def code(now: datetime) -> str | None:
    """The code of the ballot that is open in this browser."""
    kept = session.get(_TICKET)
    if not isinstance(kept, str):
        return None
    try:
        at, _, found = vault().open_ticket(kept).partition(":")
    except Refused:
        return None
    return found if abs(now - datetime.fromtimestamp(int(at), UTC)) <= KEPT_FOR else None


def forget() -> None:
    session.pop(_TICKET, None)
    session.pop(_CAST, None)


def mark_cast() -> None:
    session.pop(_TICKET, None)
    session[_CAST] = True


def is_cast() -> bool:
    """Whether a ballot was cast from this browser, and no other code was entered since."""
    return bool(session.get(_CAST, False))
