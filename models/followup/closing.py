"""Filing an answered appeal away: it says how it was followed up, and asks for a reason where it was not."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.followup import cases, queries
from models.followup.policies import terms_in_force
from models.followup.rules import check_close, followed
from models.followup.types import FOLLOWED_LABELS, CaseState, Followed
from models.handling import commands as handling
from models.handling.commands import Act
from models.handling.tables import AppealEvent
from models.handling.types import Action
from models.workdays.rules import local_day


@dataclass(frozen=True)
class Standing:
    """How the running round was followed up so far."""

    how: Followed
    has_open_case: bool


def standing(session: Session, appeal: Appeal, act: Act) -> Standing:
    made = queries.calls(session, appeal, appeal.round)
    case = cases.of_round(session, appeal, appeal.round)
    how = followed(
        is_rated=queries.rating(session, appeal, appeal.round) is not None,
        is_reached=any(one.is_reached for one in made), attempts=len(made),
        terms=terms_in_force(session, local_day(act.now)),
    )
    return Standing(how, case is not None and case.state is not CaseState.CLOSED)


def close(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """`act.internal_note` is the reason, or a remark. Raises `Refused` over an open case, and without a reason where
    nobody asked the appellant.
    """
    now = standing(session, appeal, act)
    check_close(now.how, act.internal_note, has_open_case=now.has_open_case)
    said = f"{FOLLOWED_LABELS[now.how]}。{act.internal_note}".strip()
    return handling.perform(session, appeal, Action.CLOSE, replace(act, internal_note=said))
