"""Reading campaigns, their invitations and the return rate. Who may ask is the views' to know: access is by role."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from models.errors import NotFound
from models.ratings.rules import shown
from models.ratings.tables import RatingCampaign, RatingDimension, RatingInvitation, RatingUnit
from models.ratings.types import (
    Campaign,
    CampaignState,
    ConductQuestion,
    Dimension,
    Group,
    Half,
    Invitee,
    RatedUnit,
    ReturnRate,
)
from models.ratings.vault import RatingVault

Counts = dict[Group, tuple[int, int, int]]


def campaign_row(session: Session, uid: str, *, lock: bool = False) -> RatingCampaign:
    statement = select(RatingCampaign).where(col(RatingCampaign.uid) == uid)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.exec(statement).one_or_none()
    if found is None:
        raise NotFound("no_such_campaign")
    return found


def campaign_rows(session: Session) -> Sequence[RatingCampaign]:
    """Every campaign, the newest half-year first."""
    halves = col(RatingCampaign.year).desc(), col(RatingCampaign.half).desc()  # "second" after "first"
    return session.exec(select(RatingCampaign).order_by(*halves)).all()


def of_period(session: Session, year: int, half: Half) -> RatingCampaign | None:
    statement = select(RatingCampaign).where(col(RatingCampaign.year) == year, col(RatingCampaign.half) == half)
    return session.exec(statement).one_or_none()


def campaign(session: Session, row: RatingCampaign) -> Campaign:
    """The whole of it."""
    assert row.id is not None
    return Campaign(
        id=row.id, uid=row.uid, year=row.year, half=row.half, title=row.title, opens_on=row.opens_on,
        closes_on=row.closes_on, state=row.state, scale=row.scale, minimum_n=row.minimum_n,
        dimensions=dimensions(session, row), units=units(session, row),
        asked_conduct=tuple(one for one in ConductQuestion if one.value in row.asked_conduct),
        opened_at=row.opened_at, closed_at=row.closed_at, published_at=row.published_at, version=row.version,
    )


def dimensions(session: Session, row: RatingCampaign) -> tuple[Dimension, ...]:
    statement = select(RatingDimension).where(col(RatingDimension.campaign_id) == row.id)
    found = session.exec(statement.order_by(col(RatingDimension.no))).all()
    return tuple(Dimension(one.no, one.name, one.weight, one.explanation) for one in found)


def units(session: Session, row: RatingCampaign) -> tuple[RatedUnit, ...]:
    statement = select(RatingUnit).where(col(RatingUnit.campaign_id) == row.id).order_by(col(RatingUnit.no))
    return tuple(RatedUnit(one.no, one.unit_id, one.name, one.is_late) for one in session.exec(statement).all())


def due_to_close(session: Session, today: date) -> Sequence[RatingCampaign]:
    """Open campaigns whose last day is over."""
    is_over = col(RatingCampaign.closes_on) < today
    statement = select(RatingCampaign).where(col(RatingCampaign.state) == CampaignState.OPEN, is_over)
    return session.exec(statement.order_by(col(RatingCampaign.id))).all()


# ---------------------------------------------------------------- invitations


def counts(session: Session, row: RatingCampaign) -> Counts:
    """Invited, with a code, spent; for rules and checks. What people see of it is `return_rate`."""
    return counts_of(session, [row])[row.id or 0]


def counts_of(session: Session, rows: Sequence[RatingCampaign]) -> dict[int, Counts]:
    """By campaign, in one statement."""
    one = RatingInvitation
    spent = func.count().filter(col(one.is_spent))
    statement = (
        select_columns(
            col(one.campaign_id), col(one.invited_group), func.count(), func.count(col(one.code_hash)), spent
        )
        .where(col(one.campaign_id).in_([row.id for row in rows]))
        .group_by(col(one.campaign_id), col(one.invited_group))
    )
    found = {
        (id_, group): (invited, lettered, used)
        for id_, group, invited, lettered, used in session.execute(statement).all()
    }
    return {row.id or 0: {group: found.get((row.id, group), (0, 0, 0)) for group in Group} for row in rows}


def return_rate(session: Session, row: RatingCampaign) -> ReturnRate:
    return shown(counts(session, row))


def invitations(
    session: Session, vault: RatingVault, row: RatingCampaign, group: Group | None = None
) -> list[tuple[RatingInvitation, Invitee]]:
    """The list in the order it was made, each opened."""
    statement = select(RatingInvitation).where(col(RatingInvitation.campaign_id) == row.id)
    if group is not None:
        statement = statement.where(col(RatingInvitation.invited_group) == group)
    found = session.exec(statement.order_by(col(RatingInvitation.id))).all()
    return [(one, vault.open_invitee(one.sealed, bound_to=one.uid)) for one in found]


def invitation(session: Session, row: RatingCampaign, uid: str, *, lock: bool = False) -> RatingInvitation:
    statement = select(RatingInvitation).where(
        col(RatingInvitation.uid) == uid, col(RatingInvitation.campaign_id) == row.id
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.exec(statement).one_or_none()
    if found is None:
        raise NotFound("no_such_invitation")
    return found


def open_to_enterprise(session: Session, code_index: str | None, today: date) -> Sequence[RatingCampaign]:
    """Campaigns under way that have sent this enterprise a code. Not whether it has answered."""
    if not code_index:
        return []
    is_invited = (
        select(RatingInvitation.id)
        .where(
            col(RatingInvitation.campaign_id) == col(RatingCampaign.id),
            col(RatingInvitation.code_index) == code_index,
            col(RatingInvitation.code_hash).is_not(None),
        )
        .exists()
    )
    is_open = (col(RatingCampaign.state) == CampaignState.OPEN) & (col(RatingCampaign.closes_on) >= today)
    return session.exec(select(RatingCampaign).where(is_open, is_invited).order_by(col(RatingCampaign.id))).all()
