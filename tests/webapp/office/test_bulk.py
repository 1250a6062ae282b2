"""Dispatching many appeals at once: picked, checked, dispatched in portions; each by itself, nothing twice."""

from collections.abc import Callable, Sequence

import pytest
from bs4 import BeautifulSoup
from sqlmodel import col, select

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, State
from models.audit.tables import AuditRow
from models.handling import commands
from models.handling.tables import AppealEvent
from models.handling.types import Action
from tests.conftest import SignIn
from tests.support.factories import IDENTITY, VAULT, Story, filing
from tests.support.page import PageClient, find_form, hidden_fields
from tests.support.statements import counting
from tests.webapp.office.conftest import Look, Make
from webapp.db import Database

LIST = "/office/appeals?state=to_dispatch"
URL = "/office/dispatch"


def soup_of(answer) -> BeautifulSoup:
    return BeautifulSoup(answer.data, "html.parser")


def pick(client: PageClient, appeals: Sequence[Appeal], *, at: str = LIST, **fields: object):
    """What the list's button sends."""
    form = find_form(client.soup(at), "/office/dispatch")
    return client.post(URL, data={**hidden_fields(form), "appeal": [one.uid for one in appeals], **fields})


def sent(page: BeautifulSoup, **changes: object) -> dict[str, object]:
    """The form of the page as a browser would send it: hidden fields, texts, what is ticked."""
    form = find_form(page, "/office/dispatch")
    data: dict[str, list[str]] = {}
    for tag in form.find_all("input"):
        if tag.get("type") != "checkbox" or tag.has_attr("checked"):
            data.setdefault(str(tag["name"]), []).append(str(tag.get("value", "")))
    return {**data, "step": "go", **changes}


def go(client: PageClient, appeals: Sequence[Appeal], **changes: object):
    return client.post(URL, data=sent(soup_of(pick(client, appeals)), **changes))


def lines(page: BeautifulSoup) -> dict[str, str]:
    rows = page.select("main tbody tr")
    return {row.find("td", {"data-label": "编号"}).get_text(): row.get_text(" ", strip=True) for row in rows}


@pytest.fixture
def many(database: Database) -> Callable[[int], list[Appeal]]:
    def made(count: int) -> list[Appeal]:
        with database.writing() as session:
            story = Story(session, title="食品经营许可第1件").to(State.ACCEPTED)
            return [story.appeal, *(_another(story, number) for number in range(2, count + 1))]

    return made


def _another(story: Story, number: int) -> Appeal:
    """Of the same people, so that 45 of them do not need 180 accounts."""
    said = filing(title=f"食品经营许可第{number}件")
    appeal = commands.submit(story.session, said, IDENTITY, VAULT, now=story.at)
    commands.accept(story.session, appeal, story.act(story.clerk))
    return appeal


def test_only_a_list_of_what_waits_can_be_picked_from_and_only_by_whoever_may_dispatch(
    make: Make, sign_in: SignIn
) -> None:
    make(State.ACCEPTED)
    make()
    for role, path, is_pickable in (
        (Role.CLERK, LIST, True), (Role.DIRECTOR, "/office/appeals?state=to_accept", True),
        (Role.CLERK, "/office/appeals", False), (Role.SUPERVISOR, LIST, False), (Role.LEADER, LIST, False),
    ):
        assert bool(sign_in(role).soup(path).select(".cell-pick input")) == is_pickable, (role, path)


def test_the_check_page_shows_unit_reason_and_dates_and_writes_nothing(
    make: Make, sign_in: SignIn, look: Look, database: Database
) -> None:
    suggested, told = make(State.ACCEPTED), make(State.ACCEPTED, title="没有线索", body="没有线索的内容，请核实。")
    report = make(State.ACCEPTED, kind=AppealKind.REPORT, against="税务局", title="乱收费用", body="一段情况说明。")
    clerk = sign_in(Role.CLERK)
    answer = pick(clerk, [suggested, told, report])
    page, rows = soup_of(answer), lines(soup_of(answer))
    units = {tag["name"][5:]: tag["value"] for tag in page.select("input[data-units]")}
    assert answer.status_code == 200
    assert units[suggested.uid] == "市监局" and units[told.uid] == ""
    text = page.main.get_text(" ", strip=True)
    assert "标题中提到“食品经营”" in text and "没有明显的承办单位" in text
    assert "签收 11月18日(周三) 核实 11月20日(周五) 办结 11月26日(周四)" in text
    assert len(rows) == 3
    ticked = {tag["value"] for tag in page.select("input[type=checkbox][checked]")}
    assert suggested.uid in ticked and told.uid not in ticked
    assert look(suggested).state is State.ACCEPTED and look(suggested).version == suggested.version


def test_one_unit_for_all_is_checked_for_each_and_a_report_against_it_is_refused_beside_its_unit(
    make: Make, sign_in: SignIn, look: Look
) -> None:
    plain, report = make(State.ACCEPTED), make(State.ACCEPTED, kind=AppealKind.REPORT, against="税务局")
    clerk = sign_in(Role.CLERK)
    page = soup_of(pick(clerk, [plain, report], unit="税务局"))
    error = page.find(id=f"unit-{report.uid}-error")
    assert error is not None and "举报件不能交给被反映单位" in error.get_text()
    assert page.find(id=f"unit-{plain.uid}-error") is None
    assert [chip.get_text() for chip in page.select("td .chip-soon")] == ["与建议不同"] * 2
    answer = clerk.post(URL, data=sent(page, **{f"unit-{report.uid}": "检察院", "appeal": [plain.uid, report.uid]}))
    assert answer.status_code == 200 and "已交办 2 件" in answer.get_data(as_text=True)
    assert look(plain).state is look(report).state is State.DISPATCHED


def test_a_refusal_stops_nobody_else_and_stays_in_the_log(
    make: Make, sign_in: SignIn, look: Look, database: Database
) -> None:
    first, report, gone = make(State.ACCEPTED), make(kind=AppealKind.REPORT, against="税务局"), make(State.ACCEPTED)
    clerk = sign_in(Role.CLERK)
    page = soup_of(pick(clerk, [first, report, gone], unit="税务局"))
    clerk.send(f"/office/triage/{gone.uid}", {"unit": "科工局", "level": "normal"}, action=f"/{gone.uid}/dispatch")
    answer = clerk.post(URL, data=sent(page, appeal=[first.uid, report.uid, gone.uid]))
    said = lines(soup_of(answer))
    assert answer.status_code == 200
    assert "已交办税务局，应于11月18日(周三)前签收" in said[first.number]
    assert "举报件不能交给" in said[report.number] and "已经办理过" in said[gone.number]
    assert look(report).state is State.SUBMITTED, "the acceptance before the refused dispatch is gone too"
    with database.reading() as session:
        denied = [row.facts["view"] for row in session.exec(select(AuditRow).where(col(AuditRow.action) == "denied"))]
    assert denied == [
        "office.dispatch_many:dispatch:accused_unit_cannot_handle", "office.dispatch_many:dispatch:changed_meanwhile",
    ]


def test_the_same_batch_sent_again_does_nothing_and_says_the_same(
    make: Make, sign_in: SignIn, history: Callable[[Appeal], list[AppealEvent]]
) -> None:
    done, report = make(), make(kind=AppealKind.REPORT, against="市监局", title="食品经营许可另一件")
    clerk = sign_in(Role.CLERK)
    page = soup_of(pick(clerk, [done, report], at="/office/appeals?state=to_accept"))
    data = sent(page, **{f"unit-{report.uid}": "市监局", "appeal": [done.uid, report.uid]})
    answers = [lines(soup_of(clerk.post(URL, data=data))) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2] and len(answers[0]) == 2
    assert [event.action for event in history(done)] == [Action.SUBMIT, Action.ACCEPT, Action.DISPATCH]
    colleague = sign_in(Role.CLERK)
    token = colleague.soup("/office").find("input", {"name": "csrf_token"})["value"]
    other = lines(soup_of(colleague.post(URL, data={**data, "csrf_token": token})))
    assert "已经办理过" in other[done.number], "somebody else's key is no key: the row has changed for them"


def test_many_go_in_portions_with_progress_and_may_be_stopped_with_the_result_kept(
    many: Callable[[int], list[Appeal]], sign_in: SignIn, look: Look
) -> None:
    appeals, clerk = many(45), sign_in(Role.CLERK)
    page = soup_of(go(clerk, appeals))
    assert page.h1.get_text() == "正在批量交办" and page.progress["value"] == "20" and page.progress["max"] == "45"
    assert "继续办理剩下的 25 件" in page.get_text()
    part = clerk.post(URL, data=sent(page), headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in part and 'id="bulk"' in part and 'value="40"' in part
    stopped = soup_of(clerk.post(URL, data=sent(page, step="stop")))
    assert "还有 5 件没有办" in stopped.get_text() and "已交办 40 件" in stopped.get_text()
    assert sum(look(one).state is State.DISPATCHED for one in appeals) == 40
    finished = soup_of(clerk.post(URL, data=sent(stopped)))
    assert finished.h1.get_text() == "批量交办结果" and "已交办 45 件" in finished.get_text()
    assert all(look(one).state is State.DISPATCHED for one in appeals)
    assert "hx-post" not in str(finished.main)


@pytest.mark.parametrize(
    "changes",
    [{"submission_key": ""}, {"submission_key": "short"}, {"csrf": None}],
    ids=["no key", "no real key", "unknown unit"],
)
def test_a_form_that_is_no_good_changes_nothing_and_keeps_what_was_chosen(
    make: Make, sign_in: SignIn, look: Look, changes: dict[str, object]
) -> None:
    appeal, clerk = make(State.ACCEPTED), sign_in(Role.CLERK)
    unit = "没有的局" if "csrf" in changes else "科工局"
    answer = go(clerk, [appeal], **{f"unit-{appeal.uid}": unit, **changes})
    assert answer.status_code == 422
    assert soup_of(answer).select_one("input[data-units]")["value"] == unit
    assert look(appeal).state is State.ACCEPTED


def test_strange_rows_are_no_failure_and_tell_nothing_of_what_exists(make: Make, sign_in: SignIn) -> None:
    appeal, clerk = make(State.ACCEPTED), sign_in(Role.CLERK)
    hidden = make(State.ACCEPTED, kind=AppealKind.REPORT, against="市监局")
    accused = sign_in(Role.CLERK, Role.HANDLER, unit="市监局")
    texts = []
    for uid in (hidden.uid, "0" * 32):
        page = soup_of(pick(accused, [appeal], appeal=[appeal.uid, uid]))
        texts.append(page.main.get_text().replace(uid, ""))
        data = {**sent(page), "appeal": [uid], f"unit-{uid}": "科工局", f"version-{uid}": "2"}
        said = soup_of(accused.post(URL, data=data)).main.get_text()
        texts.append(said)
    assert texts[:2] == texts[2:] and "有 1 件没有找到" in texts[0] and "没有找到这件诉求" in texts[1]
    for uid in ("x" * 3000, "\x00", "../../etc", appeal.uid.upper(), "<script>"):
        assert clerk.post(URL, data=sent(soup_of(pick(clerk, [appeal])), appeal=[uid])).status_code == 303
    assert pick(clerk, []).headers["Location"].endswith("/office/appeals?state=to_dispatch")


def test_a_page_full_costs_as_many_statements_as_one(
    many: Callable[[int], list[Appeal]], sign_in: SignIn, database: Database
) -> None:
    appeals, clerk, counts = many(12), sign_in(Role.CLERK), []
    pick(clerk, appeals[:1])
    for some in (appeals[:1], appeals):
        form = find_form(clerk.soup(LIST), "/office/dispatch")
        data = {**hidden_fields(form), "appeal": [one.uid for one in some]}
        with counting(database) as said:
            clerk.post(URL, data=data)
        counts.append(len(said))
    assert counts[0] == counts[1] <= 9


def test_a_unit_name_is_text_on_the_check_page(make: Make, sign_in: SignIn, database: Database) -> None:
    hostile = "<script>alert(1)</script>"
    with database.writing() as session:
        unit = unit_by_name(session, "科工局")
        unit.short_name = unit.full_name = hostile
        session.add(unit)
    appeal = make(State.ACCEPTED)
    answer = pick(sign_in(Role.CLERK), [appeal], unit=hostile)
    page = soup_of(answer)
    assert page.select_one("input[data-units]")["value"] == hostile
    assert not page.main.find_all("script") and hostile not in answer.get_data(as_text=True)
