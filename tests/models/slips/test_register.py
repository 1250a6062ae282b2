"""Void and reissue, signing for, scans, and who sees which slip."""

import pytest
from sqlmodel import Session, col, select

from models.accounts.queries import unit_by_name
from models.accounts.types import Actor, Role
from models.appeals.types import AppealKind, State
from models.audit.tables import AuditRow
from models.errors import Conflict, NotFound, Refused
from models.slips import commands, queries, receiving, voiding
from models.slips.kinds import SlipKind, SlipStatus
from models.slips.paper import content_of
from models.slips.queries import Wanted
from models.slips.receiving import ScannedFile
from models.slips.tables import Slip
from tests.models.slips.facts import GIVEN, REMINDER, TRANSFER
from tests.support.actors import actor
from tests.support.factories import LETTERHEAD, Story


def order(story: Story) -> Slip:
    act = story.act(story.clerk)
    return commands.issue_of_appeal(story.session, SlipKind.DISPATCH_ORDER, story.appeal, act, LETTERHEAD)


def given(story: Story, kind: SlipKind) -> Slip:
    act = story.act(story.supervisor)
    return commands.issue(story.session, kind, GIVEN[kind], act, LETTERHEAD, appeal=story.appeal)


def interview(story: Story, unit: str = "市监局") -> Slip:
    found = unit_by_name(story.session, unit)
    act = story.act(story.supervisor)
    kind = SlipKind.INTERVIEW_NOTICE
    return commands.issue(story.session, kind, GIVEN[kind], act, LETTERHEAD, unit=found)


# ---------------------------------------------------------------- void and reissue


def test_a_void_slip_keeps_number_and_content_and_is_replaced_by_the_next_number(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    first, act = order(story), story.act(story.supervisor)
    content = first.content
    voiding.void(session, first, act, reason="主办单位写错。")
    assert (first.status, first.void_reason, first.voided_at) == (SlipStatus.VOID, "主办单位写错。", story.at)
    assert (first.number, first.content) == (1, content)
    second = voiding.reissue(session, first, act, LETTERHEAD)
    assert (second.number, second.replaces_id) == (2, first.id)
    assert content_of(second.content).replaces == "沅优办交〔2026〕1号"
    assert queries.replaced_by(session, first) is second


@pytest.mark.parametrize("kind", [SlipKind.REMINDER, SlipKind.SUPERVISION_ORDER, SlipKind.TRANSFER_LETTER])
def test_what_the_office_wrote_is_reissued_word_for_word(session: Session, kind: SlipKind) -> None:
    story = Story(session).to(State.DISPATCHED)
    first, act = given(story, kind), story.act(story.supervisor)
    voiding.void(session, first, act, reason="文号有误。")
    story.later(days=1)
    second = voiding.reissue(session, first, story.act(story.supervisor), LETTERHEAD)
    old, new = content_of(first.content), content_of(second.content)
    assert (old.blocks, old.recipient, old.reviewer) == (new.blocks, new.recipient, new.reviewer)
    assert old.verification_code != new.verification_code and old.issued_on != new.issued_on


def test_a_reply_is_reissued_from_the_published_reply(session: Session) -> None:
    story = Story(session).to(State.REPLIED)
    act = story.act(story.supervisor)
    voiding.void(session, story.slip, act, reason="联系电话有误。")
    assert queries.for_appellant(session, story.appeal) == []
    second = voiding.reissue(session, story.slip, act, LETTERHEAD)
    assert queries.for_appellant(session, story.appeal) == [second]


def test_void_and_reissue_happen_once(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    first, act = order(story), story.act(story.supervisor)
    with pytest.raises(Refused, match="slip_not_void"):
        voiding.reissue(session, first, act, LETTERHEAD)
    with pytest.raises(Refused, match="void_reason_missing"):
        voiding.void(session, first, act, reason=" ")
    voiding.void(session, first, act, reason="写错。")
    with pytest.raises(Conflict, match="slip_void_already"):
        voiding.void(session, first, act, reason="写错。")
    voiding.reissue(session, first, act, LETTERHEAD)
    with pytest.raises(Conflict, match="slip_reissued_already"):
        voiding.reissue(session, first, act, LETTERHEAD)


def test_nobody_voids_a_slip_to_the_own_unit(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    both = actor(session, Role.SUPERVISOR, Role.HANDLER, unit="市监局")
    for slip in (given(story, SlipKind.SUPERVISION_ORDER), interview(story)):
        with pytest.raises(Refused, match="own_units_slip"):
            voiding.void(session, slip, story.act(both), reason="不想要。")


# ---------------------------------------------------------------- signing for


def test_the_unit_signs_for_a_slip_once_with_time_and_name(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    slip = order(story)
    receipt = receiving.sign_for(session, slip, story.act(story.handler))
    assert (receipt.signed_name, receipt.signed_at) == ("张经办", story.at)
    with pytest.raises(Conflict, match="slip_signed_already"):
        receiving.sign_for(session, slip, story.act(story.approver))
    session.commit()
    actions = session.exec(select(AuditRow.action).where(col(AuditRow.object_id) == slip.uid)).all()
    assert list(actions) == ["slip.issue", "slip.sign"]


def test_no_other_unit_signs_and_no_void_slip_is_signed(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    slip, other = order(story), actor(session, Role.HANDLER, unit="税务局")
    for who in (other, story.supervisor):
        with pytest.raises(Refused, match="slip_not_to_your_unit"):
            receiving.sign_for(session, slip, story.act(who))
    voiding.void(session, slip, story.act(story.supervisor), reason="写错。")
    with pytest.raises(Refused, match="slip_is_void"):
        receiving.sign_for(session, slip, story.act(story.handler))


def test_scans_are_kept_in_order_and_not_without_end(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    slip, act = order(story), story.act(story.clerk)
    for no in range(1, 11):
        row = receiving.add_scan(session, slip, ScannedFile(f"f{no}", "回执.pdf", "pdf", 9, "0" * 64), act)
        assert row.no == no
    with pytest.raises(Refused, match="too_many_scans"):
        receiving.add_scan(session, slip, ScannedFile("f11", "回执.pdf", "pdf", 9, "0" * 64), act)


# ---------------------------------------------------------------- who sees what


def numbers(session: Session, who: Actor, **wanted: object) -> set[str]:
    found = queries.register(session, who, Wanted(**wanted), limit=50)
    assert len(found) == queries.register_count(session, who, Wanted(**wanted))
    return {commands.number_of(one.slip) for one in found}


def test_a_unit_sees_what_went_to_it_and_what_its_appeals_were_answered(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    order(story), given(story, SlipKind.REMINDER), given(story, SlipKind.TRANSFER_LETTER), interview(story)
    story.to(State.REPLIED)
    other = Story(session, unit="税务局").to(State.DISPATCHED)
    order(other), interview(other, "税务局")
    own = {"沅优办交〔2026〕1号", "沅优办催〔2026〕1号", "沅优办约〔2026〕1号", "沅优办答〔2026〕1号"}
    assert numbers(session, story.handler) == own
    assert numbers(session, other.handler) == {"沅优办交〔2026〕2号", "沅优办约〔2026〕2号"}
    assert {"沅优办函〔2026〕1号", *own} < numbers(session, story.supervisor)
    assert numbers(session, actor(session, Role.ADMINISTRATOR)) == set()
    seen = {commands.number_of(one) for one in queries.of_appeal(session, story.handler, story.appeal)}
    assert seen == own - {"沅优办约〔2026〕1号"}


def test_a_unit_never_sees_a_slip_of_a_report_against_it_or_kin_of_it(session: Session) -> None:
    """Even one that was addressed to it before the appeal became a report, or before the tree was changed."""
    story = Story(session).to(State.DISPATCHED)
    slips = [order(story), given(story, SlipKind.REMINDER)]
    story.appeal.kind, story.appeal.against_unit_id = AppealKind.REPORT, story.appeal.lead_unit_id
    session.add(story.appeal)
    session.flush()
    assert numbers(session, story.handler) == set()
    for slip in slips:
        with pytest.raises(NotFound):
            queries.visible_slip(session, story.handler, slip.uid)
    both = actor(session, Role.SUPERVISOR, Role.HANDLER, unit="市监局")
    assert numbers(session, both) == set()


def test_the_appellant_is_handed_only_what_is_addressed_to_the_appellant(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    order(story), given(story, SlipKind.SUPERVISION_ORDER), given(story, SlipKind.TRANSFER_LETTER)
    story.to(State.REPLIED)
    assert [one.kind for one in queries.for_appellant(session, story.appeal)] == [SlipKind.REPLY]


def test_the_register_is_asked_by_kind_and_by_what_is_signed_or_void(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    first, second = order(story), given(story, SlipKind.REMINDER)
    given(story, SlipKind.TRANSFER_LETTER)
    receiving.sign_for(session, first, story.act(story.handler))
    office = story.supervisor
    assert numbers(session, office, kind=SlipKind.REMINDER) == {"沅优办催〔2026〕1号"}
    assert numbers(session, office, standing="signed") == {"沅优办交〔2026〕1号"}
    assert numbers(session, office, standing="unsigned") == {"沅优办催〔2026〕1号"}
    voiding.void(session, second, story.act(office), reason="写错。")
    assert numbers(session, office, standing="unsigned") == set()
    assert numbers(session, office, standing="void") == {"沅优办催〔2026〕1号"}
    printed = queries.to_print(session, office, Wanted(), limit=10)
    assert {one.kind for one in printed} == {SlipKind.DISPATCH_ORDER, SlipKind.TRANSFER_LETTER}


def test_facts_of_another_kind_are_a_mistake_of_the_caller(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    with pytest.raises(TypeError):
        commands.issue(session, SlipKind.REMINDER, TRANSFER, story.act(story.clerk), LETTERHEAD, appeal=story.appeal)
    with pytest.raises(Refused, match="slip_without_addressee"):
        commands.issue(session, SlipKind.REMINDER, REMINDER, story.act(story.clerk), LETTERHEAD)
