"""The ladder leaves a unit alone that has asked in time to return an appeal: the office is asked now."""

from models.accounts.queries import unit_by_name
from models.appeals.types import State
from models.handling import adjustments
from models.handling.adjustment_types import AdjustmentKind
from models.handling.adjustments import Request
from models.handling.types import Stage
from models.supervision import sweeping
from models.supervision.ladder_types import RecordKind
from models.workdays.shipped import shipped_calendar
from tests.support.factories import LETTERHEAD, Story


def kinds(story: Story) -> list[RecordKind]:
    """The steps taken for the signature."""
    sweep = sweeping.Sweep(story.at, shipped_calendar(), LETTERHEAD)
    assert story.appeal.id is not None
    taken = sweeping.take(story.session, story.appeal.id, sweep)
    return [one.kind for one in taken if one.stage is Stage.SIGN]


def test_no_card_for_the_signature_while_a_return_waits_for_its_ruling(session):
    story = Story(session).to(State.DISPATCHED)
    request = Request(AdjustmentKind.RETURN, "不归我们管。", "三定方案")
    adjustments.ask(session, story.appeal, story.act(story.approver), request)
    story.later(days=2)
    assert kinds(story) == []
    unit = unit_by_name(session, "市监局")
    adjustments.rule_return(session, story.appeal, story.act(story.supervisor), lead_unit=unit, ruling="维持")
    story.later(days=4)
    assert RecordKind.YELLOW_CARD in kinds(story)


def test_a_unit_that_neither_signs_nor_asks_gets_its_yellow_card(session):
    story = Story(session).to(State.DISPATCHED).later(days=2)
    assert RecordKind.YELLOW_CARD in kinds(story)
