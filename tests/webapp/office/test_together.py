"""Assisting units and merged appeals over HTTP: dispatch, the unit's pages, the lead's editor, undoing it."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling import assistance, linking, queries
from models.handling.assistance import Task
from tests.support.factories import Story
from tests.support.page import hidden_fields
from tests.support.statements import counting
from webapp import clock

TASK = "请核对近三年的纳税记录。"


def told(database, state=State.HANDLING, *, merged=False, workdays=3, until=""):
    """(uid, number) of an appeal at 市监局 in which 税务局 assists, and with another merged into it."""
    with database.writing() as session:
        story = Story(session, at=clock.now() - timedelta(days=1)).to(State.DISPATCHED)
        task = Task(unit_by_name(session, "税务局"), TASK, workdays, is_late_meant=True)
        assistance.assist(session, story.appeal, story.act(story.clerk), task)
        story.to(state)
        if merged:
            other = Story(session, title="并入的那一件", demands=("请退还多收的款项。",), at=story.at)
            linking.merge(session, other.appeal, story.act(story.clerk), main=story.appeal)
        return story.appeal.uid, story.appeal.number


def row(database, uid):
    with database.reading() as session:
        return session.exec(select(Appeal).where(Appeal.uid == uid)).one()


def tasks(database, uid):
    with database.reading() as session:
        return queries.assistances(session, session.exec(select(Appeal).where(Appeal.uid == uid)).one())


def post(client, path, form_path, **fields):
    """The form of that page whose action is `path`, with what is typed; the answer's page is in `client.page`."""
    answer = client.send(form_path, fields, action=path)
    client.page = BeautifulSoup(answer.data, "html.parser")
    return answer


# ---------------------------------------------------------------- the office asks


def test_a_dispatch_names_assisting_units_each_with_its_date(database, sign_in):
    with database.writing() as session:
        uid = Story(session, at=clock.now()).appeal.uid
    clerk, triage = sign_in(Role.CLERK), f"/office/triage/{uid}"
    fields = {
        "unit": "市监局", "level": "normal", "assist_unit": "税务局", "assist_task": TASK, "assist_workdays": "2",
        "assist2_unit": "财政局", "assist2_task": "请核对拨款。", "assist2_workdays": "5",
    }
    answer = post(clerk, f"/office/appeals/{uid}/dispatch", triage, **fields)
    assert answer.status_code == 303
    assert [one.workdays for one in tasks(database, uid)] == [2, 5]
    assert row(database, uid).state is State.DISPATCHED
    page = clerk.soup(f"/office/appeals/{uid}").select_one("#assistances").get_text()
    assert TASK in page and "财政局" in page and "为什么是这一天" in page


@pytest.mark.parametrize(("fields", "field"), [
    ({"assist_unit": "税务局"}, "assist_task"),
    ({"assist_task": TASK}, "assist_unit"),
    ({"assist_unit": "不存在局", "assist_task": TASK}, "assist_unit"),
    ({"assist_unit": "市监局", "assist_task": TASK}, "assist_unit"),
    ({"assist_unit": "税务局", "assist_task": TASK, "assist_workdays": "０"}, "assist_workdays"),
    ({"assist_unit": "税务局", "assist_task": TASK, "assist_workdays": "31"}, "assist_workdays"),
    ({"assist_unit": "税务局", "assist_task": TASK, "assist_workdays": "20"}, "assist_workdays"),
])  # fmt: skip
def test_what_is_wrong_with_a_task_stands_beside_it_and_nothing_is_dispatched(database, sign_in, fields, field):
    with database.writing() as session:
        uid = Story(session, at=clock.now()).appeal.uid
    clerk = sign_in(Role.CLERK)
    given = {"unit": "市监局", "level": "normal", "assist_workdays": "3", "assist2_workdays": "3"} | fields
    answer = post(clerk, f"/office/appeals/{uid}/dispatch", f"/office/triage/{uid}", **given)
    assert answer.status_code == 422
    assert clerk.page.select_one(f"#{field}-error"), clerk.page.select_one("#error-summary")
    assert row(database, uid).state is State.SUBMITTED
    if "assist_task" in fields:
        assert clerk.page.select_one("[name=assist_task]").get_text().strip() == TASK, "what was typed is kept"


def test_the_office_asks_one_more_unit_and_takes_a_task_back(database, sign_in):
    uid, _ = told(database)
    clerk, page = sign_in(Role.CLERK), f"/office/appeals/{uid}"
    answer = post(clerk, f"{page}/assist", page, assist_unit="财政局", assist_task="请核对拨款。", assist_workdays="1")
    assert answer.status_code == 303
    answer = post(clerk, f"{page}/end-assistance", page, no="1", reason="不再需要。")
    assert answer.status_code == 303
    assert [one.status for one in tasks(database, uid)] == ["ended", "to_sign"]


def test_the_board_counts_assisting_units_that_are_late(database, sign_in, monkeypatch):
    told(database, workdays=1)
    later = clock.now() + timedelta(days=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    [link] = [one for one in sign_in(Role.CLERK).soup("/office").select(".counter") if "协办超期" in one.get_text()]
    assert link.get_text(strip=True).endswith("1")
    assert "2026" in sign_in(Role.CLERK).soup(link["href"]).select_one("table").get_text()


# ---------------------------------------------------------------- the assisting unit


def test_the_unit_signs_writes_and_sends_and_only_then_does_the_lead_read_it(database, sign_in):
    uid, number = told(database)
    handler, head = (sign_in(role, unit="税务局") for role in (Role.HANDLER, Role.APPROVER))
    lead = sign_in(Role.HANDLER, unit="市监局")
    page = f"/desk/assist/{uid}"
    assert number in handler.soup("/desk/assist").get_text()
    assert post(handler, f"{page}/sign", page).status_code == 303
    assert post(handler, f"{page}/propose", page, contribution="").status_code == 422
    assert post(handler, f"{page}/propose", page, contribution="记录属实，没有欠税。").status_code == 303
    assert "没有欠税" not in lead.soup(f"/desk/appeals/{uid}").get_text(), "what is not signed off is the unit's own"
    assert post(head, f"{page}/send-back", page, reason="请附清单。").status_code == 303
    assert "没有欠税" in handler.soup(page).select_one("[name=contribution]").get_text()
    assert post(handler, f"{page}/propose", page, contribution="记录属实，清单见附件。").status_code == 303
    assert post(head, f"{page}/send", page).status_code == 303
    for where in (f"/desk/appeals/{uid}", f"/desk/appeals/{uid}/reply"):
        assert "清单见附件" in lead.soup(where).select_one("#assistances").get_text()


def test_the_unit_sees_the_statement_and_neither_who_filed_it_nor_the_leads_work(database, sign_in):
    uid, _ = told(database)
    handler = sign_in(Role.HANDLER, unit="税务局")
    text = handler.soup(f"/desk/assist/{uid}").get_text()
    assert "食品经营许可变更" in text and TASK in text
    for secret in ("周喆珺", "13873712345", "桔城大道", "系统显示材料流转", "核实到位"):
        assert secret not in text
    assert handler.get(f"/desk/appeals/{uid}").status_code == 404
    assert handler.get(f"/desk/appeals/{uid}/reply").status_code == 404
    assert uid not in str(handler.soup("/desk?show=all"))


def test_a_colleague_who_was_faster_leaves_both_texts_on_the_page(database, sign_in):
    uid, _ = told(database)
    one, two = (sign_in(Role.HANDLER, unit="税务局") for _ in range(2))
    page = f"/desk/assist/{uid}"
    post(one, f"{page}/sign", page)
    stale = hidden_fields(two.soup(page).select_one("form[action$=propose]"))
    post(one, f"{page}/propose", page, contribution="甲写的意见")
    answer = two.post(f"{page}/propose", data=stale | {"contribution": "乙写的意见"})
    shown = BeautifulSoup(answer.data, "html.parser")
    assert answer.status_code == 409
    assert "甲写的意见" in shown.get_text() and "乙写的意见" in shown.get_text()


def test_the_list_costs_the_same_for_one_task_and_for_many(app, database, sign_in):
    told(database)
    handler = sign_in(Role.HANDLER, unit="税务局")
    handler.get("/desk/assist")
    with counting(database) as few:
        handler.get("/desk/assist")
    for _ in range(3):
        told(database)
    with counting(database) as many:
        handler.get("/desk/assist")
    assert len(few) == len(many)


# ---------------------------------------------------------------- merging


def test_merging_from_triage_and_undoing_it(database, sign_in):
    main, number = told(database)
    with database.writing() as session:
        uid = Story(session, at=clock.now()).appeal.uid
    clerk, page = sign_in(Role.CLERK), f"/office/appeals/{uid}"
    wrong = post(clerk, f"{page}/merge", f"/office/triage/{uid}", number="2020-000001", reason="同一事项。")
    assert wrong.status_code == 422 and clerk.page.select_one("#number-error")
    assert clerk.page.select_one("[name=reason]").get_text().strip() == "同一事项。"
    answer = post(clerk, f"{page}/merge", f"/office/triage/{uid}", number=number, reason="同一事项。")
    assert answer.status_code == 303
    assert row(database, uid).state is State.MERGED
    shown = clerk.soup(page)
    first = shown.select_one("main section")
    assert first["id"] == "main-appeal" and number in first.get_text() and first.time
    assert shown.select_one("details:not([open]) #act-unmerge"), "a rare act, folded like the others"
    assert "并入本件的 1 件" in clerk.soup(f"/office/appeals/{main}").get_text()
    assert post(clerk, f"{page}/unmerge", page, reason="不是同一事项。").status_code == 303
    assert row(database, uid).state is State.SUBMITTED


def test_the_lead_answers_the_merged_demands_in_the_same_editor(database, sign_in):
    uid, _ = told(database, merged=True)
    lead = sign_in(Role.HANDLER, unit="市监局")
    page = lead.soup(f"/desk/appeals/{uid}/reply")
    assert len(page.select("select[name$=-outcome]")) == 3
    assert "请退还多收的款项" in page.get_text() and "并入件" in page.get_text()
    text = lead.soup(f"/desk/appeals/{uid}").select_one("#merged").get_text()
    assert "请退还多收的款项" in text and "周喆珺" not in text


def test_a_form_from_before_the_merge_gets_the_new_blocks_and_keeps_its_text(database, sign_in):
    uid, number = told(database)
    lead = sign_in(Role.HANDLER, unit="市监局")
    path = f"/desk/appeals/{uid}/reply"
    page = lead.soup(path)
    fields = {tag["name"]: tag.get("value", "") for tag in page.select("#reply-form input[type=hidden]")}
    fields |= {"entries-0-outcome": "solved", "entries-0-facts": "已经写好的话", "step": "propose"}
    with database.writing() as session:
        other = Story(session, demands=("请退还多收的款项。",), at=clock.now())
        main = session.exec(select(Appeal).where(Appeal.number == number)).one()
        linking.merge(session, other.appeal, other.act(other.clerk), main=main)
    answer = lead.post(path, data=fields)
    assert answer.status_code in (409, 422)
    shown = BeautifulSoup(answer.data, "html.parser")
    assert len(shown.select("select[name$=-outcome]")) == 3
    assert "已经写好的话" in str(shown)


def test_linking_shows_each_beside_the_other_and_can_be_undone(database, sign_in):
    uid, number = told(database)
    other, other_number = told(database)
    clerk, page = sign_in(Role.CLERK), f"/office/appeals/{uid}"
    wrong = post(clerk, f"{page}/link", page, number=number)
    assert wrong.status_code == 422 and clerk.page.select_one("#number-error")
    assert post(clerk, f"{page}/link", page, number=other_number).status_code == 303
    assert number in clerk.soup(f"/office/appeals/{other}").get_text()
    assert post(clerk, f"{page}/unlink", page, number=other_number).status_code == 303
    assert other_number not in clerk.soup(page).select_one("main > .split, main").get_text().split("经过")[0]
