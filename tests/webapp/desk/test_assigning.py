"""Who works on an appeal: taken by signing, given on its page or to several at once, and never to somebody who left."""

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from sqlmodel import Session

from models.accounts.queries import account_by_id, unit_by_name
from models.accounts.tables import Account, AccountRole
from models.accounts.types import Role
from models.appeals.types import State
from models.errors import Refused
from models.handling import assigning
from models.handling.types import Action
from tests.models.handling.witness import check
from tests.support import actors
from tests.support.factories import Story
from tests.support.page import PageClient, find_form, hidden_fields
from webapp.messages import message
from webapp.public.presenters import EVENT_SENTENCES


def colleague(desk, *roles: Role, unit: str = "市监局", name: str = "林同事") -> Account:
    with desk.database.writing() as session:
        return actors.account(session, *(roles or (Role.HANDLER,)), unit=unit, name=name)


def names(desk, path: str = "/desk") -> dict[str, str]:
    rows = desk.handler.soup(path).select("tbody tr")
    return {
        row.select_one(".row-link").get_text(): row.select_one(".cell-handler").get_text(strip=True) for row in rows
    }


def pick_many(desk, *uids: str, **fields: str) -> dict[str, object]:
    form = find_form(desk.handler.soup("/desk"), "/desk/sign")
    return {**hidden_fields(form), "appeal": list(uids), "step": "assign", **fields}


def said(desk) -> str:
    return desk.handler.soup("/desk").select_one("#page-message").get_text(" ")


# ---------------------------------------------------------------- the rule


def test_a_handler_who_signs_takes_it_and_an_approver_does_not(session: Session) -> None:
    by_handler, by_approver = Story(session).to(State.DISPATCHED), Story(session).to(State.DISPATCHED)
    by_handler.to(State.VERIFYING)
    by_approver.handler = by_approver.approver
    by_approver.to(State.VERIFYING)
    assert by_handler.appeal.assignee_id == by_handler.handler.account_id
    assert by_approver.appeal.assignee_id is None
    check(session, by_handler.appeal)


def test_signing_leaves_it_with_whoever_has_it_unless_they_left(session: Session) -> None:
    for is_active, takes in ((True, False), (False, True)):
        story = Story(session).to(State.DISPATCHED)
        other = actors.account(session, Role.HANDLER, unit="市监局")
        assigning.assign(session, story.appeal, story.act(story.approver), assignee_id=other.id)
        other.is_active = is_active
        session.add(other)
        session.flush()
        story.to(State.VERIFYING)
        assert (story.appeal.assignee_id == story.handler.account_id) is takes


def test_assigning_moves_no_date_and_reads_back_from_the_events(session: Session) -> None:
    story = Story(session).to(State.HANDLING)
    due_on, stage = story.appeal.next_due_on, story.appeal.next_stage
    other = actors.account(session, Role.HANDLER, unit="市监局", name="林同事")
    assigning.assign(session, story.appeal, story.later(days=1).act(story.approver), assignee_id=other.id)
    assert (story.appeal.next_due_on, story.appeal.next_stage) == (due_on, stage)
    assert story.appeal.assignee_id == other.id
    check(session, story.appeal)


@pytest.mark.parametrize("kind", ["disabled", "moved", "approver", "clerk", "nobody"])
def test_only_a_handler_of_the_unit_who_is_still_there_can_be_chosen(session: Session, kind: str) -> None:
    story = Story(session).to(State.HANDLING)
    role = {"approver": Role.APPROVER, "clerk": Role.CLERK}.get(kind, Role.HANDLER)
    other = actors.account(session, role, unit="住建局" if kind == "moved" else "市监局")
    other.is_active = kind != "disabled"
    session.add(other)
    session.flush()
    wanted = 10**6 if kind == "nobody" else other.id
    with pytest.raises(Refused, match="not_a_colleague"):
        assigning.assign(session, story.appeal, story.act(story.handler), assignee_id=wanted)


# ---------------------------------------------------------------- the queue


def test_the_queue_names_who_works_on_it_and_asks_no_more_of_the_database(desk) -> None:
    desk.appeal(State.DISPATCHED, title="新到件")
    desk.appeal(State.HANDLING, title="在办件")
    desk.handler.get("/desk")
    with desk.counted() as statements:
        found = names(desk)
    assert found == {"新到件": "未分派", "在办件": "张经办"}
    assert len(statements) <= 5, "who is signed in, the calendar's version, the counters, the rows, the saved filters"


@pytest.mark.parametrize("how", ["disabled", "moved", "no_handler"])
def test_what_somebody_who_left_worked_on_is_shown_as_unassigned(desk, how: str) -> None:
    uid = desk.appeal(State.HANDLING, title="在办件")
    with desk.database.writing() as session:
        row = account_by_id(session, desk.row(uid).assignee_id)
        row.is_active = how != "disabled"
        if how == "moved":
            row.unit_id = unit_by_name(session, "住建局").id
        if how == "no_handler":
            session.delete(session.get_one(AccountRole, (row.id, Role.HANDLER)))
        session.add(row)
    assert names(desk) == names(desk, "/desk?who=none") == {"在办件": "未分派"}
    assert "未分派" in desk.handler.soup(f"/desk/appeals/{uid}").select_one("#appeal-statement").get_text()


def test_the_queue_can_show_what_is_mine_or_nobodys(desk, sign_in: Callable[..., PageClient]) -> None:
    me = colleague(desk)
    desk.appeal(State.DISPATCHED, title="新到件")
    mine, _ = desk.appeal(State.HANDLING, title="我的件"), desk.appeal(State.HANDLING, title="别人的件")
    desk.handler.post("/desk/assign", data=pick_many(desk, mine, colleague=str(me.id)))
    soup = sign_in(account=me).soup("/desk?who=mine")
    assert [a.get_text() for a in soup.select(".row-link")] == ["我的件"]
    assert soup.select_one(".counter b").get_text() == "1"
    assert all("who=mine" in a["href"] for a in soup.select(".counter"))
    assert soup.select_one("#desk-who option[selected]").get_text() == "我经办的"
    assert set(names(desk, "/desk?who=none")) == {"新到件"}
    assert len(names(desk, "/desk?who=nonsense")) == 3


# ---------------------------------------------------------------- several at once


def test_several_are_given_at_once_and_the_others_reported_with_the_reason(desk) -> None:
    first, second, ended = desk.appeal(), desk.appeal(State.HANDLING), desk.appeal(State.IN_REVIEW)
    foreign = desk.appeal(unit="住建局")
    wanted = colleague(desk)
    answer = desk.handler.post(
        "/desk/assign", data=pick_many(desk, first, second, ended, foreign, colleague=str(wanted.id))
    )
    assert (answer.status_code, answer.location) == (303, "/desk")
    assert [desk.row(uid).assignee_id for uid in (first, second)] == [wanted.id] * 2
    assert wanted.id not in [desk.row(uid).assignee_id for uid in (ended, foreign)]
    told = said(desk)
    assert "已分派 2 件给林同事" in told and "时限不变" in told
    assert f"{desk.row(ended).number} 没有分派：{message('not_in_this_state')}" in told
    assert desk.row(foreign).number not in told and "没有找到这件诉求" in told
    assert {row.object_id for row in desk.log("appeal.assign")} == {first, second}
    assert {row.object_id for row in desk.log("denied")} == {ended, foreign}


def test_the_same_batch_sent_twice_gives_once(desk) -> None:
    uid, wanted = desk.appeal(), colleague(desk)
    fields = pick_many(desk, uid, colleague=str(wanted.id))
    for _ in range(2):
        assert desk.handler.post("/desk/assign", data=fields).status_code == 303
    assert [one.action for one in desk.events(uid)].count(Action.ASSIGN) == 1
    assert not desk.log("denied")


def test_a_key_that_signed_cannot_assign(desk) -> None:
    uid, wanted = desk.appeal(), colleague(desk)
    fields = pick_many(desk, uid, colleague=str(wanted.id))
    desk.handler.post("/desk/sign", data=fields)
    desk.handler.post("/desk/assign", data=fields)
    assert "页面已失效" in said(desk)
    assert desk.row(uid).assignee_id != wanted.id


def test_the_choice_shows_what_each_colleague_has_in_hand_and_keeps_the_filter(desk) -> None:
    uid, wanted = desk.appeal(), colleague(desk)
    form = find_form(desk.handler.soup("/desk?show=to_sign"), "/desk/sign")
    page = desk.handler.post("/desk/assign", data={**hidden_fields(form), "appeal": uid})
    soup = BeautifulSoup(page.data, "html.parser")
    assert page.status_code == 200
    assert "林同事（在手 0 件）" in soup.main.get_text()
    chosen = find_form(soup, "/desk/assign")
    answer = desk.handler.post("/desk/assign", data={
        **hidden_fields(chosen), "appeal": uid, "colleague": str(wanted.id), "step": "assign",
    })
    assert answer.location == "/desk?show=to_sign"
    assert desk.row(uid).assignee_id == wanted.id


def test_assigning_nothing_or_to_nobody_says_what_is_missing(desk) -> None:
    uid = desk.appeal()
    assert desk.handler.post("/desk/assign", data=pick_many(desk)).status_code == 303
    assert "请先勾选" in said(desk)
    answer = desk.handler.post("/desk/assign", data=pick_many(desk, uid))
    assert answer.status_code == 422
    assert message("not_a_colleague") in answer.get_data(as_text=True)


# ---------------------------------------------------------------- one, from its page


def test_one_is_given_from_its_page_which_then_names_the_colleague(desk) -> None:
    uid, wanted = desk.appeal(State.HANDLING), colleague(desk)
    part = desk.handler.get(f"/desk/appeals/{uid}/assign", headers={"HX-Request": "true"})
    assert part.get_data(as_text=True).lstrip().startswith('<form id="assign-form"')
    form = find_form(desk.handler.soup(f"/desk/appeals/{uid}/assign"), "/assign")
    assert form.select_one("input[checked]").find_next("label").get_text().startswith("张经办")
    answer = desk.handler.post(
        f"/desk/appeals/{uid}/assign", data={**hidden_fields(form), "colleague": str(wanted.id)}
    )
    assert answer.status_code == 303
    soup = desk.handler.soup(f"/desk/appeals/{uid}")
    assert "已分派给林同事经办" in soup.select_one("#page-message").get_text()
    assert "经办林同事" in soup.select_one("#appeal-statement .facts").get_text("", strip=True)
    assert "由林同事经办" in soup.get_text()


def test_a_form_that_names_nobody_or_a_stranger_comes_back_with_the_reason(desk) -> None:
    uid, stranger = desk.appeal(State.HANDLING), colleague(desk, unit="住建局")
    for wanted in ("", "x", str(stranger.id)):
        form = find_form(desk.handler.soup(f"/desk/appeals/{uid}/assign"), "/assign")
        answer = desk.handler.post(f"/desk/appeals/{uid}/assign", data={**hidden_fields(form), "colleague": wanted})
        assert answer.status_code == 422
        assert message("not_a_colleague") in answer.get_data(as_text=True)


def test_a_form_made_before_somebody_else_acted_meets_what_they_did(desk) -> None:
    uid, wanted = desk.appeal(State.HANDLING), colleague(desk)
    form = find_form(desk.handler.soup(f"/desk/appeals/{uid}/assign"), "/assign")
    other = find_form(desk.approver.soup(f"/desk/appeals/{uid}/assign"), "/assign")
    desk.approver.post(f"/desk/appeals/{uid}/assign", data={**hidden_fields(other), "colleague": str(wanted.id)})
    answer = desk.handler.post(
        f"/desk/appeals/{uid}/assign", data={**hidden_fields(form), "colleague": str(desk.row(uid).assignee_id)}
    )
    assert answer.status_code in (409, 422)
    assert "这件诉求已经办理过：" in answer.get_data(as_text=True)


def test_an_ended_appeal_offers_no_assignment(desk) -> None:
    uid = desk.appeal(State.REPLIED)
    answer = desk.handler.get(f"/desk/appeals/{uid}/assign")
    assert (answer.status_code, answer.location) == (303, f"/desk/appeals/{uid}")


def test_the_appellant_is_not_told_who_works_on_it(desk) -> None:
    assert Action.ASSIGN not in EVENT_SENTENCES
