"""The approver's tab 待我签发: replies, preliminary results and requests to the office that wait for the signature."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.types import AppealKind, Complexity, State
from models.handling import adjustments, replies, worklist
from models.handling.adjustment_types import AdjustmentKind, PauseReason
from models.handling.adjustments import Request
from models.handling.types import ReplyKind
from models.notices.digest import _of_the_unit
from tests.support.actors import actor
from tests.support.factories import Story
from tests.webapp.desk.test_queue import counters, titles

TAB = "/desk?show=to_sign_off"
REQUESTS = {
    AdjustmentKind.RETURN: (State.DISPATCHED, Request(AdjustmentKind.RETURN, "不属本单位职责。", "三定方案。"), "退回"),
    AdjustmentKind.EXTENSION: (State.HANDLING, Request(AdjustmentKind.EXTENSION, "等配件。", workdays=3), "延期"),
    AdjustmentKind.PAUSE: (
        State.VERIFYING, Request(AdjustmentKind.PAUSE, "送检。", workdays=3, reason=PauseReason.TEST), "中止计时",
    ),
    AdjustmentKind.COMPLEX: (State.HANDLING, Request(AdjustmentKind.COMPLEX, "涉及两家。"), "改按复杂事项办理"),
}


def requested(desk, asked: AdjustmentKind, **changes: object) -> str:
    """An appeal in which a handler has written a request for the approver to send."""
    state, request, _ = REQUESTS[asked]
    with desk.database.writing() as session:
        story = Story(session, **changes).to(state)
        adjustments.ask(session, story.appeal, story.act(story.handler), request)
        return story.appeal.uid


def preliminary(desk, **changes: object) -> str:
    with desk.database.writing() as session:
        story = Story(session, complexity=Complexity.COMPLEX, **changes).to(State.HANDLING)
        draft = replies.Draft(ReplyKind.PRELIMINARY, story.draft().entries, next_milestone_on=date(2026, 12, 4))
        replies.propose(session, story.appeal, draft, story.act(story.handler))
        return story.appeal.uid


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_request_waits_under_the_tab_and_says_what_is_asked_for(desk, kind: AdjustmentKind) -> None:
    requested(desk, kind, title="申请件")
    soup = desk.approver.soup(TAB)
    assert titles(soup) == ["申请件"]
    assert counters(soup)["待我签发"] == counters(soup)["全部待办"] == 1
    assert soup.select_one("tbody .state, tbody .cell-state").get_text(strip=True) == f"申请{REQUESTS[kind][2]}"


def test_whatever_waits_for_the_signature_is_counted_once_and_listed_together(desk) -> None:
    for kind in REQUESTS:
        requested(desk, kind, title=kind.value)
    preliminary(desk, title="初步结果件")
    desk.appeal(State.REPLY_SIGN_OFF, title="答复件")
    desk.appeal(State.HANDLING, title="办理件")
    soup = desk.approver.soup(TAB)
    assert sorted(titles(soup)) == sorted([*REQUESTS, "初步结果件", "答复件"])
    assert counters(soup)["待我签发"] == 6 and counters(soup)["全部待办"] == 7


def test_a_request_that_was_sent_or_taken_back_waits_no_longer(desk) -> None:
    sent, back = requested(desk, AdjustmentKind.EXTENSION), requested(desk, AdjustmentKind.PAUSE)
    assert desk.approver.send(f"/desk/appeals/{sent}", {}, action="/adjustment/send").status_code == 303
    assert desk.approver.send(f"/desk/appeals/{back}", {}, action="/adjustment/take-back").status_code == 303
    soup = desk.approver.soup(TAB)
    assert not titles(soup) and counters(soup)["待我签发"] == 0
    assert "没有等您签发的答复和申请" in soup.main.get_text()


def test_another_units_requests_are_neither_counted_nor_listed(desk) -> None:
    requested(desk, AdjustmentKind.EXTENSION, unit="住建局")
    soup = desk.approver.soup(TAB)
    assert not titles(soup) and set(counters(soup).values()) == {0}


def test_a_report_against_the_own_unit_shows_no_request(desk) -> None:
    uid = requested(desk, AdjustmentKind.EXTENSION, kind=AppealKind.REPORT)
    assert counters(desk.approver.soup(TAB))["待我签发"] == 1

    def accuse(session, appeal) -> None:
        appeal.against_unit_id = unit_by_name(session, "市监局").id

    desk.change(uid, accuse)
    soup = desk.approver.soup(TAB)
    assert not titles(soup) and counters(soup)["待我签发"] == 0


def test_kind_and_words_narrow_requests_like_the_rest(desk) -> None:
    requested(desk, AdjustmentKind.EXTENSION, title="咨询件", kind=AppealKind.CONSULT)
    requested(desk, AdjustmentKind.EXTENSION, title="投诉件")
    assert counters(desk.approver.soup(f"{TAB}&kind=consult"))["待我签发"] == 1
    assert titles(desk.approver.soup(f"{TAB}&kind=consult")) == ["咨询件"]
    assert titles(desk.approver.soup("/desk", query_string={"show": "to_sign_off", "q": "投诉"})) == ["投诉件"]


def test_the_morning_tells_an_approver_of_requests_too(desk) -> None:
    requested(desk, AdjustmentKind.RETURN)
    days = date(2026, 11, 17), date(2026, 11, 18)
    with desk.database.writing() as session:
        head = actor(session, Role.APPROVER, unit="市监局")
        assert _of_the_unit(session, head, days)["to_sign_off"] == 1


# ---------------------------------------------------------------- what it costs


@pytest.mark.parametrize(("path", "most"), [("/desk", 5), (TAB, 6)])
def test_the_tab_costs_one_statement_more_however_many_wait(desk, path: str, most: int) -> None:
    counts = []
    for more in (2, 20):
        for _ in range(more):
            requested(desk, AdjustmentKind.EXTENSION)
        desk.approver.get(path)
        with desk.counted() as statements:
            assert len(titles(desk.approver.soup(path))) == sum(one for one, _ in counts) + more
        counts.append((more, len(statements)))
    assert counts == [(2, most), (20, most)], statements


@pytest.fixture
def planned(desk) -> Iterator[Callable[[object], list[str]]]:
    """How SQLite would find the rows of a statement, step by step."""
    if desk.database.engine.dialect.name != "sqlite":
        pytest.skip("the plan of a small table is PostgreSQL's own choice")

    def plan(statement: object) -> list[str]:
        compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
        with desk.database.reading() as session:
            return [str(row[3]) for row in session.connection().execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all()]

    return plan


def test_counters_and_list_are_read_from_indexes(desk, planned) -> None:
    """docs/adr/0012: whatever the size of the tables, nothing is scanned and no row of another unit is looked at."""
    with desk.database.writing() as session:
        head = actor(session, Role.APPROVER, unit="市监局")
    page = worklist._wanted(head, worklist.TO_SIGN_OFF, None, "")
    for statement in (worklist._counted(head, None, ""), page):
        steps = planned(statement)
        assert any("ix_adjustments_unit_id_status (unit_id=? AND status=?)" in step for step in steps), steps
        assert all("COVERING INDEX" in step for step in steps if " adjustments " in step), steps
        assert not [step for step in steps if step.startswith("SCAN appeals")], steps
