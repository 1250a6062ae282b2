"""Review: a reply is rejected with the promise standing, or published with its slip."""

from collections.abc import Callable

import pytest
from sqlmodel import col, select

from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.audit.tables import AuditRow
from models.handling.tables import AppealEvent, ReplyItem
from models.handling.types import Action, Milestone, MilestoneStatus, Stage
from models.slips.tables import Slip
from tests.conftest import SignIn
from tests.support.factories import MORNING
from tests.support.page import PageClient, find_form, hidden_fields
from tests.webapp.office.conftest import Look, Make
from webapp.db import Database

Promised = Callable[[Appeal], dict[Stage, Milestone]]


def act(client: PageClient, appeal: Appeal, name: str, **fields: str):
    return client.send(f"/office/appeals/{appeal.uid}", fields, action=f"/{appeal.uid}/{name}")


def slips(database: Database) -> list[Slip]:
    with database.reading() as session:
        return list(session.exec(select(Slip).order_by(col(Slip.number))).all())


def texts(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(item.facts, item.actions) for item in session.exec(select(ReplyItem)).all()]


def test_the_inbox_lists_replies_by_due_date(make: Make, sign_in: SignIn) -> None:
    make(State.IN_REVIEW, title="晚到期的")
    make(State.IN_REVIEW, title="早到期的", at=MORNING.replace(day=10))
    make(State.HANDLING, title="还在办的")
    found = sign_in(Role.SUPERVISOR).soup("/office/review").select(".row-link")
    assert [link.get_text() for link in found] == ["早到期的", "晚到期的"]
    assert "/office/appeals/" in str(found[0]["href"])


def test_an_empty_inbox_says_what_would_be_here(sign_in: SignIn) -> None:
    assert "没有等您审批的事项" in sign_in(Role.SUPERVISOR).soup("/office/review").get_text()


def test_rejecting_keeps_due_dates_and_texts(
    make: Make,
    sign_in: SignIn,
    look: Look,
    promised: Promised,
    database: Database,
    history: Callable[[Appeal], list[AppealEvent]],
) -> None:
    appeal, supervisor = make(State.IN_REVIEW), sign_in(Role.SUPERVISOR)
    dates, written = promised(appeal), texts(database)
    answer = act(supervisor, appeal, "reject", reason="第二点没有说明何时出证。")
    assert answer.status_code == 303
    assert "原时限不变" in supervisor.soup(answer.headers["Location"]).get_text()
    assert look(appeal).state is State.HANDLING
    assert promised(appeal) == dates and texts(database) == written
    assert history(appeal)[-1].internal_note == "第二点没有说明何时出证。" and history(appeal)[-1].public_note == ""


def test_rejecting_needs_a_reason(make: Make, sign_in: SignIn, look: Look) -> None:
    appeal = make(State.IN_REVIEW)
    answer = act(sign_in(Role.SUPERVISOR), appeal, "reject", reason=" ")
    assert answer.status_code == 422 and 'id="reason-error"' in answer.get_data(as_text=True)
    assert look(appeal).state is State.IN_REVIEW


def test_the_reviewer_sees_what_will_be_printed(make: Make, sign_in: SignIn) -> None:
    appeal = make(State.IN_REVIEW)
    text = sign_in(Role.SUPERVISOR).soup(f"/office/appeals/{appeal.uid}").find(id="slip-preview").get_text()
    for said in ("关于“食品经营许可变更超过承诺时限未出证”的答复书", "许可证已制作完成。", "已解决", "0737-2700000"):
        assert said in text
    assert "周喆珺" not in text
    assert sign_in(Role.CLERK).soup(f"/office/appeals/{appeal.uid}").find(id="slip-preview") is None


def test_publishing_replies_meets_the_promise_and_issues_a_genuine_slip(
    make: Make, sign_in: SignIn, look: Look, promised: Promised, database: Database, client: PageClient
) -> None:
    appeal, supervisor = make(State.IN_REVIEW), sign_in(Role.SUPERVISOR)
    answer = act(supervisor, appeal, "publish")
    assert answer.status_code == 303
    page = supervisor.soup(answer.headers["Location"])
    assert "沅优办答〔2026〕1号" in page.get_text()
    assert look(appeal).state is State.REPLIED
    assert promised(appeal)[Stage.CONCLUDE].status is MilestoneStatus.MET
    slip = slips(database)[0]
    assert "http://localhost/slips/verify/" in slip.content
    assert "核验通过" in client.soup(f"/slips/verify/{slip.verification_code}").get_text()


def test_numbers_have_no_gaps_when_a_publication_fails(make: Make, sign_in: SignIn, database: Database) -> None:
    first, second, supervisor = make(State.IN_REVIEW), make(State.IN_REVIEW), sign_in(Role.SUPERVISOR)
    act(supervisor, first, "publish")
    form = find_form(supervisor.soup(f"/office/appeals/{second.uid}"), "/publish")
    fields = hidden_fields(form)
    stale = {**fields, "version": "1"}
    assert supervisor.post(str(form["action"]), data=stale).status_code == 409
    assert supervisor.post(str(form["action"]), data=fields).status_code == 303
    assert [slip.number for slip in slips(database)] == [1, 2]


def test_the_same_form_twice_publishes_once(make: Make, sign_in: SignIn, database: Database) -> None:
    appeal, supervisor = make(State.IN_REVIEW), sign_in(Role.SUPERVISOR)
    form = find_form(supervisor.soup(f"/office/appeals/{appeal.uid}"), "/publish")
    answers = [supervisor.post(str(form["action"]), data=hidden_fields(form)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(slips(database)) == 1


def test_a_clerk_cannot_publish_and_the_attempt_is_on_record(
    make: Make, sign_in: SignIn, look: Look, database: Database
) -> None:
    appeal, clerk = make(State.IN_REVIEW), sign_in(Role.CLERK)
    page = clerk.soup(f"/office/appeals/{appeal.uid}")
    token = page.find("input", {"name": "csrf_token"})["value"]
    assert "审核通过" not in page.main.get_text()
    answer = clerk.post(f"/office/appeals/{appeal.uid}/publish", data={"csrf_token": token})
    assert answer.status_code == 403
    assert look(appeal).state is State.IN_REVIEW
    with database.reading() as session:
        assert session.exec(select(AuditRow).where(col(AuditRow.action) == "denied")).all()


def test_a_stale_version_is_a_conflict_with_what_was_typed(make: Make, sign_in: SignIn, look: Look) -> None:
    appeal, supervisor, other = make(State.IN_REVIEW), sign_in(Role.SUPERVISOR), sign_in(Role.DIRECTOR)
    form = find_form(supervisor.soup(f"/office/appeals/{appeal.uid}"), "/reject")
    act(other, appeal, "publish")
    answer = supervisor.post(str(form["action"]), data={**hidden_fields(form), "reason": "写了很久的理由"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "写了很久的理由" in text and "审核通过并答复" in text
    assert look(appeal).state is State.REPLIED


def test_a_simple_matter_turns_complex_from_the_same_day(
    make: Make, sign_in: SignIn, promised: Promised, look: Look
) -> None:
    appeal, supervisor = make(State.HANDLING), sign_in(Role.SUPERVISOR)
    assert act(supervisor, appeal, "reclassify", reason="需要委托检测。").status_code == 303
    found = promised(appeal)
    assert found[Stage.PRELIMINARY].due_on.isoformat() == "2026-12-08"
    assert found[Stage.CONCLUDE].status is MilestoneStatus.DROPPED


def test_a_replied_appeal_is_closed_by_the_office(
    make: Make, sign_in: SignIn, look: Look, history: Callable[[Appeal], list[AppealEvent]]
) -> None:
    appeal = make(State.REPLIED)
    assert act(sign_in(Role.CLERK), appeal, "close", note="回访满意。").status_code == 303
    assert look(appeal).state is State.CLOSED
    assert history(appeal)[-1].action is Action.CLOSE


@pytest.mark.parametrize("name", ["accept", "dispatch", "decline", "reclassify", "reject", "publish", "close"])
def test_units_are_kept_from_every_act_of_the_office(make: Make, sign_in: SignIn, look: Look, name: str) -> None:
    appeal = make(State.IN_REVIEW)
    handler = sign_in(Role.HANDLER, unit="市监局")
    token = handler.soup("/slips").find("input", {"name": "csrf_token"})["value"]
    assert handler.post(f"/office/appeals/{appeal.uid}/{name}", data={"csrf_token": token}).status_code == 403
    assert look(appeal).version == appeal.version
