"""Campaigns of ratings for tests, driven through the real commands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session

from models.accounts.queries import handling_units
from models.accounts.types import Actor, Role
from models.ratings import campaigns, casting, invitations, letters, queries
from models.ratings.campaigns import Act
from models.ratings.invitations import Entry
from models.ratings.rules import DEFAULT_DIMENSIONS
from models.ratings.tables import RatingCampaign
from models.ratings.types import (
    Answer,
    Campaign,
    ConductAnswer,
    ConductQuestion,
    Dimension,
    Group,
    Half,
    Invitee,
    Plan,
    Scale,
    UnitAnswers,
)
from models.ratings.vault import RatingVault, new_code
from tests.support.actors import actor
from tests.support.factories import MORNING

VAULT = RatingVault(b"i" * 32)
TODAY = date(2026, 11, 17)
LETTER = "请您对市直单位上半年以来的服务和执法情况作出评议。评议不记名，谁也看不到您评了什么。"
JOB = "f" * 32


def plan(session: Session, rated: int = 3, **changes: object) -> Plan:
    made = Plan(
        title="企业家评议市直单位", opens_on=TODAY, closes_on=date(2026, 12, 10), scale=Scale.SCORE, minimum_n=1,
        dimensions=DEFAULT_DIMENSIONS, units=tuple(one.id or 0 for one in handling_units(session)[:rated]),
        asked_conduct=tuple(ConductQuestion), letter=LETTER,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def act(who: Actor, version: int | None = None, *, today: date = TODAY, now: datetime = MORNING) -> Act:
    return Act(who, now, today, version)


def invitee(no: int, group: Group = Group.ENTERPRISE, **changes: object) -> Invitee:
    return replace(
        Invitee(group, f"沅江测试企业{no}", address=f"沅江市琼湖街道{no}号", phone=f"0737-27{no:05}"),
        **changes,  # type: ignore[arg-type]
    )


@dataclass
class Rating:
    """A campaign with its director, and the codes of its letters."""

    session: Session
    director: Actor
    row: RatingCampaign
    codes: list[str]
    vault: RatingVault = VAULT

    @property
    def campaign(self) -> Campaign:
        return queries.campaign(self.session, self.row)

    def act(self, **changes: object) -> Act:
        return act(self.director, **changes)  # type: ignore[arg-type]

    def open(self) -> "Rating":
        campaigns.open_campaign(self.session, self.row, self.vault, self.act())
        return self

    def lettered(self) -> "Rating":
        """Every invitee gets a code, as the job of the letters gives them."""
        found = [one for one, _ in queries.invitations(self.session, self.vault, self.row) if one.code_hash is None]
        letters.hand_to_job(self.session, self.row, found, JOB, self.act())
        made = {one.id or 0: new_code() for one in found}
        letters.write_codes(self.session, self.row, JOB, {no: self.vault.code_hash(code) for no, code in made.items()})
        self.session.flush()
        self.codes += made.values()
        return self

    def vote(self, code: str, said: Mapping[int, int], remark: str = "", today: date = TODAY) -> None:
        """`said`: units by number, one value for all dimensions."""
        ballot = casting.opened(self.session, self.vault, code, today, lock=True)
        draft = ballot.draft
        for no, value in said.items():
            draft = draft.with_answers(answers(ballot.campaign, no, value, remark))
        casting.to_check(self.session, self.vault, ballot, draft)
        casting.cast(self.session, self.vault, code, today)


def answers(campaign: Campaign, no: int, value: int | None, remark: str = "") -> UnitAnswers:
    conduct = (ConductAnswer(ConductQuestion.ROUGH, True, remark),) if remark else ()
    return UnitAnswers(no, tuple(Answer(one.no, value) for one in campaign.dimensions), conduct)


def rating(
    session: Session, *, invited: int = 6, year: int = 2026, half: Half = Half.SECOND, rated: int = 3,
    groups: Mapping[Group, int] | None = None, vault: RatingVault = VAULT, **changes: object,
) -> Rating:
    """A draft with its invitations."""
    director = actor(session, Role.DIRECTOR, unit="市优办", name="周主任")
    row = campaigns.create(session, year, half, plan(session, rated, **changes), act(director))
    wanted = groups or {Group.ENTERPRISE: invited}
    lines = [invitee(no, group) for group, number in wanted.items() for no in range(number)]
    entries = [Entry(no, one) for no, one in enumerate(lines, start=1)]
    if entries:
        invitations.add(session, vault, row, entries, act(director))
    return Rating(session, director, row, [], vault)


def dimension(no: int, weight: int = 50) -> Dimension:
    return Dimension(no, f"方面{no}", weight)
