"""What office, unit and appellant say to each other after the filing, as the appellant's own page shows it."""

from io import BytesIO
from typing import Any

import pytest

from models.accounts.types import Role
from models.appeals import attachment_rules
from models.appeals.attachment_rules import MOST_BYTES_TOGETHER, MOST_FILES
from models.appeals.queries import attachments
from models.appeals.types import State
from models.handling import notes, queries, supplements
from models.handling.types import Action
from tests.support.page import PageClient, find_form, hidden_fields
from tests.webapp.public.conftest import CODE, follow, page, picture
from webapp.db import Database
from webapp.files import MOST_BYTES

SECRET = "当事人曾到窗口反映，口径请与法规股统一。"
PROGRESS = "现场核查已经完成，正在制作许可证。"


def test_the_appellant_reads_progress_and_never_a_note(client: PageClient, story: Any) -> None:
    with story() as told:
        told.to(State.HANDLING)
        notes.note(told.session, told.appeal, told.act(told.handler), text=SECRET)
        notes.report_progress(told.session, told.appeal, told.act(told.handler), text=PROGRESS)
    follow(client, "2026-000001", CODE)
    shown = client.soup("/appeals/track").get_text(" ", strip=True)
    assert PROGRESS in shown and "进展：市监局报告办理情况" in shown
    assert SECRET not in shown and "内部说明" not in shown


NUMBER = "2026-000001"
QUESTION = "请补充变更申请的受理通知书照片，并说明提交的日期。"
ANSWER = "受理通知书见附件，十月二十六日提交。"


def said(client: PageClient) -> str:
    return " ".join(client.soup("/appeals/track").find("main").get_text(" ", strip=True).split())


def asked_by_office(story: Any, state: State = State.SUBMITTED) -> None:
    with story() as told:
        told.to(state)
        supplements.ask_supplement(told.session, told.appeal, told.act(told.clerk), question=QUESTION)


def asked_by_unit(story: Any, state: State = State.HANDLING) -> None:
    with story() as told:
        told.to(state)
        supplements.ask_appellant(told.session, told.appeal, told.act(told.handler), question=QUESTION)


def reply_to(client: PageClient, **fields: Any) -> Any:
    return client.send("/appeals/track", {"answer": ANSWER, **fields}, action="/answer")


@pytest.mark.parametrize("state", [State.SUBMITTED, State.ACCEPTED])
def test_the_office_asks_the_appeal_waits_and_the_answer_leads_back(
    client: PageClient, story: Any, stored: Any, database: Database, state: State
) -> None:
    asked_by_office(story, state)
    assert stored(NUMBER).state is State.AWAITING_SUPPLEMENT
    follow(client, NUMBER, CODE)
    assert QUESTION in said(client) and "市优办请您补充情况" in said(client)
    assert reply_to(client, attachments=(BytesIO(picture()), "受理通知书.png")).status_code == 303
    assert stored(NUMBER).state is state
    with database.reading() as session:
        last = queries.events(session, stored(NUMBER))[-1]
        files = attachments(session, stored(NUMBER))
    assert (last.action, last.public_note, last.effects["files"]) == (Action.ANSWER, ANSWER, [1])
    assert [one.display_name for one in files] == ["受理通知书.png"]
    assert "您补充了情况，并提交材料 1 份" in said(client)
    assert client.soup("/appeals/track").find(id="questions") is None


def test_a_units_question_changes_neither_state_nor_any_date(
    client: PageClient, story: Any, stored: Any, sign_in: Any
) -> None:
    """domain.md §4 rule 5: a question to the appellant alone does not pause."""
    with story() as told:
        told.to(State.HANDLING)
        before = (told.appeal.state, told.appeal.next_due_on, told.appeal.next_stage)
    uid = stored(NUMBER).uid
    handler = sign_in(Role.HANDLER, unit="市监局")
    sent = handler.send(f"/desk/appeals/{uid}", {"question": QUESTION}, action="/ask")
    row = stored(NUMBER)
    assert sent.status_code == 303 and row.has_question
    assert (row.state, row.next_due_on, row.next_stage) == before
    follow(client, NUMBER, CODE)
    assert "办理期限照常计算" in said(client)
    reply_to(client)
    row = stored(NUMBER)
    assert (row.state, row.next_due_on, row.next_stage) == before and not row.has_question
    shown = handler.soup(f"/desk/appeals/{uid}").find(id="appeal-timeline").get_text(" ", strip=True)
    assert ANSWER in shown and "诉求人 补充了情况" in shown


def test_the_answers_form_promises_no_more_files_than_are_taken(client: PageClient, story: Any) -> None:
    asked_by_unit(story)
    follow(client, NUMBER, CODE)
    control = client.soup("/appeals/track").find(id="attachments")
    most = (MOST_FILES, MOST_BYTES // 2**20, MOST_BYTES_TOGETHER // 2**20)
    assert tuple(int(control[f"data-{name}"]) for name in ("max-count", "max-mb", "total-mb")) == most
    told = client.soup("/appeals/track").find(id="attachments-help").get_text()
    assert "最多 {} 个，每个不超过 {} MB，合计不超过 {} MB".format(*most) in told


def test_an_empty_answer_loses_no_file_and_says_what_to_fill_in(client: PageClient, story: Any, stored: Any) -> None:
    asked_by_unit(story)
    follow(client, NUMBER, CODE)
    failed = reply_to(client, answer=" ", attachments=(BytesIO(picture()), "照片.png"))
    assert failed.status_code == 422
    assert "请填写要补充的情况" in page(failed).find(id="answer-error").get_text()
    assert "照片.png" in page(failed).get_text() and stored(NUMBER).has_question


def test_the_same_answer_sent_twice_is_one(client: PageClient, story: Any, stored: Any) -> None:
    asked_by_unit(story)
    follow(client, NUMBER, CODE)
    fields = {**hidden_fields(find_form(client.soup("/appeals/track"), "/answer")), "answer": ANSWER}
    first, second = (client.post("/appeals/track/answer", data=fields) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert stored(NUMBER).version == 7


def test_an_answer_nobody_asked_for_any_more_is_shown_again(client: PageClient, story: Any, stored: Any) -> None:
    asked_by_unit(story)
    follow(client, NUMBER, CODE)
    fields = {**hidden_fields(find_form(client.soup("/appeals/track"), "/answer")), "answer": ANSWER}
    client.post("/appeals/track/answer", data=fields)
    late = client.post("/appeals/track/answer", data={**fields, "answer": "另外的话"})
    assert late.status_code == 409 and "另外的话" in late.get_data(as_text=True)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.HANDLING, State.IN_REVIEW])
def test_the_appellant_withdraws_with_a_tick_and_nothing_stays_promised(
    client: PageClient, story: Any, stored: Any, state: State
) -> None:
    with story() as told:
        told.to(state)
    follow(client, NUMBER, CODE)
    unticked = client.send("/appeals/track", {"reason": "已经解决"}, action="/withdraw")
    assert unticked.status_code == 422 and stored(NUMBER).state is state
    assert "请先勾选" in page(unticked).get_text() and "已经解决" in page(unticked).get_text()
    sent = client.send("/appeals/track", {"reason": "已经解决", "confirmed": "y"}, action="/withdraw")
    row = stored(NUMBER)
    assert (sent.status_code, row.state, row.next_due_on) == (303, State.WITHDRAWN, None)
    assert "您已撤回这件诉求" in said(client) and client.soup("/appeals/track").find(string="撤回诉求") is None


def test_a_replied_appeal_cannot_be_withdrawn(client: PageClient, story: Any) -> None:
    with story() as told:
        told.to(State.REPLIED)
    follow(client, NUMBER, CODE)
    form = find_form(client.soup("/appeals/track"), "/end")
    client.post("/appeals/track/withdraw", data={**hidden_fields(form), "confirmed": "y"})
    assert "已经答复" in said(client)


def test_strangers_neither_answer_nor_withdraw(client: PageClient, story: Any, stored: Any) -> None:
    asked_by_unit(story)
    before = stored(NUMBER).version
    for path in ("/appeals/track/answer", "/appeals/track/withdraw"):
        fields = hidden_fields(find_form(client.soup("/appeals/track")))
        sent = client.post(path, data={**fields, "answer": ANSWER, "confirmed": "y"})
        assert sent.status_code == 303
    assert stored(NUMBER).version == before


COLOURS = ("navy", "red", "green", "blue", "white", "black", "grey")


@pytest.fixture
def ask_again(stored: Any, sign_in: Any) -> Any:
    """The unit has another question."""
    handler: list[PageClient] = []

    def ask() -> None:
        handler[:] = handler or [sign_in(Role.HANDLER, unit="市监局")]
        asked = handler[0].send(f"/desk/appeals/{stored(NUMBER).uid}", {"question": QUESTION}, action="/ask")
        assert asked.status_code == 303

    return ask


def pictures(*colours: str) -> list[Any]:
    return [(BytesIO(picture(one)), f"{one}.png") for one in colours]


def kept(database: Database, appeal: Any) -> list[str]:
    with database.reading() as session:
        return [one.display_name for one in attachments(session, appeal)]


def test_five_files_are_five_for_the_appeal_and_not_for_each_answer(
    client: PageClient, story: Any, stored: Any, database: Database, ask_again: Any
) -> None:
    """UPL-1: what the appeal holds already counts; the page says how many more may be sent."""
    asked_by_unit(story)
    follow(client, NUMBER, CODE)
    assert reply_to(client, attachments=pictures(*COLOURS[:3])).status_code == 303
    ask_again()
    control, told = (client.soup("/appeals/track").find(id=one) for one in ("attachments", "attachments-help"))
    assert control["data-max-count"] == "2" and "已有 3 个文件，还可以补交 2 个" in told.get_text()
    answer = reply_to(client, attachments=pictures(*COLOURS[3:6]))
    assert answer.status_code == 422
    assert "这件诉求已有 3 个文件，这次还可以补交 2 个" in page(answer).find(id="attachments-error").get_text()
    assert ANSWER in page(answer).find(id="answer").get_text()
    assert client.post("/appeals/track/answer", data=fields_of(answer) | {"answer": ANSWER}).status_code == 303
    assert len(kept(database, stored(NUMBER))) == 5, "two of the three had room"
    ask_again()
    full = client.soup("/appeals/track")
    assert "已有 5 个文件，已达上限" in full.find("p", id="attachments").get_text()
    fields = hidden_fields(find_form(full, "/answer"))
    late = client.post("/appeals/track/answer", data={**fields, "answer": ANSWER, "attachments": pictures("grey")})
    assert late.status_code == 422 and "这次的文件没有收下" in page(late).find(id="error-summary").get_text()
    assert client.post("/appeals/track/answer", data={**fields, "answer": ANSWER}).status_code == 303
    assert len(kept(database, stored(NUMBER))) == 5


def test_what_is_too_large_together_with_what_the_appeal_holds_is_refused(
    client: PageClient, story: Any, stored: Any, database: Database, ask_again: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_by_unit(story)
    follow(client, NUMBER, CODE)
    assert reply_to(client, attachments=pictures("navy")).status_code == 303
    ask_again()
    monkeypatch.setattr(attachment_rules, "MOST_BYTES_TOGETHER", len(picture("navy")) + 10)
    fields = hidden_fields(find_form(client.soup("/appeals/track"), "/answer"))
    answer = client.post("/appeals/track/answer", data={**fields, "answer": ANSWER, "attachments": pictures("red")})
    assert answer.status_code == 422 and "合计不超过 30 MB" in page(answer).find(id="error-summary").get_text()
    assert kept(database, stored(NUMBER)) == ["navy.png"]


def test_two_forms_cannot_fill_an_appeal_twice(
    client: PageClient, story: Any, stored: Any, database: Database, ask_again: Any
) -> None:
    """Each form's files had room when they came; the appeal is asked again under its lock."""
    asked_by_unit(story)
    follow(client, NUMBER, CODE)
    first = reply_to(client, answer=" ", attachments=pictures(*COLOURS[:3]))
    second = reply_to(client, answer=" ", attachments=pictures(*COLOURS[3:6]))
    assert client.post("/appeals/track/answer", data=fields_of(first) | {"answer": ANSWER}).status_code == 303
    ask_again()
    crowded = client.post("/appeals/track/answer", data=fields_of(second) | {"answer": ANSWER})
    assert crowded.status_code == 422
    assert "这次还可以补交 2 个" in page(crowded).find(id="attachments-error").get_text()
    assert len(kept(database, stored(NUMBER))) == 3 and stored(NUMBER).has_question
    removed = page(crowded).find("button", attrs={"name": "remove_file"})["value"]
    left = client.post("/appeals/track/answer", data=fields_of(crowded) | {"answer": ANSWER, "remove_file": removed})
    assert client.post("/appeals/track/answer", data=fields_of(left) | {"answer": ANSWER}).status_code == 303
    assert len(kept(database, stored(NUMBER))) == 5


def fields_of(answer: Any) -> dict[str, str]:
    return hidden_fields(find_form(page(answer), "/answer"))
