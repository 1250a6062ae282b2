"""Said along the way: notes for colleagues that the appellant never sees, and progress told at once."""

from models.accounts.types import Role
from models.appeals.types import State
from models.handling.types import Action
from tests.support.page import PageClient, find_form, hidden_fields

SECRET = "当事人曾到窗口反映，口径请与法规股统一。"
PROGRESS = "现场核查已经完成，正在制作许可证。"


def page(uid: str) -> str:
    return f"/desk/appeals/{uid}"


def send(client: PageClient, uid: str, action: str, **fields: str):
    return client.send(page(uid), fields, action=f"/{action}")


def test_a_note_of_the_unit_is_kept_apart_and_moves_neither_state_nor_date(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    before = desk.row(uid)
    assert send(desk.handler, uid, "note", remark=SECRET).status_code == 303
    after, last = desk.row(uid), desk.events(uid)[-1]
    assert (after.state, after.next_due_on) == (before.state, before.next_due_on)
    assert (last.action, last.internal_note, last.public_note) == (Action.NOTE, SECRET, "")
    shown = desk.approver.soup(page(uid)).select("#appeal-timeline .is-internal")[0].get_text(" ", strip=True)
    assert "诉求人看不到" in shown and SECRET in shown and "内部说明" in shown


def test_an_empty_note_is_not_kept_and_its_form_stays_open(desk) -> None:
    uid = desk.appeal(State.VERIFYING)
    fields = hidden_fields(find_form(desk.handler.soup(page(uid)), "/note"))
    response = desk.handler.post(f"{page(uid)}/note", data={**fields, "remark": " "})
    assert response.status_code == 422
    assert "请写明要告诉同事的内容" in response.get_data(as_text=True)
    assert "<details open" in response.get_data(as_text=True)
    assert desk.events(uid)[-1].action is Action.SIGN


def test_the_office_adds_notes_before_and_after_the_dispatch_and_readers_do_not(desk, sign_in) -> None:
    supervisor, leader = sign_in(Role.SUPERVISOR), sign_in(Role.LEADER)
    for state in (State.SUBMITTED, State.IN_REVIEW):
        uid = desk.appeal(state)
        assert supervisor.send(f"/office/appeals/{uid}", {"remark": SECRET}, action="/note").status_code == 303
        assert desk.events(uid)[-1].internal_note == SECRET
    assert leader.soup(f"/office/appeals/{uid}").find("form", action=f"/office/appeals/{uid}/note") is None


def test_an_ended_appeal_takes_no_note(desk) -> None:
    uid = desk.appeal(State.CLOSED)
    assert desk.handler.soup(page(uid)).find("form", action=f"{page(uid)}/note") is None


def test_progress_is_public_at_once_and_says_so(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    before = desk.row(uid)
    send(desk.handler, uid, "progress", progress=PROGRESS)
    last, after = desk.events(uid)[-1], desk.row(uid)
    assert (last.action, last.public_note, after.next_due_on) == (Action.REPORT_PROGRESS, PROGRESS, before.next_due_on)
    assert "诉求人在查询页面可以看到" in desk.handler.soup(page(uid)).get_text()


def test_an_approver_who_is_no_handler_reports_no_progress(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    assert desk.approver.soup(page(uid)).find("form", action=f"{page(uid)}/progress") is None
