"""The thresholds of the ladder: versions with a first day. A change concerns what is issued later, never what was."""

from dataclasses import asdict
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from models.accounts.types import Actor, Role
from models.audit.commands import append
from models.errors import Conflict, Refused
from models.supervision.ladder_tables import LadderPolicy
from models.supervision.ladder_types import Thresholds

DEFAULT_BASIS = "市优办督办制，系统默认值"


def in_force(session: Session, on: date) -> LadderPolicy:
    """Its absence is an error of installation, never "no ladder"."""
    statement = (
        select(LadderPolicy)
        .where(col(LadderPolicy.in_force_from) <= on)
        .order_by(col(LadderPolicy.in_force_from).desc(), col(LadderPolicy.version).desc())
    )
    found = session.exec(statement.limit(1)).first()
    if found is None:
        raise Refused("no_ladder_in_force", on=on)
    return found


def thresholds(policy: LadderPolicy) -> Thresholds:
    return Thresholds(
        policy.remind_workdays_before, policy.blue_workdays_left, policy.reminder_slip_workdays_after,
        policy.yellow_workdays_over, policy.red_workdays_over, policy.contest_workdays,
    )


def begins_on(session: Session) -> date | None:
    """Promises that were due before this day stand on no ladder; None where no policy is installed."""
    return session.exec(select(func.min(col(LadderPolicy.in_force_from)))).one()


def versions(session: Session) -> list[LadderPolicy]:
    """Every version, the newest first."""
    return list(session.exec(select(LadderPolicy).order_by(col(LadderPolicy.version).desc())).all())


def check(limits: Thresholds, in_force_from: date, today: date) -> None:
    """Raises `Refused` with the code of what does not fit together."""
    if limits.red_workdays_over <= limits.yellow_workdays_over:
        raise Refused("red_before_yellow")
    if not limits.reminder_slip_workdays_after or not limits.contest_workdays:
        raise Refused("threshold_not_positive")
    if in_force_from < today:
        raise Refused("policy_in_the_past")


def change(
    session: Session, actor: Actor, limits: Thresholds, *, in_force_from: date, basis: str,
    expected_version: int | None, now: datetime, today: date,
) -> LadderPolicy:
    """A new version by the director. `Conflict` when another was made after the form."""
    if Role.DIRECTOR not in actor.roles:
        raise Refused("not_your_role")
    check(limits, in_force_from, today)
    newest = versions(session)[0]
    if expected_version is not None and expected_version != newest.version:
        raise Conflict("policy_changed_meanwhile", found=newest.version)
    made = add(session, limits, in_force_from=in_force_from, basis=basis, now=now, actor=actor)
    append(
        session, at=now, actor_id=actor.account_id, action="ladder.change", object_kind="ladder_policy",
        object_id=str(made.version), facts={**asdict(limits), "in_force_from": in_force_from},
    )
    return made


def add(
    session: Session, limits: Thresholds, *, in_force_from: date, basis: str, now: datetime, actor: Actor | None = None
) -> LadderPolicy:
    newest = session.exec(select(func.max(col(LadderPolicy.version)))).one() or 0
    made = LadderPolicy(
        version=newest + 1,
        in_force_from=in_force_from,
        remind_workdays_before=limits.remind_workdays_before,
        blue_workdays_left=limits.blue_workdays_left,
        reminder_slip_workdays_after=limits.reminder_slip_workdays_after,
        yellow_workdays_over=limits.yellow_workdays_over,
        red_workdays_over=limits.red_workdays_over,
        contest_workdays=limits.contest_workdays,
        basis=basis,
        made_by_id=actor.account_id if actor else None,
        made_by_name=actor.display_name if actor else "系统",
        made_at=now,
    )
    session.add(made)
    session.flush()
    return made
