"""What came after a reply, as the matrix names it: ratings, requests to leave one out, cases as far as some acts."""

from collections.abc import Callable

from sqlmodel import Session, col, select

from models.accounts.tables import Unit
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.followup import exclusions, links
from models.followup.cases import contact_said
from models.followup.tables import DissatisfactionCase, RatingExclusion, SatisfactionRating
from models.followup.types import CaseAction, ContactWay, ExclusionReason
from tests.access.scene import Person, Scene, Subject, ask_to_assist
from tests.support import followed
from tests.support.factories import Story

Values = dict[str, str]
Maker = Callable[[Scene, Session, Person, Subject], Values]
_twins: dict[tuple[str, str], Story] = {}


def _twin(session: Session, about: Subject, thing: str, *, changes: Callable[[Story], object]) -> Story:
    """Another appeal of the same kind, unit, accused and helpers, answered, on which something has happened since: what
    is asked for in vain may be asked for again on the same one.
    """
    key = (about.uid, thing)
    if key not in _twins:
        appeal = session.exec(select(Appeal).where(col(Appeal.uid) == about.uid)).one()
        unit = session.get_one(Unit, appeal.lead_unit_id)
        story = Story(session, unit=unit.short_name).to(State.DISPATCHED)
        if appeal.has_assistance:
            ask_to_assist(story, 0)
        story.to(State.CLOSED if appeal.state is State.CLOSED else State.REPLIED)
        changes(story)
        story.appeal.kind, story.appeal.against_unit_id = appeal.kind, appeal.against_unit_id
        session.add(story.appeal)
        session.flush()
        _twins[key] = story
    return _twins[key]


def _case(*acts: CaseAction) -> Maker:
    """Opened by a low grade, as far as these acts of somebody who is not asked about."""

    def change(story: Story) -> None:
        followed.rate(story, 2)
        case = followed.case_of(story)
        for action in acts:
            said = contact_said(ContactWay.PHONE, inner="已经说明。") if action is CaseAction.CONTACT else None
            followed.do(story, case, action, said=said)

    def make(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
        story = _twin(session, about, f"case {acts}", changes=change)
        found = select(DissatisfactionCase.uid).where(col(DissatisfactionCase.appeal_id) == story.appeal.id)
        return {"uid": session.exec(found).one()}

    return make


def _rating(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    story = _twin(session, about, "rating", changes=lambda story: followed.rate(story, 2))
    return {"uid": story.appeal.uid}


def _exclusion(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    def change(story: Story) -> None:
        rating, act = followed.rate(story, 2), followed.act(story)
        exclusions.ask(session, story.appeal, rating, ExclusionReason.OTHER_MATTER, "另一件事。", act)

    story = _twin(session, about, "exclusion", changes=change)
    found = (
        select(RatingExclusion.uid)
        .join(SatisfactionRating, col(SatisfactionRating.id) == col(RatingExclusion.rating_id))
        .where(col(SatisfactionRating.appeal_id) == story.appeal.id)
    )
    return {"uid": session.exec(found).one()}


def _link(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    """To the rating of an answered appeal of the same kind: whoever has it is the appellant."""
    token = links.token_of(b"s" * 32, about.uid)
    _twin(session, about, "link", changes=lambda story: links.make(session, story.appeal, token, now=story.at))
    return {"token": token}


FOLLOWED: dict[str, Maker] = {
    "rating link": _link,
    "rating": _rating,
    "exclusion": _exclusion,
    "case": _case(),
    "decided case": _case(CaseAction.DECIDE_NOT),
    "contacted case": _case(CaseAction.CONTACT, CaseAction.DECIDE_NOT),
}
