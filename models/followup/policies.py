"""How follow-up is done: versions with a first day. A change concerns what comes later, never what was."""

from dataclasses import asdict
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from models.accounts.types import Actor, Role
from models.audit.commands import append
from models.errors import Conflict, Refused
from models.followup.tables import RANGES, FollowUpPolicy
from models.followup.types import Terms

DEFAULT_BASIS = "市优办回访和好差评办法，系统默认值"


def in_force(session: Session, on: date) -> FollowUpPolicy:
    """Its absence is an error of installation, never "no follow-up"."""
    statement = (
        select(FollowUpPolicy)
        .where(col(FollowUpPolicy.in_force_from) <= on)
        .order_by(col(FollowUpPolicy.in_force_from).desc(), col(FollowUpPolicy.version).desc())
    )
    found = session.exec(statement.limit(1)).first()
    if found is None:
        raise Refused("no_follow_up_policy", on=on)
    return found


def terms_of(policy: FollowUpPolicy) -> Terms:
    return Terms(
        policy.rating_days, policy.link_hours, policy.share_percent, policy.least_per_unit, policy.attempts_most,
        policy.contact_workdays, policy.put_right_workdays, policy.put_right_workdays_most,
    )


def terms_in_force(session: Session, on: date) -> Terms:
    return terms_of(in_force(session, on))


def is_installed(session: Session) -> bool:
    return session.exec(select(func.count()).select_from(FollowUpPolicy)).one() > 0


def versions(session: Session) -> list[FollowUpPolicy]:
    """Every version, the newest first."""
    return list(session.exec(select(FollowUpPolicy).order_by(col(FollowUpPolicy.version).desc())).all())


def check(terms: Terms, in_force_from: date, today: date) -> None:
    """Raises `Refused` with the code of what does not fit together."""
    for name, (least, most) in RANGES.items():
        if not least <= getattr(terms, name) <= most:
            raise Refused("follow_up_out_of_range", name=name, least=least, most=most)
    if terms.put_right_workdays_most < terms.put_right_workdays:
        raise Refused("put_right_most_below")
    if in_force_from < today:
        raise Refused("policy_in_the_past")


def change(
    session: Session, actor: Actor, terms: Terms, *, in_force_from: date, basis: str, expected_version: int | None,
    now: datetime, today: date,
) -> FollowUpPolicy:
    """A new version by the director. `Conflict` when another was made after the form."""
    if Role.DIRECTOR not in actor.roles:
        raise Refused("not_your_role")
    check(terms, in_force_from, today)
    newest = versions(session)[0]
    if expected_version is not None and expected_version != newest.version:
        raise Conflict("follow_up_policy_changed", found=newest.version)
    made = add(session, terms, in_force_from=in_force_from, basis=basis, now=now, actor=actor)
    append(
        session, at=now, actor_id=actor.account_id, action="follow_up.change", object_kind="follow_up_policy",
        object_id=str(made.version), facts={**asdict(terms), "in_force_from": in_force_from},
    )
    return made


def add(
    session: Session, terms: Terms, *, in_force_from: date, basis: str, now: datetime, actor: Actor | None = None
) -> FollowUpPolicy:
    newest = session.exec(select(func.max(col(FollowUpPolicy.version)))).one() or 0
    made = FollowUpPolicy(
        version=newest + 1,
        in_force_from=in_force_from,
        rating_days=terms.rating_days,
        link_hours=terms.link_hours,
        share_percent=terms.share_percent,
        least_per_unit=terms.least_per_unit,
        attempts_most=terms.attempts_most,
        contact_workdays=terms.contact_workdays,
        put_right_workdays=terms.put_right_workdays,
        put_right_workdays_most=terms.put_right_workdays_most,
        basis=basis,
        made_by_id=actor.account_id if actor else None,
        made_by_name=actor.display_name if actor else "系统",
        made_at=now,
    )
    session.add(made)
    session.flush()
    return made
