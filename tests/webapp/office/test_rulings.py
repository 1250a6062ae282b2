"""What units ask for and what the office rules, through the pages: inbox, forms, what the appellant reads."""

from collections.abc import Callable
from datetime import date

import pytest
from bs4 import BeautifulSoup

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling import adjustments, queries
from models.handling.adjustment_types import AdjustmentKind, PauseReason
from models.handling.tables import AppealEvent
from models.handling.types import Milestone, Stage
from tests.conftest import SignIn
from tests.support.factories import Story
from tests.support.page import PageClient
from tests.support.statements import counting
from tests.webapp.office.conftest import Look
from webapp.db import Database

Promised = Callable[[Appeal], dict[Stage, Milestone]]
Asked = Callable[..., Appeal]


@pytest.fixture
def asked(database: Database) -> Asked:
    """`asked(AdjustmentKind.EXTENSION)`: an appeal for which a unit's approver has sent that to the office."""

    def made(kind: AdjustmentKind, state: State = State.HANDLING, **changes: object) -> Appeal:
        with database.writing() as session:
            story = Story(session, **changes).to(state)  # type: ignore[arg-type]
            days = 0 if kind in (AdjustmentKind.RETURN, AdjustmentKind.COMPLEX) else 5
            reason = PauseReason.TEST if kind is AdjustmentKind.PAUSE else None
            proposed = unit_by_name(session, "税务局") if kind is AdjustmentKind.RETURN else None
            request = adjustments.Request(kind, "检测机构排期到下周。", "三定方案", days, reason, proposed)
            adjustments.ask(session, story.appeal, story.act(story.approver), request)
            return story.appeal

    return made


def parsed(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def act(client: PageClient, appeal: Appeal, name: str, **fields: str):
    return client.send(f"/office/appeals/{appeal.uid}", fields, action=f"/{appeal.uid}/{name}")


def test_the_inbox_holds_replies_and_requests_and_says_which(asked: Asked, make, sign_in: SignIn) -> None:
    asked(AdjustmentKind.EXTENSION)
    asked(AdjustmentKind.RETURN, State.DISPATCHED)
    make(State.IN_REVIEW)
    page = sign_in(Role.SUPERVISOR).soup("/office/review")
    assert sorted(one.get_text(strip=True) for one in page.select("td.cell-state")) == [
        "申请延期", "申请退回", "答复待审核",
    ]
    assert "待我审批（3 件）" in sign_in(Role.SUPERVISOR).soup("/office").get_text()


def test_statements_of_the_inbox_do_not_grow_with_it(asked: Asked, sign_in: SignIn, database: Database) -> None:
    supervisor = sign_in(Role.SUPERVISOR)
    asked(AdjustmentKind.EXTENSION)
    supervisor.soup("/office/review")
    with counting(database.engine) as few:
        supervisor.soup("/office/review")
    for _ in range(5):
        asked(AdjustmentKind.EXTENSION)
    with counting(database.engine) as many:
        supervisor.soup("/office/review")
    assert len(many) == len(few) <= 7


def test_an_extension_granted_moves_the_date_and_the_appellant_reads_why(
    asked: Asked, sign_in: SignIn, promised: Promised, history: Callable[[Appeal], list[AppealEvent]]
) -> None:
    appeal, supervisor = asked(AdjustmentKind.EXTENSION), sign_in(Role.SUPERVISOR)
    answer = act(supervisor, appeal, "adjustment/grant", granted_workdays="3", told_reason="设备需要检测。")
    assert answer.status_code == 303
    one = promised(appeal)[Stage.CONCLUDE]
    assert (one.due_on, one.first_due_on) == (date(2026, 12, 1), date(2026, 11, 26))
    assert history(appeal)[-1].public_note == "设备需要检测。"
    shown = supervisor.soup(f"/office/appeals/{appeal.uid}")
    assert "已同意" in shown.select_one("#adjustments").get_text()
    assert "批准延期" in shown.select_one(".explanation").get_text()


@pytest.mark.parametrize(
    ("days", "said"), [("9", "不能多于单位申请的 5 个"), ("０３", "请填 1 到"), ("-1", "请填 1 到")]
)
def test_wrong_days_are_told_beside_the_field_and_what_was_typed_stays(
    asked: Asked, sign_in: SignIn, days: str, said: str
) -> None:
    appeal, supervisor = asked(AdjustmentKind.EXTENSION), sign_in(Role.SUPERVISOR)
    answer = act(supervisor, appeal, "adjustment/grant", granted_workdays=days, told_reason="设备需要检测。")
    assert answer.status_code == 422
    soup = parsed(answer)
    assert said in soup.select_one("#granted_workdays-error").get_text()
    assert "设备需要检测。" in soup.get_text()


def test_a_pause_stands_on_every_page_and_the_office_may_end_it(
    asked: Asked, sign_in: SignIn, promised: Promised
) -> None:
    appeal, supervisor = asked(AdjustmentKind.PAUSE), sign_in(Role.SUPERVISOR)
    assert act(supervisor, appeal, "adjustment/grant", told_reason="送检需要五天。").status_code == 303
    assert promised(appeal)[Stage.CONCLUDE].due_on == date(2026, 12, 3)
    page = supervisor.soup(f"/office/appeals/{appeal.uid}")
    assert "正在中止计时（检测）" in page.select_one(".clock").get_text()
    assert "中止计时（检测）" in page.select_one(".explanation").get_text()
    assert act(supervisor, appeal, "end-pause", resume_note="报告已出。").status_code == 303
    assert promised(appeal)[Stage.CONCLUDE].due_on == date(2026, 11, 26)


def test_a_return_is_ruled_with_the_proposed_unit_filled_in_and_becomes_a_precedent(
    asked: Asked, make, sign_in: SignIn, look: Look, promised: Promised
) -> None:
    appeal, director = asked(AdjustmentKind.RETURN, State.DISPATCHED), sign_in(Role.DIRECTOR)
    before = promised(appeal)[Stage.CONCLUDE]
    field = director.soup(f"/office/appeals/{appeal.uid}").select_one("input[name=ruled_unit]")
    assert field["value"] == "税务局"
    answer = act(director, appeal, "return/rule", ruled_unit="税务局", ruling="涉税事项由税务局承办。")
    assert answer.status_code == 303
    assert look(appeal).state is State.DISPATCHED and promised(appeal)[Stage.CONCLUDE] == before
    make(title="同类的另一件")
    assert "税务局承办：涉税事项由税务局承办。" in director.soup("/office/triage").get_text()


def test_an_unknown_unit_in_a_ruling_is_told_beside_the_field(asked: Asked, sign_in: SignIn) -> None:
    appeal, director = asked(AdjustmentKind.RETURN, State.DISPATCHED), sign_in(Role.DIRECTOR)
    answer = act(director, appeal, "return/rule", ruled_unit="没有的局", ruling="理由。")
    assert answer.status_code == 422
    assert "没有名为“没有的局”的承办单位" in parsed(answer).select_one("#ruled_unit-error").get_text()


def test_a_redo_keeps_the_first_reply_and_tells_the_appellant(make, sign_in: SignIn, look: Look, database) -> None:
    appeal, supervisor = make(State.REPLIED), sign_in(Role.SUPERVISOR)
    answer = act(supervisor, appeal, "redo", redo_reason="第二点没有解决。", redo_told="第二点重新办理。")
    assert answer.status_code == 303
    assert (look(appeal).state, look(appeal).round) == (State.DISPATCHED, 2)
    with database.reading() as session:
        assert len(queries.published_replies(session, look(appeal))) == 1


def test_a_transfer_names_the_body_to_the_appellant(
    make, sign_in: SignIn, look: Look, history: Callable[[Appeal], list[AppealEvent]]
) -> None:
    appeal, director = make(State.HANDLING), sign_in(Role.DIRECTOR)
    assert act(director, appeal, "transfer", transfer_to="市纪委监委", transfer_reason="涉嫌违纪。").status_code == 303
    assert look(appeal).state is State.TRANSFERRED
    assert history(appeal)[-1].public_note == "已移送市纪委监委处理。"


def test_a_dispatch_under_the_later_policy_promises_five_days(
    make, sign_in: SignIn, promised: Promised, look: Look
) -> None:
    appeal, clerk = make(), sign_in(Role.CLERK)
    shown = clerk.soup("/office/triage")
    assert [one["value"] for one in shown.select("input[name=policy]")] == ["3-7-15", "5-30"]
    answer = clerk.send("/office/triage", {"unit": "市监局", "policy": "5-30"}, action="/dispatch")
    assert answer.status_code == 303
    assert (promised(appeal)[Stage.CONCLUDE].workdays, promised(appeal)[Stage.CONCLUDE].due_on) == (
        5, date(2026, 11, 24),
    )


def test_an_unknown_policy_is_told_beside_the_choice_and_nothing_is_dispatched(
    make, sign_in: SignIn, look: Look
) -> None:
    appeal, clerk = make(), sign_in(Role.CLERK)
    answer = clerk.send("/office/triage", {"unit": "市监局", "policy": "1-1-1"}, action="/dispatch")
    assert answer.status_code == 422 and look(appeal).state is State.SUBMITTED
    assert "办理时限规定" in parsed(answer).select_one("#policy-error").get_text()


def test_a_matter_known_as_complex_is_dispatched_as_such(make, sign_in: SignIn, promised: Promised) -> None:
    appeal, clerk = make(), sign_in(Role.CLERK)
    assert clerk.send("/office/triage", {"unit": "市监局", "is_complex": "y"}, action="/dispatch").status_code == 303
    assert set(promised(appeal)) == {Stage.SIGN, Stage.VERIFY, Stage.PRELIMINARY, Stage.FINAL}
