"""What somebody has answered so far, without saying who: a row found, and opened, by the code only.

It also says where on the ballot they are, so that every page of the ballot has one address. Its length is that of
every draft, its day that of the campaign.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from models.ratings.ballots import nothing_said, packed_unit, unpacked_unit
from models.ratings.tables import RatingCampaign, RatingDraft
from models.ratings.types import BallotAnswers, Campaign, Dimension, UnitAnswers
from models.ratings.vault import CampaignKey, RatingVault

UNITS, UNIT, CHECK = "units", "unit", "check"
"""Where on the ballot somebody may be."""


@dataclass(frozen=True)
class Draft:
    """`at`: the list of units, the check before casting, or the unit with the number `unit_no`. `words`: what the list
    is narrowed to. `shown`: the units that the check named; a unit added afterwards was not on this ballot.
    """

    at: str = UNITS
    unit_no: int = 0
    words: str = ""
    said: Mapping[int, UnitAnswers] = field(default_factory=dict)
    shown: tuple[int, ...] = ()

    def with_answers(self, one: UnitAnswers) -> "Draft":
        """A unit of which nothing is said is not kept."""
        others = {no: said for no, said in self.said.items() if no != one.unit_no}
        is_said = one.has_opinion or one.conduct
        return replace(self, said=others | ({one.unit_no: one} if is_said else {}))

    def ballot(self, campaign: Campaign) -> BallotAnswers:
        """Every unit that was shown; what is not answered is 不了解."""
        shown = [one.no for one in campaign.units if one.no in self.shown]
        return BallotAnswers(tuple(self.said.get(no) or nothing_said(no, campaign.dimensions) for no in shown))


def to_text(draft: Draft) -> str:
    said: dict[str, Any] = {
        "at": draft.at, "no": draft.unit_no, "q": draft.words, "shown": list(draft.shown),
        "said": [packed_unit(one) for one in draft.said.values()],
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str, dimensions: tuple[Dimension, ...]) -> Draft:
    found = json.loads(text)
    said = [unpacked_unit(one, dimensions) for one in found["said"]]
    return Draft(
        found["at"], found["no"], found["q"], {one.unit_no: one for one in said}, tuple(found["shown"])
    )


def kept(
    session: Session, vault: RatingVault, key: CampaignKey, campaign: Campaign, code: str, *, lock: bool = False
) -> Draft:
    """What was kept for this code; an empty draft where nothing was."""
    statement = select(RatingDraft).where(col(RatingDraft.draft_hash) == vault.draft_hash(code))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.exec(statement).one_or_none()
    return Draft() if row is None else from_text(key.open_draft(row.sealed, code=code), campaign.dimensions)


def keep(
    session: Session, vault: RatingVault, key: CampaignKey, row: RatingCampaign, code: str, draft: Draft
) -> None:
    """Refused("ballot_too_long") where the texts do not fit."""
    sealed = key.seal_draft(to_text(draft), code=code)
    assert row.id is not None
    values = {"campaign_id": row.id, "sealed": sealed, "expires_on": row.closes_on}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(RatingDraft).values(draft_hash=vault.draft_hash(code), **values)
    session.execute(statement.on_conflict_do_update(index_elements=["draft_hash"], set_=values))


def forget(session: Session, vault: RatingVault, code: str) -> None:
    session.execute(delete(RatingDraft).where(col(RatingDraft.draft_hash) == vault.draft_hash(code)))
