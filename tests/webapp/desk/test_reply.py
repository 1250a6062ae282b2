"""The reply editor: drafts, what is still missing, two people writing at once, preliminary results."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from werkzeug.test import TestResponse

from models.appeals import queries as appeals
from models.appeals.types import Complexity, State
from models.handling import commands, queries, replies
from models.handling.types import Action, Outcome, ReplyKind, ReplyStatus
from models.workdays.shipped import shipped_calendar
from tests.support import actors
from tests.support.factories import MORNING
from tests.support.page import PageClient, find_form, hidden_fields

MINE, THEIRS = "我写的查明情况。", "同事写的查明情况。"


def editor(uid: str, kind: str = "reply") -> str:
    return f"/desk/appeals/{uid}/{kind}"


def opened(client: PageClient, uid: str, kind: str = "reply") -> dict[str, str]:
    return hidden_fields(find_form(client.soup(editor(uid, kind))))


def typed(*facts: str, outcome: str = "solved", **more: str) -> dict[str, str]:
    fields = {f"entries-{n}-facts": text for n, text in enumerate(facts)}
    fields |= {f"entries-{n}-outcome": outcome for n in range(len(facts))}
    return {**fields, **more}


def send(client: PageClient, uid: str, fields: dict[str, str], kind: str = "reply") -> TestResponse:
    return client.post(editor(uid, kind), data={**opened(client, uid, kind), **fields})


def errors(answer: TestResponse) -> dict[str, str]:
    soup = BeautifulSoup(answer.data, "html.parser")
    return {str(one["id"]): one.get_text(strip=True).removeprefix("请改正：") for one in soup.select(".field-error")}


def value(answer: TestResponse | BeautifulSoup, name: str) -> str:
    soup = answer if isinstance(answer, BeautifulSoup) else BeautifulSoup(answer.data, "html.parser")
    control = soup.find(attrs={"name": name})
    return control.get_text().strip() if control.name == "textarea" else str(control.get("value", ""))


def colleague_saves(desk, uid: str, text: str = THEIRS) -> None:
    def act(session, appeal) -> None:
        who = actors.actor(session, actors.Role.HANDLER, unit="市监局", name="赵同事")
        entries = tuple(
            replies.DraftEntry(demand.id, Outcome.EXPLAINED, text)
            for demand in appeals.demands(session, appeal)
        )
        act_of = commands.Act(who, MORNING, shipped_calendar())
        replies.save_draft(session, appeal, replies.Draft(ReplyKind.FINAL, entries), act_of)

    desk.change(uid, act)


def stored(desk, uid: str, kind: ReplyKind = ReplyKind.FINAL) -> tuple[replies.Reply | None, list[str]]:
    with desk.database.reading() as session:
        reply = queries.reply(session, desk.row(uid), kind)
        return reply, [item.facts for item in queries.reply_items(session, reply).values()] if reply else []


def test_a_draft_may_be_unfinished_and_comes_back_as_it_was(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    answer = send(desk.handler, uid, {**typed(MINE), "step": "save", "entries-0-promised_on": "2026-12-01"})
    assert (answer.status_code, answer.location) == (303, editor(uid))
    soup = desk.handler.soup(editor(uid))
    assert value(soup, "entries-0-facts") == MINE and value(soup, "entries-1-facts") == ""
    assert value(soup, "entries-0-promised_on") == "2026-12-01"
    assert soup.select_one("select[name=entries-0-outcome] option[selected]")["value"] == "solved"
    assert desk.row(uid).state is State.HANDLING and len(desk.events(uid)) == 5


def test_saving_twice_by_a_double_click_keeps_one_draft(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    fields = {**opened(desk.handler, uid), **typed(MINE), "step": "save"}
    first, second = (desk.handler.post(editor(uid), data=fields) for _ in range(2))
    assert [first.status_code, second.status_code] == [303, 303]
    assert stored(desk, uid)[1] == [MINE, ""]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"entries-1-facts": ""}, {"entries-1-facts-error": "请写明查明的事实和办理情况"}),
        ({"entries-0-outcome": ""}, {"entries-0-outcome-error": "请选择这一诉求点的办理结果"}),
        (
            {"entries-0-outcome": "in_progress"},
            {"entries-0-promised_on-error": "结果为“正在推进”的，请填写承诺完成日期"},
        ),
        (
            {"entries-0-outcome": "in_progress", "entries-0-promised_on": "2026-11-17"},
            {"entries-0-promised_on-error": "承诺完成日期应当晚于今天"},
        ),
        ({"entries-1-outcome": "unsolvable"}, {"entries-1-basis-error": "结果为“无法解决”的，请写明理由和依据"}),
        ({"entries-1-facts": "长" * 5001}, {"entries-1-facts-error": None}),
        ({"entries-1-basis": "长" * 2001}, {"entries-1-basis-error": None}),
        ({"entries-0-promised_on": "明天"}, {"entries-0-promised_on-error": "日期不完整，请按年、月、日重新选择"}),
        ({"entries-0-promised_on": "9999-12-31"}, {"entries-0-promised_on-error": "日期超出范围，请核对年份"}),
    ],
)
def test_what_is_missing_is_said_beside_its_field_with_everything_kept(
    desk, changes: dict[str, str], expected: dict[str, str | None],
) -> None:
    uid = desk.appeal(State.HANDLING)
    fields = typed(MINE, "第二点。") | changes | {"step": "propose"}
    answer = send(desk.handler, uid, fields)
    assert answer.status_code == 422
    found = errors(answer)
    assert found.keys() == expected.keys()
    assert all(found[name] == text for name, text in expected.items() if text)
    assert all(value(answer, name) == text for name, text in fields.items() if name.endswith(("facts", "basis")))
    summary = BeautifulSoup(answer.data, "html.parser").select("#error-summary a")
    assert [link["href"] for link in summary] == ["#" + name.removesuffix("-error") for name in expected]
    assert stored(desk, uid)[0] is None
    assert desk.row(uid).state is State.HANDLING


def test_a_complete_reply_goes_to_the_approver_once(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    fields = {**opened(desk.handler, uid), **typed(MINE, MINE), "step": "propose"}
    answers = [desk.handler.post(editor(uid), data=fields) for _ in range(2)]
    assert [answer.location for answer in answers] == [f"/desk/appeals/{uid}"] * 2
    assert [event.action for event in desk.events(uid)].count(Action.PROPOSE_REPLY) == 1
    assert stored(desk, uid)[0].status is ReplyStatus.PROPOSED


def test_two_who_write_at_once_see_both_texts_and_nobody_is_overwritten(desk) -> None:
    """Both drafts are the first: neither editor had a version to compare."""
    uid = desk.appeal(State.HANDLING)
    fields = {**opened(desk.handler, uid), **typed(MINE, MINE), "step": "save"}
    colleague_saves(desk, uid)
    answer = desk.handler.post(editor(uid), data=fields)
    assert answer.status_code == 409
    soup = BeautifulSoup(answer.data, "html.parser")
    assert value(answer, "entries-0-facts") == MINE
    assert THEIRS in soup.select_one(".theirs").get_text() and "解释说明" in soup.select_one(".theirs").get_text()
    assert "已由其他同事修改过" in soup.select_one("#error-summary").get_text()
    assert stored(desk, uid)[1] == [THEIRS] * 2
    seen = {**hidden_fields(find_form(soup)), **typed(MINE, THEIRS), "step": "save"}
    assert desk.handler.post(editor(uid), data=seen).status_code == 303
    assert stored(desk, uid)[1] == [MINE, THEIRS]


def test_sending_an_older_text_for_signature_is_a_conflict_too(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    colleague_saves(desk, uid, "更早的文字。")
    fields = {**opened(desk.handler, uid), **typed(MINE, MINE), "step": "propose"}
    colleague_saves(desk, uid)
    answer = desk.handler.post(editor(uid), data=fields)
    assert answer.status_code == 409 and THEIRS in answer.get_data(as_text=True)
    assert desk.row(uid).state is State.HANDLING and stored(desk, uid)[1] == [THEIRS] * 2


def test_a_text_sent_after_the_state_moved_on_stays_on_the_page(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    fields = {**opened(desk.handler, uid), **typed(MINE, MINE), "step": "save"}

    def propose(session, appeal) -> None:
        who = actors.actor(session, actors.Role.HANDLER, unit="市监局", name="赵同事")
        draft = replies.Draft(ReplyKind.FINAL, tuple(
            replies.DraftEntry(demand.id, Outcome.SOLVED, THEIRS) for demand in appeals.demands(session, appeal)
        ))
        replies.propose(session, appeal, draft, commands.Act(who, MORNING, shipped_calendar()))

    desk.change(uid, propose)
    answer = desk.handler.post(editor(uid), data=fields)
    assert answer.status_code == 422
    soup = BeautifulSoup(answer.data, "html.parser")
    assert value(answer, "entries-0-facts") == MINE
    assert "状态已经变化" in soup.main.get_text() and "送签答复" in soup.main.get_text()
    assert not soup.select("button[name=step]")


@pytest.mark.parametrize("state", [State.VERIFYING, State.REPLY_SIGN_OFF, State.IN_REVIEW])
def test_the_editor_sends_back_to_the_appeal_when_nothing_may_be_written(desk, state: State) -> None:
    uid = desk.appeal(state)
    answer = desk.handler.get(editor(uid))
    assert (answer.status_code, answer.location) == (303, f"/desk/appeals/{uid}")
    assert "不能办理这一步" in desk.handler.soup(f"/desk/appeals/{uid}").select_one("#page-message").get_text()


def test_the_approver_does_not_write_replies(desk) -> None:
    assert desk.approver.get(editor(desk.appeal(State.HANDLING))).status_code == 403


def test_a_demand_of_another_appeal_is_refused(desk) -> None:
    uid, other = desk.appeal(State.HANDLING), desk.appeal(State.HANDLING)
    foreign = {name: text for name, text in opened(desk.handler, other).items() if name.endswith("demand_id")}
    answer = send(desk.handler, uid, {**typed(MINE, MINE), **foreign, "step": "save"})
    assert answer.status_code == 422 and "诉求点与这件诉求不符" in answer.get_data(as_text=True)
    assert stored(desk, uid)[0] is None


def test_a_preliminary_result_needs_its_next_date_and_is_public_once_signed(desk) -> None:
    uid = desk.appeal(State.HANDLING, complexity=Complexity.COMPLEX)
    answer = send(desk.handler, uid, {**typed(MINE, MINE), "step": "propose"}, "preliminary")
    assert errors(answer) == {"next_milestone_on-error": "请填写下一步节点日期，应当晚于今天"}
    fields = {**typed(MINE, MINE), "step": "propose", "next_milestone_on": "2026-12-20"}
    assert send(desk.handler, uid, fields, "preliminary").status_code == 303
    assert desk.approver.send(f"/desk/appeals/{uid}", action="/sign-off").status_code == 303
    reply, _ = stored(desk, uid, ReplyKind.PRELIMINARY)
    assert reply.status is ReplyStatus.PUBLISHED and reply.next_milestone_on == date(2026, 12, 20)
    assert desk.row(uid).state is State.CONTINUING
    assert value(desk.handler.soup(editor(uid)), "entries-1-facts") == MINE


def test_a_simple_matter_has_no_preliminary_result(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    answer = desk.handler.get(editor(uid, "preliminary"))
    assert answer.status_code == 303
    assert "只有复杂事项" in desk.handler.soup(f"/desk/appeals/{uid}").select_one("#page-message").get_text()


@pytest.mark.parametrize("name", ["entries-²-facts", f"entries-{'9' * 5_000}-facts", f"entries-{2**63}-facts"])
def test_a_name_that_counts_no_entry_is_none(desk, name: str) -> None:
    uid = desk.appeal(State.HANDLING)
    answer = send(desk.handler, uid, typed(MINE, MINE, step="propose", **{name: "x"}))
    assert answer.status_code == 303
    assert stored(desk, uid)[1] == [MINE, MINE]


@pytest.mark.parametrize("step", ["save", "propose", "autosave"])
def test_more_entries_than_a_reply_can_have_are_refused_in_words(desk, step: str) -> None:
    uid = desk.appeal(State.HANDLING)
    answer = send(desk.handler, uid, typed(*[MINE] * 2_000, step=step))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and len(text) < 400_000
    assert step == "autosave" or ("一份答复最多写 50 点" in text and text.count(MINE) == 50)
    assert stored(desk, uid)[1] == []
