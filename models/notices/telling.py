"""From what happened to an appeal to who is told of it, in the act's own transaction (called by `webapp.notifying`)."""

from sqlmodel import Session, col, select

from models.appeals.tables import Appeal
from models.handling.concerned import linked
from models.handling.tables import AppealEvent
from models.handling.types import Action, LinkKind
from models.notices.audiences import Occasion, told
from models.notices.commands import tell
from models.notices.types import TOLD


def main_of(session: Session, appeal: Appeal) -> Appeal | None:
    """The appeal that this one is merged into: whoever works on that one hears of this one."""
    return next(iter(linked(session, appeal, LinkKind.INTO)), None)


def tell_since(session: Session, appeal: Appeal, version: int, main: Appeal | None) -> None:
    """Tells of the appeal's events behind this version. `main` is what it was merged into before them."""
    session.flush()
    news = select(AppealEvent).where(
        col(AppealEvent.appeal_id) == appeal.id, col(AppealEvent.seq) > version, col(AppealEvent.action).in_(list(TOLD))
    )
    for event in session.exec(news.order_by(col(AppealEvent.seq))).all():
        about = (main_of(session, appeal) if event.action is Action.MERGE else main) or appeal
        _tell_of(session, Occasion(appeal, about, event))


def _tell_of(session: Session, on: Occasion) -> None:
    for telling in TOLD[on.event.action]:
        if telling.into in (None, on.event.to_state):
            people = told(session, telling.audience, on)
            key = f"event:{on.event.appeal_id}:{on.event.seq}:{telling.kind.value}"
            tell(session, people, telling.kind, dedupe_key=key, now=on.event.at, appeal_id=on.about.id)
