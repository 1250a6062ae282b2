"""Setting a campaign up, opening it, and the little that changes while it is open. By the director; each act leaves
its trace in the caller's one transaction. Whoever calls holds the campaign's row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, delete

from models.accounts.queries import units_by_id
from models.accounts.tables import Unit
from models.accounts.types import Actor, Role
from models.audit.commands import append
from models.errors import Conflict, Refused
from models.ratings import queries, rules
from models.ratings.tables import RatingCampaign, RatingDimension, RatingUnit
from models.ratings.types import CampaignState, Half, Plan
from models.ratings.vault import RatingVault


@dataclass(frozen=True)
class Act:
    """Who acts and when. `expected_version`: the campaign's version that the form was made from."""

    actor: Actor
    now: datetime
    today: date
    expected_version: int | None = None


def create(session: Session, year: int, half: Half, plan: Plan, act: Act) -> RatingCampaign:
    """A draft. `Refused` where the half-year has a campaign already."""
    require_director(act)
    rules.require_plan(plan)
    if queries.of_period(session, year, half) is not None:
        raise Refused("rating_period_taken")
    row = RatingCampaign(
        year=year, half=half, title=plan.title, opens_on=plan.opens_on, closes_on=plan.closes_on,
        minimum_n=plan.minimum_n, created_at=act.now,
    )
    _set(session, row, plan)
    trace(session, row, "create", act, _told(plan) | {"year": year, "half": half})
    return row


def change(session: Session, row: RatingCampaign, plan: Plan, act: Act) -> None:
    """Sets a draft anew."""
    begin(row, act, CampaignState.DRAFT)
    rules.require_plan(plan)
    for table in (RatingDimension, RatingUnit):
        session.execute(delete(table).where(col(table.campaign_id) == row.id))
    _set(session, row, plan)
    end(session, row)
    trace(session, row, "change", act, _told(plan))


def open_campaign(session: Session, row: RatingCampaign, vault: RatingVault, act: Act) -> None:
    """From now on what is asked stays as it is, and codes are made. `Refused` names what is missing."""
    begin(row, act, CampaignState.DRAFT)
    invited = sum(found[0] for found in queries.counts(session, row).values())
    missing = rules.lacking(queries.campaign(session, row), letter=row.letter, invited=invited, today=act.today)
    if missing:
        raise Refused(missing[0].code)
    row.state, row.opened_at, row.sealed_key = CampaignState.OPEN, act.now, vault.new_campaign_key(row.uid)
    end(session, row)
    trace(session, row, "open", act, {"invited": invited})


def add_unit(session: Session, row: RatingCampaign, unit: Unit, act: Act) -> None:
    """A unit that comes late: ballots cast before did not show it, and count nothing for it."""
    begin(row, act, CampaignState.OPEN)
    rated = queries.units(session, row)
    if any(one.unit_id == unit.id for one in rated):
        raise Refused("rating_unit_twice")
    if len(rated) >= rules.MOST_UNITS:
        raise Refused("rating_units_many", most=rules.MOST_UNITS)
    assert row.id is not None and unit.id is not None
    no = max((one.no for one in rated), default=0) + 1
    session.add(RatingUnit(campaign_id=row.id, no=no, unit_id=unit.id, name=unit.full_name, is_late=True))
    end(session, row)
    trace(session, row, "add_unit", act, {"unit": unit.short_name, "no": no})


def extend(session: Session, row: RatingCampaign, closes_on: date, act: Act, *, reason: str) -> None:
    """A later last day."""
    begin(row, act, CampaignState.OPEN)
    if closes_on <= row.closes_on or closes_on < act.today:
        raise Refused("rating_not_later")
    facts = {"from": row.closes_on, "to": closes_on, "reason": reason}
    row.closes_on = closes_on
    end(session, row)
    trace(session, row, "extend", act, facts)


# ---------------------------------------------------------------- what every act shares


def require_director(act: Act) -> None:
    if Role.DIRECTOR not in act.actor.roles:
        raise Refused("not_your_role")


def begin(row: RatingCampaign, act: Act, *states: CampaignState) -> None:
    """By the director, on the version that the form was made from, while the campaign is in one of these states."""
    require_director(act)
    if act.expected_version is not None and act.expected_version != row.version:
        raise Conflict("campaign_changed_meanwhile", expected=act.expected_version, found=row.version)
    if row.state not in states:
        raise Refused(f"campaign_is_{row.state.value}")


def end(session: Session, row: RatingCampaign) -> None:
    row.version += 1
    session.add(row)
    session.flush()


def trace(session: Session, row: RatingCampaign, what: str, act: Act, facts: dict[str, Any]) -> None:
    """Never a code, a name, or anything of a ballot."""
    append(
        session, at=act.now, actor_id=act.actor.account_id, action=f"rating.{what}", object_kind="rating_campaign",
        object_id=row.uid, facts=facts,
    )


# ---------------------------------------------------------------- parts


def _set(session: Session, row: RatingCampaign, plan: Plan) -> None:
    row.title, row.opens_on, row.closes_on = plan.title, plan.opens_on, plan.closes_on
    row.scale, row.minimum_n, row.letter = plan.scale, plan.minimum_n, plan.letter
    row.asked_conduct = [one.value for one in plan.asked_conduct]
    session.add(row)
    session.flush()
    _set_parts(session, row, plan)


def _set_parts(session: Session, row: RatingCampaign, plan: Plan) -> None:
    assert row.id is not None
    for one in plan.dimensions:
        session.add(
            RatingDimension(
                campaign_id=row.id, no=one.no, name=one.name, weight=one.weight, explanation=one.explanation
            )
        )
    known = units_by_id(session)
    for no, unit in enumerate(_rated(known, plan.units), start=1):
        session.add(RatingUnit(campaign_id=row.id, no=no, unit_id=unit.id or 0, name=unit.full_name))
    session.flush()


def _rated(known: dict[int, Unit], ids: Sequence[int]) -> list[Unit]:
    """Each once; `Refused` for one that is not in use."""
    found = [known.get(id_) for id_ in dict.fromkeys(ids)]
    if any(unit is None or not unit.is_active for unit in found):
        raise Refused("unit_not_in_use")
    return [unit for unit in found if unit is not None]


def _told(plan: Plan) -> dict[str, Any]:
    return {
        "opens_on": plan.opens_on, "closes_on": plan.closes_on, "scale": plan.scale, "minimum_n": plan.minimum_n,
        "dimensions": [[one.name, one.weight] for one in plan.dimensions], "units": len(set(plan.units)),
        "conduct": list(plan.asked_conduct),
    }
