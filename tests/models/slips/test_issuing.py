"""Issuing slips of every kind: what each says, whom it goes to, and numbers without gaps."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlmodel import Session, col, select

from models.accounts.queries import unit_by_name
from models.accounts.tables import Unit
from models.accounts.types import Role
from models.appeals.types import AppealKind, Channel, State
from models.audit.tables import AuditRow
from models.errors import Refused
from models.handling import commands as handling
from models.handling import queries
from models.handling.types import UNIT_STAGES
from models.slips import commands, wordings
from models.slips.kinds import SPECS, Addressee, SlipKind
from models.slips.paper import FactTable, Paper, Paragraph, content_of
from models.slips.reminder import build
from models.slips.tables import Slip
from models.slips.types import ReplySlip
from models.slips.wording import DEFAULTS, Wording, fill
from tests.models.slips.facts import GIVEN, REMINDER
from tests.support.actors import actor
from tests.support.factories import LETTERHEAD, Story
from webapp.db import Database


def unit_of(session: Session, name: str = "市监局") -> Unit:
    found = unit_by_name(session, name)
    assert found is not None
    return found


def declined(session: Session, **changes: object) -> Story:
    story = Story(session, **changes)
    reason = "按规定不予受理，原因：属于市场主体之间的民事、经济纠纷。请依法向人民法院提起诉讼。"
    handling.decline(session, story.appeal, story.act(story.clerk), reason_text=reason)
    return story


def issued(session: Session, kind: SlipKind) -> Slip:
    """A slip of this kind, by the shortest way."""
    if kind is SlipKind.REPLY:
        found = Story(session).to(State.REPLIED).slip
        assert found is not None
        return found
    if kind is SlipKind.DECLINE_NOTICE:
        story = declined(session)
        return commands.issue_of_appeal(session, kind, story.appeal, story.act(story.clerk), LETTERHEAD)
    if kind in (SlipKind.DISPATCH_ORDER, SlipKind.HANDLING_REPORT):
        state = State.DISPATCHED if kind is SlipKind.DISPATCH_ORDER else State.REPLIED
        story = Story(session, channel=Channel.HOTLINE_12345, recorded_by=None).to(state)
        return commands.issue_of_appeal(session, kind, story.appeal, story.act(story.clerk), LETTERHEAD)
    story = Story(session).to(State.DISPATCHED)
    unit = unit_of(session) if kind is SlipKind.INTERVIEW_NOTICE else None
    appeal = None if unit or kind is SlipKind.RATING_BULLETIN else story.appeal
    act = story.act(story.supervisor)
    return commands.issue(session, kind, GIVEN[kind], act, LETTERHEAD, appeal=appeal, unit=unit, reviewer="周主任")


def said_by(slip: Slip) -> str:
    return slip.content


# ---------------------------------------------------------------- what each kind holds

MUST_HOLD = {
    SlipKind.DISPATCH_ORDER: (
        "2026-000001", "12345政企通", "食品经营许可变更超过承诺时限未出证", "沅江市市场监督管理局",
        "请告知最迟何时出证。",
        "2026年11月18日前（交办后1个工作日）", "2026年11月20日前（交办后3个工作日）",
        "2026年11月26日前（交办后7个工作日）",
        "沅政办发〔2023〕5号",
    ),
    SlipKind.REMINDER: ("沅优办交〔2026〕12号", "2026年11月26日", "已超期2个工作日", "第1次", "2026年12月1日前"),
    SlipKind.SUPERVISION_ORDER: (
        "超过办结期限5个工作日仍未办结", "沅优办催〔2026〕4号", "完善登记制度", "2026年12月8日", "王志强",
    ),
    SlipKind.TRANSFER_LETTER: (
        "中共沅江市纪律检查委员会", "网络来件", "未制作检查文书", "询问笔录2份", "注意保密", "收悉",
    ),
    SlipKind.DECLINE_NOTICE: ("2026-000001", "2026年11月17日", "民事、经济纠纷", "向人民法院提起诉讼"),
    SlipKind.HANDLING_REPORT: ("12345政务服务便民热线", "转办", "沅优办答〔2026〕1号", "已解决", "未及时登记"),
    SlipKind.INTERVIEW_NOTICE: (
        "主要负责人", "低于60分", "2026年12月10日上午9时", "203室", "书面报告",
    ),
    SlipKind.RATING_BULLETIN: (
        "2026年7月1日至2026年7月31日", "邀请60人，收回48份", "59.96分", "低于60分的单位1个", "样本不足", "第1版",
        "不进位", "不得因评议刁难、报复评议人",
    ),
    SlipKind.REPLY: ("已解决", "特此答复。"),
}  # fmt: skip


@pytest.mark.parametrize("kind", SlipKind)
def test_every_kind_holds_what_the_office_must_say(session: Session, kind: SlipKind) -> None:
    slip = issued(session, kind)
    for text in MUST_HOLD[kind]:
        assert text in slip.content, text
    assert "【" not in slip.content, "a place of the wording is not filled in"


@pytest.mark.parametrize("kind", SlipKind)
def test_every_slip_has_number_signer_reviewer_contact_and_code(session: Session, kind: SlipKind) -> None:
    slip = issued(session, kind)
    content = content_of(slip.content)
    assert content.number == f"{SPECS[kind].mark}〔2026〕1号"
    assert content.signer and content.reviewer and content.recipient and content.contact
    assert content.issued_on == slip.issued_on
    assert content.verification_code == slip.verification_code
    assert content.verification_url.endswith(slip.verification_code)
    assert (content.to_json(), content.content_hash) == (slip.content, slip.content_hash)


@pytest.mark.parametrize("kind", SlipKind)
def test_what_goes_to_a_unit_names_the_unit_in_the_register(session: Session, kind: SlipKind) -> None:
    slip = issued(session, kind)
    to_unit = SPECS[kind].addressee is Addressee.UNIT
    assert (slip.unit_id == unit_of(session).id) is to_unit
    assert (slip.recipient == "沅江市市场监督管理局") is to_unit
    assert (slip.recipient == "各有关单位") is (SPECS[kind].addressee is Addressee.EVERY_UNIT)


def test_a_dispatch_order_tells_the_days_that_stand_in_the_clock(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    slip = commands.issue_of_appeal(
        session, SlipKind.DISPATCH_ORDER, story.appeal, story.act(story.clerk), LETTERHEAD
    )
    paper = content_of(slip.content)
    assert isinstance(paper, Paper)
    [table] = [one for one in paper.blocks if isinstance(one, FactTable)]
    told = [text for name, text in table.rows if name.endswith("期限")]
    days = [one.due_on for one in queries.milestones(session, story.appeal) if one.stage in UNIT_STAGES]
    assert told and all(any(f"{d.year}年{d.month}月{d.day}日" in text for text in told) for d in days)
    assert [name for name, _ in table.rows if name.endswith("期限")] == ["签收期限", "核实到位期限", "办结期限"]


def test_marks_of_quotation_in_a_subject_become_the_inner_ones_where_it_is_quoted() -> None:
    facts = replace(REMINDER, subject="开业摆花篮被要求交“占道押金”")
    body = build(facts, "沅江市城市管理和综合执法局", DEFAULTS[SlipKind.REMINDER])
    assert isinstance(body.blocks[0], Paragraph) and "的“开业摆花篮被要求交‘占道押金’”诉求" in body.blocks[0].text
    assert fill("“【事项】”【事项】", 事项="甲“乙”") == "“甲‘乙’”甲“乙”"


def test_of_a_confidential_matter_a_paper_gives_the_demands_and_not_the_story(session: Session) -> None:
    body, demand = "我叫周喆珺，十月下旬提交申请。", "请回复我的电话13873712345，告知何时出证。"
    story = Story(session, is_confidential=True, body=body, demands=(demand,)).to(State.DISPATCHED)
    slip = commands.issue_of_appeal(
        session, SlipKind.DISPATCH_ORDER, story.appeal, story.act(story.clerk), LETTERHEAD
    )
    assert "告知何时出证" in slip.content and "13873712345" not in slip.content and "十月下旬" not in slip.content


def test_a_slip_reads_the_same_from_its_json_and_an_older_reply_keeps_its_hash(session: Session) -> None:
    slip = issued(session, SlipKind.REPLY)
    now = content_of(slip.content)
    assert isinstance(now, ReplySlip) and now.opening.startswith("您于2026年11月17日通过网络反映的")
    older = slip.content.replace(f'"opening":"{now.opening}",', "").replace('"closing":"特此答复。",', "")
    assert "opening" not in older and "closing" not in older
    assert ReplySlip.from_json(older).to_json() == older


# ---------------------------------------------------------------- who gets what


def test_a_report_is_never_sent_to_the_unit_it_accuses(session: Session) -> None:
    story = Story(session, kind=AppealKind.REPORT, against_unit_id=unit_of(session).id)
    act = story.act(story.supervisor)
    with pytest.raises(Refused, match="accused_unit_cannot_handle"):
        commands.issue(
            session, SlipKind.REMINDER, REMINDER, act, LETTERHEAD, appeal=story.appeal, unit=unit_of(session)
        )


def test_nobody_issues_a_slip_on_what_accuses_the_own_unit(session: Session) -> None:
    story = Story(session, unit="税务局", against_unit_id=unit_of(session).id).to(State.DISPATCHED)
    both = actor(session, Role.CLERK, Role.HANDLER, unit="市监局")
    with pytest.raises(Refused, match="own_unit_accused"):
        commands.issue_of_appeal(session, SlipKind.DISPATCH_ORDER, story.appeal, story.act(both), LETTERHEAD)


@pytest.mark.parametrize(
    ("kind", "state", "code"),
    [
        (SlipKind.DISPATCH_ORDER, State.ACCEPTED, "not_dispatched"),
        (SlipKind.DECLINE_NOTICE, State.ACCEPTED, "nothing_to_tell"),
        (SlipKind.HANDLING_REPORT, State.REPLIED, "nobody_passed_it_on"),
    ],
)
def test_a_slip_of_something_that_has_not_happened_is_refused(
    session: Session, kind: SlipKind, state: State, code: str
) -> None:
    story = Story(session).to(state)
    with pytest.raises(Refused, match=code):
        commands.issue_of_appeal(session, kind, story.appeal, story.act(story.clerk), LETTERHEAD)


def test_one_dispatch_order_is_valid_at_a_time(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    act = story.act(story.clerk)
    commands.issue_of_appeal(session, SlipKind.DISPATCH_ORDER, story.appeal, act, LETTERHEAD)
    with pytest.raises(Refused, match="slip_issued_already"):
        commands.issue_of_appeal(session, SlipKind.DISPATCH_ORDER, story.appeal, act, LETTERHEAD)


def test_a_preview_takes_no_number(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    act = story.act(story.clerk)
    shown = commands.preview_of_appeal(session, SlipKind.DISPATCH_ORDER, story.appeal, act, LETTERHEAD)
    assert (shown.number, shown.verification_code, shown.signer) == ("预览，未编文号", "", "")
    assert session.exec(select(Slip)).all() == []
    assert issued(session, SlipKind.DISPATCH_ORDER).number == 1


# ---------------------------------------------------------------- numbers


def test_each_kind_counts_by_itself_and_from_one_in_each_year(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    act = story.act(story.supervisor)
    for number in (1, 2):
        slip = commands.issue(session, SlipKind.REMINDER, REMINDER, act, LETTERHEAD, appeal=story.appeal)
        assert slip.number == number
    assert issued(session, SlipKind.SUPERVISION_ORDER).number == 1
    story.later(days=60)
    act = story.act(story.supervisor)
    slip = commands.issue(session, SlipKind.REMINDER, REMINDER, act, LETTERHEAD, appeal=story.appeal)
    assert (slip.year, slip.number) == (2027, 1)


def test_many_at_once_and_a_failed_one_leave_no_gap(database: Database) -> None:
    """CON-3, on whichever engine the suite runs."""
    with database.writing() as session:
        story = Story(session).to(State.DISPATCHED)
        act, appeal = story.act(story.supervisor), story.appeal

    def one(no: int) -> None:
        with database.writing() as session:
            commands.issue(session, SlipKind.REMINDER, REMINDER, act, LETTERHEAD, appeal=session.merge(appeal))
            if no % 4 == 0:
                raise TimeoutError(no)

    with ThreadPoolExecutor(6) as pool:
        failed = [one.exception() for one in [pool.submit(one, no) for no in range(24)]]
    assert sum(isinstance(error, TimeoutError) for error in failed) == 6
    assert [error for error in failed if error and not isinstance(error, TimeoutError)] == []
    with database.reading() as session:
        numbers = session.exec(select(Slip.number).order_by(col(Slip.number))).all()
    assert list(numbers) == list(range(1, 19))


def test_every_issue_leaves_a_trace_that_names_nobody(session: Session) -> None:
    slip = issued(session, SlipKind.TRANSFER_LETTER)
    session.commit()
    [row] = session.exec(select(AuditRow).where(col(AuditRow.action) == "slip.issue")).all()
    assert row.object_id == slip.uid
    assert row.facts == {"number": "沅优办函〔2026〕1号", "content_hash": slip.content_hash}


# ---------------------------------------------------------------- wording


def test_a_slip_keeps_the_wording_it_was_issued_with(session: Session) -> None:
    story = Story(session).to(State.DISPATCHED)
    act = story.act(story.supervisor)
    first = commands.issue(session, SlipKind.REMINDER, REMINDER, act, LETTERHEAD, appeal=story.appeal)
    new = Wording(DEFAULTS[SlipKind.REMINDER].opening, "请于【回复期限】前当面说明。", "特此催办。", "")
    wordings.rewrite(session, SlipKind.REMINDER, Wording(new.opening, new.demand, new.closing, "请来电。"), act)
    second = commands.issue(session, SlipKind.REMINDER, REMINDER, act, LETTERHEAD, appeal=story.appeal)
    assert "请于2026年12月1日前当面说明。" in second.content and "特此催办。" in second.content
    assert "当面说明" not in first.content and "逾期仍未办理的" in first.content


@pytest.mark.parametrize(
    ("part", "text", "code"),
    [
        ("opening", "  ", "wording_missing"),
        ("demand", "办" * 601, "wording_too_long"),
        ("closing", "请【姓名】来", "wording_place_unknown"),
        ("closing", "请【回复期限来", "wording_place_unknown"),
    ],
)
def test_wording_that_cannot_be_filled_in_is_refused(session: Session, part: str, text: str, code: str) -> None:
    story = Story(session)
    texts = {name: getattr(DEFAULTS[SlipKind.REMINDER], name) for name in ("opening", "demand", "closing", "come_back")}
    act = story.act(story.supervisor)
    with pytest.raises(Refused) as refused:
        wordings.rewrite(session, SlipKind.REMINDER, Wording(**{**texts, part: text}), act)
    assert refused.value.facts["problems"] == {part: code}


def test_a_cited_document_number_is_no_place_to_fill_in(session: Session) -> None:
    story, old = Story(session), DEFAULTS[SlipKind.REMINDER]
    new = Wording(old.opening, "根据沅政办发〔2023〕5号文件办理。", old.closing, old.come_back)
    row = wordings.rewrite(session, SlipKind.REMINDER, new, story.act(story.supervisor))
    assert row is not None and row.version == 1
    assert wordings.current(session, SlipKind.REMINDER).demand == "根据沅政办发〔2023〕5号文件办理。"
