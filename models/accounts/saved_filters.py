"""Filters of a list that a person keeps under a name: at most twelve a list, and nobody else ever reads them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from models.accounts.tables import Account, SavedFilter
from models.accounts.types import ListPlace
from models.errors import NotFound, Refused

MOST: Final = 12
LONGEST_NAME: Final = 20
LONGEST_VALUE: Final = 60
MOST_FIELDS: Final = 40
KEYS: Final[Mapping[ListPlace, tuple[str, ...]]] = {
    ListPlace.DESK: ("show", "kind", "who", "q"),
    ListPlace.OFFICE: ("state", "due", "unit", "q"),
}
"""What an address of the list may say. A page number is where somebody was, not what they look for."""


def canonical(place: ListPlace, query: str) -> str:
    """The address with known keys only, each once and in one order; "" when it asks for nothing of the list.

    What the values mean is judged by the list each time it is opened: an unknown one is no filter there.
    """
    try:
        given = parse_qsl(query, max_num_fields=MOST_FIELDS)
    except ValueError:
        return ""
    first: dict[str, str] = {}
    for name, value in given:
        first.setdefault(name, _cleaned(value))
    return urlencode([(name, first[name]) for name in KEYS[place] if first.get(name)])


def _cleaned(value: str) -> str:
    printable = "".join(character if character.isprintable() else " " for character in value)
    return " ".join(printable.split())[:LONGEST_VALUE]


class Kept(NamedTuple):
    """What a link above a list needs of a filter."""

    uid: str
    name: str
    query: str
    place: ListPlace


_SAVED = (
    select(SavedFilter.uid, SavedFilter.name, SavedFilter.query, SavedFilter.place)
    .where(
        col(SavedFilter.account_id) == bindparam("account_id"),
        col(SavedFilter.place) == bindparam("place"),
    )
    .order_by(col(SavedFilter.id))
)


def saved(session: Session, account_id: int | None, place: ListPlace) -> Sequence[Kept]:
    """In the order they were made."""
    found = session.connection().execute(_SAVED, {"account_id": account_id, "place": place})
    return [Kept(uid, name, query, ListPlace(where)) for uid, name, query, where in found.all()]


def save(
    session: Session, account_id: int, place: ListPlace, name: str, query: str, *, now: datetime
) -> SavedFilter:
    """Keeps the filter. Refuses a filter of nothing, a thirteenth one, and a name that is taken."""
    address = canonical(place, query)
    if not address:
        raise Refused("filter_of_nothing")
    _lock(session, account_id)
    count = select(func.count()).where(col(SavedFilter.account_id) == account_id, col(SavedFilter.place) == place)
    if session.exec(count).one() >= MOST:
        raise Refused("too_many_filters")
    row = SavedFilter(account_id=account_id, place=place, name=name, query=address, created_at=now)
    _require_free(session, row, name)
    session.add(row)
    session.flush()
    return row


def rename(session: Session, account_id: int, uid: str, name: str) -> SavedFilter:
    _lock(session, account_id)
    row = own(session, account_id, uid)
    _require_free(session, row, name)
    row.name = name
    session.add(row)
    session.flush()
    return row


def delete(session: Session, account_id: int, uid: str) -> SavedFilter:
    row = own(session, account_id, uid)
    session.delete(row)
    session.flush()
    return row


def own(session: Session, account_id: int | None, uid: str) -> SavedFilter:
    """One of this account's filters; anybody else's is not there."""
    statement = select(SavedFilter).where(col(SavedFilter.uid) == uid, col(SavedFilter.account_id) == account_id)
    found = session.exec(statement).one_or_none()
    if found is None:
        raise NotFound("no_such_filter")
    return found


def _require_free(session: Session, row: SavedFilter, name: str) -> None:
    taken = select(SavedFilter.uid).where(
        col(SavedFilter.account_id) == row.account_id, col(SavedFilter.place) == row.place,
        col(SavedFilter.name) == name, col(SavedFilter.uid) != row.uid,
    )
    if session.exec(taken).first() is not None:
        raise Refused("filter_name_taken")


def _lock(session: Session, account_id: int) -> None:
    """Two windows of one person count and name one after the other."""
    session.exec(select(Account.id).where(col(Account.id) == account_id).with_for_update()).one()
