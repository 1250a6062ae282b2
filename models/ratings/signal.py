"""Signs of retaliation: a unit's rating beside what happens to the enterprises that were invited. For the director and
the auditor alone, added up by unit, small numbers hidden.

Counted are enterprises that were *invited*: who of them answered, and what, nobody can know (docs/adr/0022).
Confidential appeals are left out: that two of them come from one hand is an inference about identity (T2).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import distinct, func, select, union
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col

from models.accounts.rules import is_related
from models.accounts.tables import Unit
from models.accounts.types import Actor, Role
from models.appeals.tables import Appeal, AppellantIdentity
from models.appeals.types import ENDED_STATES
from models.ratings.result_tables import RatingResult
from models.ratings.result_types import ConductCount
from models.ratings.results import as_results
from models.ratings.scoring import LEAST_SHOWN
from models.ratings.tables import RatingCampaign, RatingInvitation
from models.ratings.types import ConductQuestion, Group

WATCHERS: Final = frozenset({Role.DIRECTOR, Role.AUDITOR})
MONTHS: Final = 6
WATCHED_FOR: Final = timedelta(days=183)
"""Six months after the closing."""


@dataclass(frozen=True)
class Sign:
    """`still_open`: invited enterprises whose appeal, filed before the closing, is not ended; `filed_after`: those that
    filed one in the six months after it. None: fewer than five, but some. `said` are the ballots that said yes to
    报复性执法, hidden alike.
    """

    unit: Unit
    result: RatingResult
    still_open: int | None
    filed_after: int | None
    said: int | None


def signs(session: Session, actor: Actor, campaign: RatingCampaign) -> list[Sign]:
    """By place; without the reader's own unit and kin of it. The caller notes the look."""
    rows = session.execute(
        select(RatingResult, Unit)
        .join(Unit, col(Unit.id) == col(RatingResult.unit_id))
        .where(col(RatingResult.campaign_id) == campaign.id)
        .order_by(col(RatingResult.place).is_(None), col(RatingResult.place).desc(), col(RatingResult.unit_no))
    ).all()
    told = [(result, unit) for result, unit in rows if not is_related(actor.unit_path, unit.path)]
    assert campaign.closed_at is not None
    is_before = col(Appeal.received_at) <= campaign.closed_at
    is_after = ~is_before & (col(Appeal.received_at) <= campaign.closed_at + WATCHED_FOR)
    still_open = _enterprises(session, campaign, is_before & col(Appeal.state).not_in(ENDED_STATES))
    filed_after = _enterprises(session, campaign, is_after)
    parts = as_results(session, [result for result, _ in told])
    return [
        Sign(
            unit, result, shown(still_open.get(result.unit_id, 0)), shown(filed_after.get(result.unit_id, 0)),
            shown(_said(part.conduct)),
        )
        for (result, unit), part in zip(told, parts, strict=True)
    ]


def shown(number: int) -> int | None:
    """None for what would point at somebody."""
    return None if 0 < number < LEAST_SHOWN else number


def _said(conduct: tuple[ConductCount, ...]) -> int:
    return next((one.yes for one in conduct if one.question is ConductQuestion.RETALIATORY), 0)


def _enterprises(session: Session, campaign: RatingCampaign, which: ColumnElement[bool]) -> Mapping[int, int]:
    """Invited enterprises with such an appeal, by the unit that it accuses or that handles it."""
    invited = select(col(RatingInvitation.code_index)).where(
        col(RatingInvitation.campaign_id) == campaign.id, col(RatingInvitation.code_index) != "",
        col(RatingInvitation.invited_group) == Group.ENTERPRISE,
    )
    of_unit: list[Any] = [
        select(col(AppellantIdentity.enterprise_index).label("enterprise"), col(unit).label("unit"))
        .join(Appeal, col(Appeal.id) == col(AppellantIdentity.appeal_id))
        .where(
            col(unit).is_not(None), which, col(Appeal.is_confidential).is_(False),
            col(AppellantIdentity.enterprise_index).in_(invited),
        )
        for unit in (Appeal.against_unit_id, Appeal.lead_unit_id)
    ]
    pairs = union(*of_unit).subquery()
    counted = select(pairs.c.unit, func.count(distinct(pairs.c.enterprise))).group_by(pairs.c.unit)
    return {row[0]: row[1] for row in session.execute(counted).all()}
