"""What the appellant of a merged appeal is told: that it is handled together, by when, and the own answer alone."""

from datetime import date, timedelta

from models.appeals.types import State
from tests.models.handling.test_linking import Pair, answer_all
from webapp.public.following import track_page

TODAY = date(2026, 11, 17)


def test_one_merged_before_its_dispatch_is_told_the_date_of_what_it_is_handled_with(app, session):
    pair = Pair(session).merge()
    with app.test_request_context():
        page = track_page(session, pair.other.appeal, TODAY)
    assert page.sentence == "与反映同一事项的诉求合并办理，办结后单独答复您，最迟11月26日(周四)前有结果"
    assert page.is_open and page.may_withdraw and not page.awaits_dispatch
    said = " ".join(entry.text + entry.note for entry in page.timeline)
    assert "合并办理，原定期限不变" in said and pair.main.appeal.number not in said and "主件" not in said


def test_one_merged_after_its_dispatch_keeps_its_own_dates(app, session):
    pair = Pair(session, state=State.HANDLING).merge()
    with app.test_request_context():
        page = track_page(session, pair.other.appeal, TODAY + timedelta(days=1))
    assert [one.label for one in page.milestones] == ["核实到位", "办结"]
    assert "有结果" not in page.sentence


def test_each_appellant_reads_the_own_answer_and_gets_the_own_slip(app, session):
    pair = Pair(session, state=State.HANDLING).merge()
    answer_all(pair)
    with app.test_request_context():
        own, main = (track_page(session, one.appeal, TODAY) for one in (pair.other, pair.main))
    [reply] = own.replies
    assert [(one.text, one.outcome_label, one.answer) for one in reply.demands] == [
        ("请退还多收的款项。", "已解决", "答复请退还多收的款项。")
    ]
    assert len(own.slips) == len(main.slips) == 1
    assert "退还多收" not in repr(main) and pair.main.appeal.number not in repr(own)
    assert "答复已经作出" in own.timeline[0].text
