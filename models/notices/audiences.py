"""How each audience of the table is found, and who must never hear of an appeal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session

from models.accounts.lending import Holder, holders
from models.accounts.types import Role
from models.appeals.accused import accuses
from models.appeals.tables import Appeal
from models.handling.effects_json import effects_from_json
from models.handling.rules import APPROVERS, CLERKS, HANDLERS, REVIEWERS, UNIT
from models.handling.tables import AppealEvent
from models.notices.types import Audience


@dataclass(frozen=True)
class Occasion:
    """An event of `appeal`. It is told about `about`: the main appeal, where this one is merged into it."""

    appeal: Appeal
    about: Appeal
    event: AppealEvent


Find = Callable[[Session, Occasion], Sequence[Holder]]


def _of_lead(session: Session, on: Occasion) -> Sequence[Holder]:
    return _of_unit(session, on.about.lead_unit_id, UNIT, on.event.at)


def _approvers(session: Session, on: Occasion) -> Sequence[Holder]:
    return _of_unit(session, on.about.lead_unit_id, APPROVERS, on.event.at)


def _working(session: Session, on: Occasion) -> Sequence[Holder]:
    if on.about.lead_unit_id is None:
        return _neutral(session, on, holders(session, CLERKS, on.event.at))
    handlers = _of_unit(session, on.about.lead_unit_id, HANDLERS, on.event.at)
    return [one for one in handlers if one.account_id == on.about.assignee_id] or handlers


def _reviewers(session: Session, on: Occasion) -> Sequence[Holder]:
    return _neutral(session, on, holders(session, REVIEWERS, on.event.at))


def _assisting(session: Session, on: Occasion) -> Sequence[Holder]:
    return _of_units_asked(session, on, UNIT)


def _assisting_approvers(session: Session, on: Occasion) -> Sequence[Holder]:
    return _of_units_asked(session, on, APPROVERS)


def _assisting_handlers(session: Session, on: Occasion) -> Sequence[Holder]:
    return _of_units_asked(session, on, HANDLERS)


AUDIENCES: Final[Mapping[Audience, Find]] = {
    Audience.LEAD_UNIT: _of_lead,
    Audience.APPROVERS: _approvers,
    Audience.WORKING: _working,
    Audience.REVIEWERS: _reviewers,
    Audience.ASSISTING: _assisting,
    Audience.ASSISTING_APPROVERS: _assisting_approvers,
    Audience.ASSISTING_HANDLERS: _assisting_handlers,
}


def told(session: Session, audience: Audience, on: Occasion) -> list[int]:
    """The accounts to tell: never whoever acted, and never anybody of a unit that a report accuses, nor of one above or
    below it (domain.md §3, ACC-4).
    """
    found = [one for one in AUDIENCES[audience](session, on) if one.account_id != on.event.actor_id]
    accused = {path: accuses(session, (on.appeal, on.about), path, is_report=True) for path in _paths(found)}
    return [one.account_id for one in found if not accused.get(one.unit_path, False)]


def _paths(found: Sequence[Holder]) -> set[str]:
    return {one.unit_path for one in found if one.unit_path}


def _of_unit(session: Session, unit_id: int | None, roles: frozenset[Role], now: datetime) -> Sequence[Holder]:
    return holders(session, roles, now, unit_id=unit_id) if unit_id is not None else ()


def _of_units_asked(session: Session, on: Occasion, roles: frozenset[Role]) -> Sequence[Holder]:
    """Of the assisting units that the event tells of."""
    assistances = effects_from_json(on.event.effects, on.event.round).assistances
    units = sorted({one.unit_id for one in assistances})
    return [one for unit_id in units for one in holders(session, roles, on.event.at, unit_id=unit_id)]


def _neutral(session: Session, on: Occasion, found: Sequence[Holder]) -> Sequence[Holder]:
    """Of the office only those who may decide on it: not of the unit that leads or that it is about (T4)."""
    partial = {path for path in _paths(found) if accuses(session, (on.about,), path, is_report=False)}
    return [
        one for one in found
        if one.unit_path not in partial and (one.unit_id is None or one.unit_id != on.about.lead_unit_id)
    ]
