"""Which reply is followed up, who gave it, and every unit that had a hand in it. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling import queries as handling
from models.handling.concerned import linked
from models.handling.effects_json import effects_from_json
from models.handling.tables import AppealEvent
from models.handling.types import Action, LinkKind

ANSWERING = (Action.PUBLISH, Action.REPLY_MERGED)


@dataclass(frozen=True)
class Published:
    """The published reply of a round. `unit_id`: the unit that answered; of a merged appeal the main one's."""

    round: int
    at: datetime
    unit_id: int


def published(session: Session, appeal: Appeal) -> Published | None:
    """Of the running round; None while it has none. One statement, two more for what was answered together."""
    statement = select(AppealEvent).where(
        col(AppealEvent.appeal_id) == appeal.id, col(AppealEvent.round) == appeal.round,
        col(AppealEvent.to_state) == State.REPLIED, col(AppealEvent.action).in_(ANSWERING),
    )
    event = session.exec(statement.order_by(col(AppealEvent.seq).desc()).limit(1)).first()
    if event is None:
        return None
    unit_id = _main_unit(session, appeal) if event.action is Action.REPLY_MERGED else appeal.lead_unit_id
    return Published(event.round, event.at, unit_id) if unit_id is not None else None


def _main_unit(session: Session, appeal: Appeal) -> int | None:
    main = next(iter(linked(session, appeal, LinkKind.INTO)), None)
    return (main.lead_unit_id if main else None) or appeal.lead_unit_id


def handling_units(session: Session, appeal: Appeal) -> frozenset[int]:
    """Every unit that ever led it or assisted, also in what it was answered with: none of its people follows it up."""
    found: set[int] = set()
    for one in (appeal, *linked(session, appeal, LinkKind.INTO)):
        found |= {assistance.unit_id for assistance in handling.assistances(session, one)}
        for event in handling.events(session, one):
            led_by = effects_from_json(event.effects, event.round).lead_unit_id
            found |= {led_by} if led_by is not None else set()
    return frozenset(found | ({appeal.lead_unit_id} if appeal.lead_unit_id else set()))
