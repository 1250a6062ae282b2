"""What comes after a reply, for tests, by the commands that people's forms call."""

from dataclasses import replace

from sqlmodel import Session, col, select

from models.accounts.types import PUBLIC, Actor, Role
from models.appeals.types import State
from models.followup import calls, case_queries, cases, ratings
from models.followup.calls import Told
from models.followup.cases import Said
from models.followup.tables import DissatisfactionCase, FollowUpCall, SatisfactionRating
from models.followup.types import CallResult, CaseAction, ContactWay, Grade, RatingChannel, Unreached
from models.handling.commands import Act
from tests.support.actors import actor
from tests.support.factories import Story

REASON = "窗口仍然说没有收到材料。"
NO_ANSWER = Told(Unreached.NO_ANSWER)
PLEASED = Told(result=CallResult.SATISFIED, is_solved=True, words="已经拿到许可证。")
DISPLEASED = Told(result=CallResult.NOT_SATISFIED, is_solved=False, words="还没有解决。")


def replied(session: Session, state: State = State.REPLIED, **changes: object) -> Story:
    return Story(session, **changes).to(state)  # type: ignore[arg-type]


def rate(
    story: Story, grade: int = 4, reason: str = "", *, by: Actor = PUBLIC, channel: RatingChannel = RatingChannel.CODE
) -> SatisfactionRating:
    said = ratings.Said(Grade(grade), reason or (REASON if grade <= 2 else ""), channel)
    return ratings.rate(story.session, story.appeal, said, actor=by, now=story.at, calendar=story.calendar)


def call(story: Story, told: Told = NO_ANSWER, *, by: Actor | None = None, attempt: int = 0) -> FollowUpCall:
    number = attempt or 1 + len([one for one in made(story) if one.round == story.appeal.round])
    return calls.record(story.session, story.appeal, told, story.act(by or story.clerk), expected_attempt=number)


def made(story: Story) -> list[FollowUpCall]:
    statement = select(FollowUpCall).where(col(FollowUpCall.appeal_id) == story.appeal.id)
    return list(story.session.exec(statement.order_by(col(FollowUpCall.id))).all())


def case_of(story: Story) -> DissatisfactionCase:
    found = case_queries.of_appellant(story.session, story.appeal)
    assert found, "no case"
    return found[0]


def low(session: Session, grade: int = 2, **changes: object) -> tuple[Story, DissatisfactionCase]:
    """A reply that was rated low, and its case."""
    story = replied(session, **changes)
    rate(story, grade)
    return story, case_of(story)


def act(story: Story, who: Actor | None = None, **changes: object) -> Act:
    return replace(story.act(who or story.supervisor), **changes)  # type: ignore[arg-type]


def do(
    story: Story, case: DissatisfactionCase, action: CaseAction, by: Actor | None = None, said: Said | None = None
) -> None:
    """As the forms do it: deciding for a redo carries the redo out."""
    said = said or Said(words="已经研究。", told="正在处理。")
    if action is CaseAction.DECIDE_REDO:
        cases.redo(story.session, case, story.appeal, act(story, by), said)
    else:
        cases.perform(story.session, case, story.appeal, action, act(story, by), said)


def contact(story: Story, case: DissatisfactionCase, by: Actor | None = None) -> None:
    do(story, case, CaseAction.CONTACT, by, cases.contact_said(ContactWay.PHONE, inner="已经说明。"))


def told(session: Session, case: DissatisfactionCase) -> list[str]:
    return [one.action.value for one in case_queries.events(session, case)]


def second(session: Session, *roles: Role, unit: str = "") -> Actor:
    return actor(session, *(roles or (Role.SUPERVISOR,)), unit=unit)
