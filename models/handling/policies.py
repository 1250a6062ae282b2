"""The director's acts on policies of the clock. A version is written once and never changed; a successor or an end only
sets its last day. What was dispatched under it stays so. Nothing commits.
"""

from dataclasses import asdict
from datetime import date, datetime

from sqlmodel import Session

from models.accounts.types import Actor, Role
from models.audit.commands import append
from models.base import new_uid, plain
from models.errors import Conflict, Refused
from models.handling import policy_queries as queries
from models.handling.policy_queries import Line
from models.handling.policy_rules import (
    ONE_DAY,
    Problem,
    Provision,
    check,
    kinds_text,
    problems,
    refused_end,
    refused_start,
)
from models.handling.tables import Policy, PolicyLimit
from models.workdays.rules import local_day


def begin(session: Session, actor: Actor, provision: Provision, *, in_force_from: date, now: datetime) -> Policy:
    """A further policy, beside the default. Raises `Refused`."""
    _check_director(actor)
    check(problems(provision, is_default=False))
    _permit(refused_start(in_force_from, local_day(now), None))
    _check_name(session, provision.name, code="")
    code = f"p-{new_uid()[:12]}"
    return put(session, provision, code=code, version=1, in_force_from=in_force_from, now=now, by=actor)


def revise(
    session: Session, actor: Actor, code: str, provision: Provision, *, in_force_from: date,
    expected_version: int | None, now: datetime,
) -> Policy:
    """A new version, which ends the one before it the day before. `Conflict` when another was made after the form."""
    _check_director(actor)
    line = _line(session, code, expected_version)
    check(problems(provision, is_default=line.is_default))
    newest = line.newest
    _permit(refused_start(in_force_from, local_day(now), newest.span))
    _check_name(session, provision.name, code=code)
    if newest.row.in_force_to is None:
        newest.row.in_force_to = in_force_from - ONE_DAY
        session.add(newest.row)
    number = newest.row.version + 1
    return put(session, provision, code=code, version=number, in_force_from=in_force_from, now=now, by=actor)


def end(
    session: Session, actor: Actor, code: str, *, last_on: date, expected_version: int | None, now: datetime
) -> Policy:
    """Nothing is dispatched under it after that day; what runs under it runs on."""
    _check_director(actor)
    line = _line(session, code, expected_version)
    row = line.newest.row
    _permit(refused_end(last_on, local_day(now), line.newest.span, is_default=line.is_default))
    row.in_force_to = last_on
    session.add(row)
    _trace(session, actor, "policy.end", row, now, {"in_force_to": last_on})
    return row


def put(
    session: Session, provision: Provision, *, code: str, version: int, in_force_from: date, now: datetime,
    by: Actor | None = None,
) -> Policy:
    """Writes a version; its guards are the caller's. `by`: nobody for what the product ships."""
    allowed = provision.allowances
    row = Policy(
        code=code, version=version, name=provision.name, basis=provision.basis, in_force_from=in_force_from,
        kinds=kinds_text(provision.kinds), complexity=provision.complexity, return_workdays=allowed.return_workdays,
        extensions_most=allowed.extensions_most, extension_workdays_most=allowed.extension_workdays_most,
        pause_workdays_most=allowed.pause_workdays_most, made_by_id=by.account_id if by else None,
        made_by_name=by.display_name if by else "系统", made_at=now,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add_all(PolicyLimit(policy_id=row.id, stage=stage, workdays=n) for stage, n in provision.workdays.items())
    if by is not None:
        said = {**asdict(provision), "kinds": row.kinds, "in_force_from": in_force_from}
        _trace(session, by, "policy.put", row, now, said)
    session.flush()
    return row


def _check_director(actor: Actor) -> None:
    if Role.DIRECTOR not in actor.roles:
        raise Refused("not_your_role")


def _line(session: Session, code: str, expected_version: int | None) -> Line:
    line = queries.line(session, code, lock=True)
    found = line.newest.row.version
    if expected_version is not None and expected_version != found:
        raise Conflict("clock_policy_changed_meanwhile", found=found)
    return line


def _permit(problem: Problem | None) -> None:
    if problem is not None:
        raise Refused(problem[0], **problem[1])


def _check_name(session: Session, name: str, *, code: str) -> None:
    """Who dispatches chooses by the name: no two policies that may still be chosen have the same."""
    others = (line for line in queries.lines(session) if line.code != code)
    if any(line.newest.row.in_force_to is None and line.newest.row.name == name for line in others):
        raise Refused("policy_name_taken")


def _trace(
    session: Session, actor: Actor, action: str, row: Policy, now: datetime, facts: dict[str, object]
) -> None:
    append(
        session, at=now, actor_id=actor.account_id, action=action, object_kind="policy",
        object_id=f"{row.code}:{row.version}", facts=plain(facts),
    )
    session.flush()
