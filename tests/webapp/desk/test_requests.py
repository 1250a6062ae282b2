"""A unit asks the office: return, extension, pause, complexity; the approver sends; the page says what comes next."""

import pytest
from bs4 import BeautifulSoup

from models.accounts.types import Role
from models.appeals.types import State
from models.handling import adjustments
from models.handling.adjustment_types import AdjustmentStatus
from models.handling.commands import Act
from models.handling.queries import adjustment_rows
from models.handling.types import Action
from models.workdays.shipped import shipped_calendar
from tests.support.actors import actor
from tests.support.page import find_form, hidden_fields
from webapp import clock

ASKS = {
    "return": (State.DISPATCHED, {"return_unit": "税务局", "return_grounds": "涉税。", "return_basis": "三定方案。"}),
    "extension": (State.HANDLING, {"extension_workdays": "5", "extension_grounds": "等配件。"}),
    "pause": (State.HANDLING, {"pause_reason": "test", "pause_workdays": "5", "pause_grounds": "送检。"}),
    "complex": (State.HANDLING, {"complex_grounds": "涉及两家单位。"}),
}


def parsed(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def page(uid: str) -> str:
    return f"/desk/appeals/{uid}"


def rows(desk, uid: str):
    with desk.database.reading() as session:
        return list(adjustment_rows(session, desk.row(uid)))


@pytest.mark.parametrize("name", ASKS)
def test_a_handlers_request_waits_for_the_approver_who_sends_it(desk, name: str) -> None:
    state, fields = ASKS[name]
    uid = desk.appeal(state)
    answer = desk.handler.send(page(uid), fields, action=f"/{name}")
    assert answer.status_code == 303
    assert "等单位负责人签发" in desk.handler.soup(page(uid)).get_text()
    assert rows(desk, uid)[0].status is AdjustmentStatus.TO_SIGN_OFF
    assert desk.approver.send(page(uid), {}, action="/adjustment/send").status_code == 303
    one = rows(desk, uid)[0]
    assert one.status is AdjustmentStatus.ASKED and one.sent_by_id is not None
    assert "已报市优办" in desk.approver.soup(page(uid)).get_text()


@pytest.mark.parametrize("name", ASKS)
def test_an_approvers_own_request_goes_at_once(desk, name: str) -> None:
    state, fields = ASKS[name]
    uid = desk.appeal(state)
    assert desk.approver.send(page(uid), fields, action=f"/{name}").status_code == 303
    assert rows(desk, uid)[0].status is AdjustmentStatus.ASKED


@pytest.mark.parametrize("name", ASKS)
def test_an_empty_request_says_beside_each_field_what_is_missing(desk, name: str) -> None:
    state, fields = ASKS[name]
    uid = desk.appeal(state)
    answer = desk.handler.send(page(uid), dict.fromkeys(fields, ""), action=f"/{name}")
    assert answer.status_code == 422
    soup = parsed(answer)
    assert all(soup.select_one(f"#{field}-error") for field in fields)
    assert rows(desk, uid) == []


def test_too_many_days_are_told_beside_the_field_with_what_was_typed(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    answer = desk.handler.send(
        page(uid), {"extension_workdays": "11", "extension_grounds": "等配件到货。"}, action="/extension"
    )
    soup = parsed(answer)
    assert answer.status_code == 422
    assert "延期最多 10 个工作日" in soup.select_one("#extension_workdays-error").get_text()
    assert "等配件到货。" in soup.get_text()


def test_the_same_request_sent_twice_is_one(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    form = find_form(desk.handler.soup(page(uid)), "/extension")
    sent = hidden_fields(form) | ASKS["extension"][1]
    assert [desk.handler.post(form["action"], data=sent).status_code for _ in range(2)] == [303, 303]
    assert len(rows(desk, uid)) == 1


def test_a_request_is_taken_back_and_the_way_is_free_again(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    desk.handler.send(page(uid), ASKS["extension"][1], action="/extension")
    assert desk.handler.send(page(uid), {}, action="/adjustment/take-back").status_code == 303
    assert rows(desk, uid)[0].status is AdjustmentStatus.TAKEN_BACK
    assert desk.handler.soup(page(uid)).select_one("form[action$='/extension']") is not None


def test_while_the_clock_stands_the_page_offers_to_let_it_run_and_no_reply(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    desk.approver.send(page(uid), ASKS["pause"][1], action="/pause")
    with desk.database.writing() as session:
        act = Act(actor(session, Role.SUPERVISOR), clock.now(), shipped_calendar())
        adjustments.grant(session, desk._row(session, uid), act, ruling="同意")
    soup = desk.handler.soup(page(uid))
    assert "正在中止计时（检测）" in soup.get_text()
    assert soup.select_one("a[href$='/reply']") is None
    assert desk.handler.send(page(uid), {"resume_note": "报告已出。"}, action="/resume").status_code == 303
    assert desk.events(uid)[-1].action is Action.RESUME
    assert desk.handler.soup(page(uid)).select_one("a[href$='/reply']") is not None
