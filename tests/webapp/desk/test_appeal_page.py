"""The appeal at its unit's desk: who may see what, which acts are offered, what they do."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask, template_rendered

from models.accounts.types import PUBLIC, Role
from models.appeals.types import AppealKind, AppellantKind, State, StoredFile
from models.appeals.vault import IdentityVault
from models.handling import commands, linking
from models.handling.types import Action, MilestoneStatus, Stage
from models.workdays.shipped import shipped_calendar
from tests.support import actors, pdfs
from tests.support.factories import IDENTITY, MORNING
from tests.support.page import PageClient, find_form, hidden_fields
from webapp.files import cleaned

FACTS = "窗口系统显示材料流转到登记注册股，未见退回记录。"
SECRETS = (IDENTITY.name, IDENTITY.phone, "桔城大道")


def page(uid: str) -> str:
    return f"/desk/appeals/{uid}"


def texts(soup: BeautifulSoup, selector: str) -> list[str]:
    return [one.get_text(strip=True) for one in soup.select(selector)]


def offered(client: PageClient, uid: str) -> list[str]:
    return texts(client.soup(page(uid)), "#appeal-acts h2")


def filled(client: PageClient, uid: str, action: str, **fields: str) -> dict[str, str]:
    return {**hidden_fields(find_form(client.soup(page(uid)), action)), **fields}


def somebody_verifies(desk, uid: str) -> None:
    def act(session, appeal) -> None:
        colleague = actors.actor(session, Role.HANDLER, unit="市监局", name="赵同事")
        note = commands.Act(colleague, MORNING, shipped_calendar(), internal_note="同事查到的事实。")
        commands.verify(session, appeal, note, complexity=commands.Complexity.SIMPLE)

    desk.change(uid, act)


# ---------------------------------------------------------------- seeing


def test_another_units_appeal_and_no_appeal_at_all_look_the_same(desk) -> None:
    foreign = desk.appeal(State.DISPATCHED, unit="住建局")
    answers = [desk.handler.get(page(uid)) for uid in (foreign, "0" * 32)]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {answer.get_data(as_text=True).replace(foreign, "").replace("0" * 32, "") for answer in answers}
    assert len(bodies) == 1


@pytest.mark.parametrize(
    ("changes", "is_shown"),
    [({}, True), ({"is_confidential": True}, False), ({"kind": AppealKind.REPORT}, False)],
    ids=["open", "confidential", "report"],
)
def test_the_unit_sees_who_filed_only_without_confidence_and_never_for_a_report(
    app: Flask, desk, changes: dict[str, object], is_shown: bool,
) -> None:
    uid, contexts = desk.appeal(State.VERIFYING, **changes), []

    def spy(sender: object, template: object, context: dict[str, object], **extra: object) -> None:
        contexts.append(context)

    with template_rendered.connected_to(spy, app):
        text = desk.handler.get(page(uid)).get_data(as_text=True)
    assert [secret in text for secret in SECRETS] == [is_shown] * 3
    assert ("contact" in contexts[0]) is is_shown
    assert ("请经市优办转达" in text) is not is_shown
    assert is_shown or all(IDENTITY.name not in repr(value) for value in contexts[0].values())


def test_an_anonymous_appeal_says_that_nobody_can_be_called(desk) -> None:
    uid = desk.appeal(State.VERIFYING, identity=None, appellant_kind=AppellantKind.ANONYMOUS)
    assert "匿名提交，没有留下联系方式" in desk.handler.soup(page(uid)).main.get_text()


@pytest.mark.parametrize(
    "state", [State.DISPATCHED, State.VERIFYING, State.HANDLING, State.REPLY_SIGN_OFF, State.CLOSED]
)
def test_a_page_takes_a_bounded_number_of_statements(desk, state: State) -> None:
    uid = desk.appeal(state)
    for client in (desk.handler, desk.approver):
        client.get(page(uid))
        with desk.counted() as statements:
            client.get(page(uid))
        assert len(statements) <= 15 + (state is State.CLOSED), statements  # cases, where there may be any


def test_the_page_shows_the_demands_by_number_and_why_the_day_is_that_day(desk) -> None:
    uid = desk.appeal(State.VERIFYING)
    soup = desk.handler.soup(page(uid))
    assert texts(soup, ".demand .prose") == ["请说明变更申请现在到了哪一步。", "请告知最迟何时出证。"]
    assert soup.select_one(".clock-date time")["datetime"] == "2026-11-20"
    days = [day["datetime"] for day in soup.select(".explanation time")]
    assert days == ["2026-11-17", "2026-11-18", "2026-11-19", "2026-11-20"]


# ---------------------------------------------------------------- files


def attach(app: Flask, desk, **changes: object) -> tuple[str, str, bytes]:
    content, store = pdfs.made(), app.extensions["zhitongche.files"]
    copy = cleaned(content, "")
    file = StoredFile(
        store.put(content), "受理单.pdf", "pdf", len(content), "0" * 64, store.put(copy), "1" * 64, len(copy)
    )
    return desk.appeal(State.VERIFYING, files=(file,), **changes), file.stored_name, copy


def withdrawn(desk, after: timedelta) -> BeautifulSoup:
    def act(session, appeal) -> None:
        linking.withdraw(session, appeal, commands.Act(PUBLIC, MORNING + after, shipped_calendar()))

    uid = desk.appeal(State.HANDLING)
    desk.change(uid, act)
    return desk.handler.soup(page(uid))


def test_what_was_withdrawn_looks_neither_done_nor_on_time(desk) -> None:
    soup = withdrawn(desk, timedelta(days=20))
    assert "计时已结束" in soup.select_one(".clock.clock-late").get_text()
    assert soup.select_one(".state-ended .icon-ended") and not soup.select_one(".state .icon-done")
    assert withdrawn(desk, timedelta()).select_one(".clock.clock-ended")


def test_a_file_is_handed_out_to_be_saved_and_leaves_a_trace(app: Flask, desk) -> None:
    uid, stored, content = attach(app, desk)
    link = desk.handler.soup(page(uid)).select_one(".files a")
    assert link.get_text() == "证据1.pdf" and stored not in str(link)
    answer = desk.handler.get(link["href"])
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    trace = desk.log("file.view")
    assert len(trace) == 1 and trace[0].facts == {"appeal": uid} and trace[0].object_id == link["href"].split("/")[-1]


def test_a_file_of_an_invisible_appeal_is_not_there(app: Flask, desk, sign_in: Callable[..., PageClient]) -> None:
    uid, _, _ = attach(app, desk)
    path = desk.handler.soup(page(uid)).select_one(".files a")["href"]
    assert sign_in(Role.HANDLER, unit="住建局").get(path).status_code == 404
    other = desk.appeal(State.VERIFYING)
    assert desk.handler.get(path.replace(uid, other)).status_code == 404
    assert not desk.log("file.view")


# ---------------------------------------------------------------- acting


@pytest.mark.parametrize(
    ("state", "for_handler", "for_approver"),
    [
        (State.DISPATCHED, ["签收"], ["签收"]),
        (State.VERIFYING, ["核实到位"], ["现在不需要您办理"]),
        (State.HANDLING, ["送签答复"], ["现在不需要您办理"]),
        (State.REPLY_SIGN_OFF, ["现在不需要您办理"], ["签发", "退回修改"]),
        (State.IN_REVIEW, ["现在不需要您办理"], ["现在不需要您办理"]),
    ],
)
def test_exactly_the_acts_of_the_table_are_offered(
    desk, state: State, for_handler: list[str], for_approver: list[str],
) -> None:
    uid = desk.appeal(state)
    assert offered(desk.handler, uid) == for_handler
    assert offered(desk.approver, uid) == for_approver


def test_an_appeal_goes_from_dispatch_to_review_through_the_pages(desk) -> None:
    uid = desk.appeal(State.DISPATCHED)
    answer = desk.handler.send(page(uid), action="/sign")
    assert (answer.status_code, answer.location) == (303, page(uid))
    answer = desk.handler.send(page(uid), {"facts": FACTS, "complexity": "simple"}, action="/verify")
    assert answer.status_code == 303
    reply = {}
    for n in (0, 1):
        reply |= {f"entries-{n}-outcome": "solved", f"entries-{n}-facts": f"第{n}点已查明。", "step": "propose"}
    form = find_form(desk.handler.soup(f"{page(uid)}/reply"))
    answer = desk.handler.post(f"{page(uid)}/reply", data={**hidden_fields(form), **reply})
    assert (answer.status_code, answer.location) == (303, page(uid))
    assert "第1点已查明。" in desk.approver.soup(page(uid)).select_one(".reply").get_text()
    answer = desk.approver.send(page(uid), {"note": "同意"}, action="/sign-off")
    assert answer.status_code == 303
    assert [event.action for event in desk.events(uid)][-4:] == [
        Action.SIGN, Action.VERIFY, Action.PROPOSE_REPLY, Action.SIGN_OFF,
    ]
    assert desk.events(uid)[-3].internal_note == FACTS and not desk.events(uid)[-3].public_note
    assert desk.row(uid).state is State.IN_REVIEW
    assert "送市优办审核" in desk.approver.soup(page(uid)).select_one("#page-message").get_text()


def test_the_confirmation_says_what_comes_next_and_by_when(desk) -> None:
    uid = desk.appeal(State.DISPATCHED)
    answer = desk.handler.send(page(uid), action="/sign", follow_redirects=True)
    assert "已签收。下一步：11月20日(周五)前核实到位。" in answer.get_data(as_text=True)


def test_the_same_form_sent_twice_acts_once(desk) -> None:
    uid = desk.appeal(State.DISPATCHED)
    fields = filled(desk.handler, uid, "/sign")
    answers = [desk.handler.post(f"{page(uid)}/sign", data=fields) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, page(uid))] * 2
    assert [event.action for event in desk.events(uid)].count(Action.SIGN) == 1


def test_facts_are_asked_for_beside_the_field_and_nothing_typed_is_lost(desk) -> None:
    uid = desk.appeal(State.VERIFYING)
    answer = desk.handler.send(page(uid), {"facts": "", "complexity": "complex"}, action="/verify")
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert 'id="facts-error"' in text and "请写明核实到的情况" in text
    assert 'value="complex" checked' in text
    assert len(desk.events(uid)) == 4


def test_each_choice_shows_the_day_it_leads_to(desk) -> None:
    uid = desk.appeal(State.VERIFYING)
    notes = [note.get_text() for note in desk.handler.soup(page(uid)).select(".choice-note")]
    assert notes == ["11月26日(周四)前办结", "12月8日(周二)前给出初步结果，12月29日(周二)前办结"]


def test_a_complex_matter_stores_the_dates_that_were_shown(desk) -> None:
    uid = desk.appeal(State.VERIFYING)
    desk.handler.send(page(uid), {"facts": FACTS, "complexity": "complex"}, action="/verify")
    soup = desk.handler.soup(page(uid))
    assert texts(soup, ".clock .milestone-label") == ["签收", "核实到位", "明确初步结果", "最终结果"]
    assert [one["datetime"] for one in soup.select(".clock .milestone-when time")][2:] == ["2026-12-08", "2026-12-29"]


def test_after_the_due_day_complex_is_refused_with_the_reason_and_the_text_kept(desk) -> None:
    uid = desk.appeal(State.VERIFYING, at=MORNING - timedelta(days=7))
    assert "核实期限已过" in desk.handler.soup(page(uid)).select(".choice-note")[1].get_text()
    answer = desk.handler.send(page(uid), {"facts": FACTS, "complexity": "complex"}, action="/verify")
    assert answer.status_code == 422
    assert FACTS in answer.get_data(as_text=True) and "不能再自行定为复杂事项" in answer.get_data(as_text=True)
    assert desk.log("denied")[-1].facts["view"] == "desk.verify:verify:complex_after_verify_due"
    desk.handler.send(page(uid), {"facts": FACTS, "complexity": "simple"}, action="/verify")
    reached = desk.events(uid)[-1].effects["reached"]
    assert reached == [[Stage.VERIFY, MilestoneStatus.MISSED, "2026-11-17"]]


def test_the_wrong_role_is_told_so_with_its_text_and_the_attempt_is_logged(desk) -> None:
    uid = desk.appeal(State.VERIFYING)
    fields = filled(desk.handler, uid, "/verify", facts=FACTS, complexity="simple")
    own = hidden_fields(find_form(desk.approver.soup(page(desk.appeal(State.DISPATCHED))), "/sign"))
    answer = desk.approver.post(f"{page(uid)}/verify", data={**fields, "csrf_token": own["csrf_token"]})
    assert answer.status_code == 403
    text = answer.get_data(as_text=True)
    assert "您没有办理这一步的权限" in text and FACTS in text
    assert desk.row(uid).state is State.VERIFYING
    assert [row.facts["view"] for row in desk.log("denied")] == ["desk.verify"]


def test_a_wrong_state_is_told_on_the_page_with_the_text_and_the_attempt_is_logged(desk) -> None:
    uid = desk.appeal(State.VERIFYING)
    fields = filled(desk.handler, uid, "/verify", facts=FACTS, complexity="simple")
    somebody_verifies(desk, uid)
    answer = desk.handler.post(f"{page(uid)}/verify", data={**fields, "version": str(desk.row(uid).version)})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "这件诉求的状态已经变化" in text and FACTS in text
    assert desk.log("denied")[-1].facts["view"] == "desk.verify:verify:not_in_this_state"
    assert desk.log("denied")[-1].object_id == uid


def test_a_stale_form_is_a_conflict_that_shows_both_texts(desk) -> None:
    uid = desk.appeal(State.VERIFYING)
    fields = filled(desk.handler, uid, "/verify", facts=FACTS, complexity="simple")
    somebody_verifies(desk, uid)
    answer = desk.handler.post(f"{page(uid)}/verify", data=fields)
    assert answer.status_code == 409
    text = answer.get_data(as_text=True)
    changes = BeautifulSoup(text, "html.parser").select_one("[role=alert]").get_text()
    assert "您打开页面以后" in changes and "同事查到的事实。" in changes and "李受理" not in changes
    assert FACTS in text
    assert [event.action for event in desk.events(uid)].count(Action.VERIFY) == 1


def test_who_has_seen_the_change_may_send_the_same_form_again(desk) -> None:
    """The act is still allowed: only the row version was old."""
    uid = desk.appeal(State.DISPATCHED)
    fields = filled(desk.handler, uid, "/sign", version="1")
    answer = desk.handler.post(f"{page(uid)}/sign", data=fields)
    assert answer.status_code == 409
    assert "李受理" in answer.get_data(as_text=True) and "请再点一次按钮" in answer.get_data(as_text=True)
    again = hidden_fields(find_form(BeautifulSoup(answer.data, "html.parser"), "/sign"))
    assert desk.handler.post(f"{page(uid)}/sign", data=again).status_code == 303


def test_who_did_it_in_another_window_is_told_once_and_blamed_on_nobody(desk) -> None:
    uid = desk.appeal(State.DISPATCHED)
    first, second = filled(desk.handler, uid, "/sign"), filled(desk.handler, uid, "/sign")
    assert desk.handler.post(f"{page(uid)}/sign", data=first).status_code == 303
    answer = desk.handler.post(f"{page(uid)}/sign", data=second)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409 and text.count("您打开页面以后") == 1 and "签收（按时）" in text
    assert "同事" not in BeautifulSoup(text, "html.parser").select_one("#appeal-acts [role=alert]").get_text()
    assert "请再点一次按钮" not in text, "there is nothing left to press"


def test_a_folded_act_stays_open_with_what_was_typed_when_others_were_faster(desk) -> None:
    uid = desk.appeal(State.VERIFYING)
    fields = filled(desk.handler, uid, "/note", remark="写给同事的话")
    somebody_verifies(desk, uid)
    answer = desk.handler.post(f"{page(uid)}/note", data=fields)
    note = find_form(BeautifulSoup(answer.data, "html.parser"), "/note")
    assert answer.status_code == 409 and note.find_parent("details").has_attr("open")
    assert answer.get_data(as_text=True).count("您打开页面以后") == 1 and "写给同事的话" in note.get_text()


def test_the_approver_returns_a_reply_with_a_reason_for_staff_only(desk) -> None:
    uid = desk.appeal(State.REPLY_SIGN_OFF)
    answer = desk.approver.send(page(uid), {"reason": ""}, action="/send-back")
    assert answer.status_code == 422 and "请写明退回理由" in answer.get_data(as_text=True)
    due = desk.row(uid).next_due_on
    answer = desk.approver.send(page(uid), {"reason": "依据没有写明条款。"}, action="/send-back")
    assert answer.status_code == 303
    assert desk.row(uid).state is State.HANDLING and desk.row(uid).next_due_on == due
    last = desk.events(uid)[-1]
    assert last.internal_note == "依据没有写明条款。" and not last.public_note
    assert "依据没有写明条款。" in desk.handler.soup(f"{page(uid)}/reply").select_one(".is-internal").get_text()


def test_an_identity_that_does_not_open_says_so_and_leaves_the_page_usable(app: Flask, desk) -> None:
    uid = desk.appeal(State.VERIFYING)
    own, app.extensions["zhitongche.vault"] = app.extensions["zhitongche.vault"], IdentityVault(b"x" * 32)
    try:
        text = desk.handler.soup(page(uid)).main.get_text()
    finally:
        app.extensions["zhitongche.vault"] = own
    assert "身份信息无法打开" in text and "核实情况" in text
