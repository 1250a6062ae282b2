"""Triage: one appeal at a time, the decision beside what was said, the dates before the button."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from sqlmodel import col, select

from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, Level, State
from models.audit.tables import AuditRow
from models.handling.tables import AppealEvent
from models.handling.types import Action, Milestone, Stage
from tests.conftest import SignIn
from tests.support.factories import MORNING
from tests.support.page import PageClient, find_form, hidden_fields
from tests.support.statements import counting
from tests.webapp.office.conftest import Look, Make
from webapp.db import Database

DISPATCH = {"unit": "市监局", "level": "normal", "note": ""}


def dispatch(client: PageClient, appeal: Appeal, **fields: str):
    return client.send(f"/office/triage/{appeal.uid}", {**DISPATCH, **fields}, action=f"/{appeal.uid}/dispatch")


def decline(client: PageClient, appeal: Appeal, **fields: str):
    return client.send(f"/office/triage/{appeal.uid}", fields, action=f"/{appeal.uid}/decline")


def shown_dates(client: PageClient) -> list[str]:
    times = client.soup("/office/triage").select("#dates > .milestones .promised time")
    return [str(time["datetime"]) for time in times]


def test_the_oldest_appeal_comes_first_and_the_next_can_be_looked_at(make: Make, sign_in: SignIn) -> None:
    first, second = make(title="先来的诉求"), make(title="后来的诉求")
    clerk = sign_in(Role.CLERK)
    page = clerk.soup("/office/triage")
    assert page.h1.get_text(strip=True) == "先来的诉求"
    assert "还剩 2 件" in page.main.get_text()
    skipped = clerk.soup(f"/office/triage?after={first.uid}")
    assert skipped.h1.get_text(strip=True) == "后来的诉求"
    assert "还剩 2 件" in skipped.main.get_text()
    assert clerk.soup(f"/office/triage?after={second.uid}").h1.get_text(strip=True) == "先来的诉求"
    assert clerk.soup("/office/triage?after=nobody").h1.get_text(strip=True) == "先来的诉求"


def test_one_that_waits_for_its_supplement_is_not_counted_among_those_with_a_turn(make: Make, sign_in: SignIn) -> None:
    waiting, second = make(title="等补充的诉求"), make(title="轮到的诉求")
    clerk = sign_in(Role.CLERK)
    clerk.send(f"/office/triage/{waiting.uid}", {"question": "请补充合同。"}, action=f"/{waiting.uid}/ask")
    assert "还剩 1 件" in clerk.soup(f"/office/triage/{second.uid}").get_text()


def test_the_dates_shown_are_the_dates_stored(
    make: Make, sign_in: SignIn, promised: Callable[[Appeal], dict[Stage, Milestone]]
) -> None:
    appeal, clerk = make(), sign_in(Role.CLERK)
    shown = shown_dates(clerk)
    assert shown == ["2026-11-18", "2026-11-20", "2026-11-26", "2026-12-08", "2026-12-29"]
    assert dispatch(clerk, appeal).status_code == 303
    stored = promised(appeal)
    assert [stored[stage].due_on.isoformat() for stage in (Stage.SIGN, Stage.VERIFY, Stage.CONCLUDE)] == shown[:3]


def test_dates_in_a_year_without_an_arrangement_are_marked(make: Make, sign_in: SignIn) -> None:
    make()
    with time_machine.travel(datetime.fromisoformat("2026-12-11T10:00+08:00")):
        page = sign_in(Role.CLERK).soup("/office/triage")
    marked = [bool(line.find("abbr")) for line in page.select("#dates > .milestones .promised")]
    assert marked == [False, False, False, True, True]


def test_the_dates_are_a_part_of_their_own_for_htmx_and_a_page_without(make: Make, sign_in: SignIn) -> None:
    clerk = sign_in(Role.CLERK)
    part = clerk.get("/office/triage/dates", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert 'id="dates"' in part and "<html" not in part and "2026-11-26" in part
    assert clerk.soup("/office/triage/dates").find(id="dates")


def test_accepting_and_dispatching_leads_to_the_next_appeal_and_says_what_happened(
    make: Make, sign_in: SignIn, look: Look
) -> None:
    first, _ = make(title="先来的诉求"), make(title="后来的诉求")
    answer = dispatch(sign_in(Role.CLERK), first)
    assert answer.status_code == 303
    clerk = sign_in(Role.CLERK)
    second = dispatch(clerk, make(title="第三件诉求"))
    page = clerk.soup(second.headers["Location"])
    assert "已交办市监局，应于11月18日(周三)前签收" in page.get_text()
    assert page.h1.get_text(strip=True) == "后来的诉求"
    assert look(first).state is State.DISPATCHED


def test_the_level_and_the_note_go_to_the_unit_with_a_trace(
    make: Make, sign_in: SignIn, look: Look, history: Callable[[Appeal], list[AppealEvent]], database: Database
) -> None:
    appeal = make()
    dispatch(sign_in(Role.CLERK), appeal, level="urgent", note="请先电话联系。")
    assert look(appeal).level is Level.URGENT
    assert history(appeal)[-1].internal_note == "紧急程度：紧急。请先电话联系。"
    assert history(appeal)[-1].public_note == ""
    with database.reading() as session:
        row = session.exec(select(AuditRow).where(col(AuditRow.action) == "appeal.grade")).one()
    assert row.object_id == appeal.uid and row.facts == {"from": "normal", "to": "urgent"}


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"unit": ""}, "unit"), ({"unit": "没有的局"}, "unit"), ({"unit": "市优办"}, "unit"), ({"level": "x"}, "level")],
)
def test_an_incomplete_dispatch_is_told_beside_the_field_and_nothing_is_lost(
    make: Make, sign_in: SignIn, look: Look, fields: dict[str, str], field: str
) -> None:
    appeal = make()
    answer = dispatch(sign_in(Role.CLERK), appeal, **{"note": "写了很久的说明", **fields})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text and "写了很久的说明" in text
    assert look(appeal).state is State.SUBMITTED


@pytest.mark.parametrize("kind", [AppealKind.REPORT, AppealKind.COMPLAINT])
def test_a_report_never_goes_to_the_accused_unit(make: Make, sign_in: SignIn, look: Look, kind: AppealKind) -> None:
    appeal = make(kind=kind, against="市监局")
    answer = dispatch(sign_in(Role.CLERK), appeal)
    if kind is AppealKind.COMPLAINT:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "举报件不能交给被反映单位" in text.split('id="unit-error"')[1][:400]
    assert look(appeal).state is State.SUBMITTED and look(appeal).version == 1


def test_the_accused_unit_is_suggested_but_never_for_a_report(make: Make, sign_in: SignIn) -> None:
    complaint, report = make(against="市监局"), make(kind=AppealKind.REPORT, against="市监局")
    clerk = sign_in(Role.CLERK)
    page = clerk.soup(f"/office/triage/{complaint.uid}")
    assert page.find("input", {"name": "unit"})["value"] == "市监局"
    assert "诉求人反映的单位是市监局" in page.get_text()
    assert clerk.soup(f"/office/triage/{report.uid}").find("input", {"name": "unit"})["value"] != "市监局"


def test_declining_tells_the_appellant_the_reason_and_the_channel(
    make: Make, sign_in: SignIn, look: Look, history: Callable[[Appeal], list[AppealEvent]]
) -> None:
    appeal = make()
    answer = decline(sign_in(Role.CLERK), appeal, reason="civil_dispute", text="合同第八条约定了仲裁。")
    assert answer.status_code == 303
    assert look(appeal).state is State.DECLINED
    said = history(appeal)[-1].public_note
    assert "属于市场主体之间的民事、经济纠纷" in said
    assert "向仲裁机构申请仲裁" in said and said.endswith("合同第八条约定了仲裁。")


def test_declining_needs_a_reason_of_the_list(make: Make, sign_in: SignIn, look: Look) -> None:
    appeal, clerk = make(), sign_in(Role.CLERK)
    for reason in ("", "because"):
        answer = decline(clerk, appeal, reason=reason, text="补充的话")
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422 and 'id="reason-error"' in text and "补充的话" in text
        assert "<details open" in text
    assert look(appeal).state is State.SUBMITTED


def test_accepting_alone_starts_no_clock(make: Make, sign_in: SignIn, look: Look) -> None:
    appeal, clerk = make(), sign_in(Role.CLERK)
    assert clerk.send("/office/triage", action=f"/{appeal.uid}/accept").status_code == 303
    assert look(appeal).state is State.ACCEPTED and look(appeal).next_due_on is None
    assert dispatch(clerk, appeal).status_code == 303


def test_the_same_form_twice_dispatches_once(
    make: Make, sign_in: SignIn, history: Callable[[Appeal], list[AppealEvent]]
) -> None:
    appeal, clerk = make(), sign_in(Role.CLERK)
    form = find_form(clerk.soup("/office/triage"), f"/{appeal.uid}/dispatch")
    fields = {**hidden_fields(form), **DISPATCH}
    answers = [clerk.post(str(form["action"]), data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert [event.action for event in history(appeal)] == [Action.SUBMIT, Action.ACCEPT, Action.DISPATCH]


@pytest.mark.parametrize("is_moved_on", [False, True])
def test_a_form_older_than_somebody_elses_decision_is_a_conflict_that_keeps_the_text(
    make: Make, sign_in: SignIn, look: Look, is_moved_on: bool
) -> None:
    appeal, clerk, other = make(), sign_in(Role.CLERK), sign_in(Role.CLERK)
    form = find_form(clerk.soup("/office/triage"), f"/{appeal.uid}/dispatch")
    if is_moved_on:
        dispatch(other, appeal, unit="税务局")
    else:
        other.send("/office/triage", action=f"/{appeal.uid}/accept")
    version = look(appeal).version
    answer = clerk.post(str(form["action"]), data={**hidden_fields(form), **DISPATCH, "note": "写了很久的说明"})
    assert answer.status_code == 409
    text = answer.get_data(as_text=True)
    assert "写了很久的说明" in text and text.count("您打开页面以后") == 1
    assert ("请再点一次按钮" in text) is not is_moved_on
    assert look(appeal).version == version


def test_a_question_that_a_colleague_asked_first_is_kept_beside_what_they_did(make: Make, sign_in: SignIn) -> None:
    """Its form is gone from the page: the text must not go with it."""
    appeal, clerk, other = make(), sign_in(Role.CLERK), sign_in(Role.CLERK)
    form = find_form(clerk.soup("/office/triage"), f"/{appeal.uid}/ask")
    other.send("/office/triage", {"question": "请补充时间。"}, action=f"/{appeal.uid}/ask")
    answer = clerk.post(str(form["action"]), data={**hidden_fields(form), "question": "请补充合同编号。"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "请补充合同编号。" in text and "请再点一次按钮" not in text


def test_similar_titles_stand_beside(make: Make, sign_in: SignIn) -> None:
    make(State.CLOSED, title="食品经营许可证变更一直没有办下来")
    make(State.CLOSED, title="园区道路长期积水", identity=None)
    appeal = make(title="食品经营许可变更超过承诺时限未出证")
    text = sign_in(Role.CLERK).soup(f"/office/triage/{appeal.uid}").find(id="similar").get_text()
    assert "食品经营许可证变更一直没有办下来" in text and "标题相近" in text and "积水" not in text


def test_a_decided_appeal_is_not_triaged_again(make: Make, sign_in: SignIn) -> None:
    appeal = make(State.DISPATCHED)
    answer = sign_in(Role.CLERK).get(f"/office/triage/{appeal.uid}")
    assert answer.status_code == 303 and answer.headers["Location"].endswith(f"/office/appeals/{appeal.uid}")
    assert sign_in(Role.CLERK).get("/office/triage/" + "0" * 32).status_code == 404


def test_an_empty_triage_says_so(sign_in: SignIn) -> None:
    assert "没有待受理、待交办的诉求" in sign_in(Role.CLERK).soup("/office/triage").get_text()


def test_statements_do_not_grow_with_what_waits(make: Make, sign_in: SignIn, database: Database) -> None:
    clerk, counts = sign_in(Role.CLERK), []
    make(title="第一件")
    clerk.get("/office/triage")  # the calendar is read once and kept
    for more in (2, 5):
        for number in range(more):
            make(at=MORNING - timedelta(hours=number))
        with counting(database) as said:
            clerk.get("/office/triage")
        counts.append(len(said))
    assert counts[0] == counts[1] <= 26


@pytest.mark.parametrize(("level", "mark"), [(Level.NORMAL, ""), (Level.URGENT, "紧急"), (Level.CRITICAL, "特急")])
def test_an_urgent_appeal_is_marked_beside_its_title(make: Make, sign_in: SignIn, level: Level, mark: str) -> None:
    make(level=level)
    chips = sign_in(Role.CLERK).soup("/office/triage").select(".heading .chip")
    assert [chip.get_text(strip=True) for chip in chips] == ([mark] if mark else [])


@pytest.mark.parametrize(("typed", "meant"), [("sjj", "市监局"), ("shuiwu", "税务局"), ("swj", "商务局、税务局")])
def test_pinyin_without_script_is_answered_with_the_units_it_may_mean(
    make: Make, sign_in: SignIn, typed: str, meant: str
) -> None:
    answer = dispatch(sign_in(Role.CLERK), make(), unit=typed)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and f"您要找的是不是：{meant}" in text.split('id="unit-error"')[1][:400]
