"""Who is invited: read from a list, compared with itself and with what is there, entered, and taken off a draft."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from models.appeals import credit_code
from models.appeals.text import canonical_phone, is_phone, search_key
from models.base import new_uid
from models.errors import Refused
from models.ratings import queries
from models.ratings.campaigns import Act, begin, end, trace
from models.ratings.tables import RatingCampaign, RatingInvitation
from models.ratings.types import CampaignState, Invitee
from models.ratings.vault import RatingVault

MOST_INVITED = 5_000


@dataclass(frozen=True)
class Entry:
    """An invitee as a line of the list has it."""

    line: int
    invitee: Invitee


@dataclass(frozen=True)
class Note:
    """Something about a line: `code` for webapp.messages, `other` the line it is the same as, 0 for one already in."""

    line: int
    code: str
    other: int = 0


@dataclass(frozen=True)
class Compared:
    """What would be entered; lines that name somebody twice, left out; and what is worth a look, entered all the same.
    """

    fresh: tuple[Entry, ...]
    doubles: tuple[Note, ...]
    warnings: tuple[Note, ...]


def key_of(one: Invitee) -> str:
    """What makes two lines the same invitee: the credit code; without one the name with the telephone number, or with
    the address where there is none.
    """
    code = credit_code.normalise(one.credit_code)
    if code:
        return f"{one.group.value}\x00code\x00{code}"
    phone = canonical_phone(one.phone) if is_phone(one.phone) else one.phone
    return f"{one.group.value}\x00name\x00{search_key(one.name)}\x00{search_key(phone or one.address)}"


def compared(entries: Sequence[Entry], present: Sequence[Invitee]) -> Compared:
    seen: dict[str, int] = {key_of(one): 0 for one in present}
    names: dict[str, int] = {search_key(one.name): 0 for one in present}
    fresh, doubles, warnings = [], [], []
    for entry in entries:
        key, name = key_of(entry.invitee), search_key(entry.invitee.name)
        if key in seen:
            doubles.append(Note(entry.line, "invited_before" if not seen[key] else "invited_twice", seen[key]))
            continue
        if name in names:
            warnings.append(Note(entry.line, "same_name_before" if not names[name] else "same_name", names[name]))
        warnings += [Note(entry.line, code) for code in credit_code.check(entry.invitee.credit_code)]
        seen[key] = entry.line
        names.setdefault(name, entry.line)
        fresh.append(entry)
    return Compared(tuple(fresh), tuple(doubles), tuple(warnings))


def compare(session: Session, vault: RatingVault, row: RatingCampaign, entries: Sequence[Entry]) -> Compared:
    """With the whole list of the campaign, opened."""
    return compared(entries, [one for _, one in queries.invitations(session, vault, row)])


def add(session: Session, vault: RatingVault, row: RatingCampaign, entries: Sequence[Entry], act: Act) -> int:
    """Enters those that are not in yet; says how many."""
    begin(row, act, CampaignState.DRAFT, CampaignState.OPEN)
    present = [one for _, one in queries.invitations(session, vault, row)]
    fresh = compared(entries, present).fresh
    if len(present) + len(fresh) > MOST_INVITED:
        raise Refused("invitations_many", most=MOST_INVITED)
    for entry in fresh:
        session.add(_row(vault, row, entry.invitee))
    end(session, row)
    by_group: defaultdict[str, int] = defaultdict(int)
    for entry in fresh:
        by_group[entry.invitee.group.value] += 1
    trace(session, row, "invite", act, {"added": dict(by_group)})
    return len(fresh)


def _row(vault: RatingVault, row: RatingCampaign, one: Invitee) -> RatingInvitation:
    assert row.id is not None
    uid = new_uid()
    return RatingInvitation(
        uid=uid, campaign_id=row.id, invited_group=one.group, sealed=vault.seal_invitee(one, bound_to=uid),
        name_index=vault.name_index(key_of(one)), code_index=vault.credit_index(one.credit_code),
    )


def remove(session: Session, row: RatingCampaign, invited: RatingInvitation, act: Act) -> None:
    """Takes somebody off the list of a draft. While it is open nobody is taken off: a code may have been used."""
    begin(row, act, CampaignState.DRAFT)
    session.delete(invited)
    end(session, row)
    trace(session, row, "uninvite", act, {"group": invited.invited_group})

