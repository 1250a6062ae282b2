"""A record over HTTP: begun by the office, answered and contested by the unit, decided by another person."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlmodel import col, select

from models.accounts.rules import PERMISSIONS
from models.accounts.types import Role
from models.appeals.types import State
from models.audit.tables import AuditRow
from models.supervision.ladder_acts import roles_of
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import Outcome, RecordAction, RecordKind, RecordState
from tests.conftest import SignIn
from tests.support.factories import IDENTITY, Story
from tests.support.page import PageClient, find_form, hidden_fields
from tests.support.statements import counting
from tests.support.supervised import DUE, Supervised, records, sweep_at, told
from webapp import ladder
from webapp.clock import now
from webapp.db import Database
from webapp.supervision.act_views import entrance
from webapp.supervision.acts import ACTS
from webapp.supervision.forms import OF_UNIT, ON_APPEAL

KIND = RecordKind
GROUNDS = "11月12日交办，催办两次仍未签收。"


@dataclass
class Case:
    """An appeal that 市监局 handles."""

    database: Database
    sign_in: SignIn
    uid: str
    number: str

    def record(self) -> SupervisionRecord:
        with self.database.reading() as session:
            return records(session)[-1]

    def told(self) -> list[str]:
        with self.database.reading() as session:
            return told(session, self.record())

    def begin(self, who: PageClient, kind: RecordKind, **fields: str):
        path = f"/supervision/appeals/{self.uid}/new/{kind.value}"
        given = {"ground": "overdue", "grounds": GROUNDS, **fields}
        return who.send(path, given, action=path)

    def begun(self, kind: RecordKind) -> str:
        """A record made without HTTP; its address."""
        with self.database.writing() as session:
            appeal = Story(session).to(State.HANDLING).appeal
            return f"/supervision/records/{Supervised(session, appeal).begin(kind).uid}"


@pytest.fixture
def case(app: Flask, database: Database, sign_in: SignIn) -> Case:
    with database.writing() as session:
        appeal = Story(session).to(State.VERIFYING).appeal
        return Case(database, sign_in, appeal.uid, appeal.number)


def text_of(answer) -> str:
    return answer.get_data(as_text=True)


ORDER = {"demand": "请于期限前核实并报告。", "responsible": "陈立群 局长", "workdays": "3"}


def test_an_order_is_issued_answered_reported_and_accepted(case):
    office, unit = case.sign_in(Role.SUPERVISOR), case.sign_in(Role.HANDLER, unit="市监局")
    link = office.soup(f"/office/appeals/{case.uid}").find("a", string="发督办单")
    assert link is not None
    answer = case.begin(office, KIND.SUPERVISION_ORDER, **ORDER)
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert (case.record().due_on, case.record().outcome) == (DUE, Outcome.PENDING)
    listed = unit.soup("/supervision/mine").get_text(" ", strip=True)
    assert "督办单" in listed and case.number in listed and "还剩 3 个工作日" in listed
    assert "督办单" in unit.soup(f"/desk/appeals/{case.uid}").find(id="ladder").get_text()
    assert unit.send(page, {"words": "正在核实。"}, action="/answer").status_code == 303
    assert unit.send(page, {"words": "已核实到位。"}, action="/report").status_code == 303
    shown = office.soup(page).get_text(" ", strip=True)
    assert "已报整改，待确认" in shown and "正在核实。" in shown and GROUNDS in shown
    assert office.send(page, {"words": ""}, action="/accept").status_code == 303
    assert (case.record().outcome, case.record().state) == (Outcome.MET, RecordState.CLOSED)
    assert case.told() == ["issue", "answer", "report", "accept"]


def test_whoever_accepts_reads_the_report_beside_the_button_and_its_day_counts(case, clock):
    office, unit = case.sign_in(Role.SUPERVISOR), case.sign_in(Role.HANDLER, unit="市监局")
    page = case.begin(office, KIND.SUPERVISION_ORDER, **ORDER).headers["Location"]
    assert "还剩 3 个工作日" in office.soup(page).h1.parent.get_text()
    unit.send(page, {"words": "已核实到位。"}, action="/report")
    clock.shift(timedelta(days=10))
    office = case.sign_in(Role.SUPERVISOR)
    shown = office.soup(page)
    assert "已核实到位。" in find_form(shown, "/accept").parent.get_text()
    for place in (shown, office.soup("/supervision"), office.soup(f"/office/appeals/{case.uid}").find(id="ladder")):
        text = place.get_text(" ", strip=True)
        assert "按期报告" in text and "已超 7 个工作日" not in text, "a report in time is not late while nobody looks"


def test_a_card_is_contested_and_another_person_revokes_it(case, database, clock):
    clock.shift(timedelta(days=10))
    ladder.climb(database, sweep_at(now()))
    unit, office = case.sign_in(Role.APPROVER, unit="市监局"), case.sign_in(Role.SUPERVISOR)
    with database.reading() as session:
        card = next(one for one in records(session) if one.kind is KIND.RED_CARD)
    page = f"/supervision/records/{card.uid}"
    shown = unit.soup(page)
    assert "申诉期限" in shown.get_text() and "系统" in shown.get_text()
    assert unit.send(page, {"words": "系统停机两日。"}, action="/contest").status_code == 303
    assert "单位已申诉，待复核" in office.soup("/supervision?show=contested").get_text()
    assert "系统停机两日。" in find_form(office.soup(page), "/uphold").parent.get_text()
    assert office.send(page, {"words": "情况属实。"}, action="/revoke").status_code == 303
    after = unit.soup(page)
    assert "已撤销" in after.get_text() and "情况属实。" in after.get_text()
    assert after.find("form", action=lambda text: text and text.endswith("/contest")) is None


def test_the_issuer_is_refused_to_decide_on_their_own_card_and_it_is_logged(case, database):
    office, unit = case.sign_in(Role.SUPERVISOR), case.sign_in(Role.HANDLER, unit="市监局")
    page = case.begin(office, KIND.RED_CARD).headers["Location"]
    unit.send(page, {"words": "不服。"}, action="/contest")
    other = case.sign_in(Role.DIRECTOR)
    form = {"words": "撤销。", **hidden(other, page, "/revoke")}
    assert office.soup(page).find("form", action=f"{page}/revoke") is None
    form["csrf_token"] = token(office)
    answer = office.post(f"{page}/revoke", data=form)
    assert answer.status_code == 422 and "不能由发出的人自己复核" in text_of(answer) and "撤销。" in text_of(answer)
    with database.reading() as session:
        denied = [row for row in session.exec(select(AuditRow).order_by(col(AuditRow.seq))) if row.action == "denied"]
    assert denied[-1].facts["view"] == "supervision.revoke:issuer_decides_not"
    assert case.record().state is RecordState.IN_FORCE
    assert other.send(page, {"words": "维持。"}, action="/uphold").status_code == 303


def hidden(who: PageClient, page: str, action: str) -> dict[str, str]:
    return hidden_fields(find_form(who.soup(page), action))


def token(who: PageClient) -> str:
    return str(who.soup("/account").find("input", attrs={"name": "csrf_token"})["value"])


def test_what_is_missing_stands_beside_its_field_and_nothing_is_lost(case):
    office = case.sign_in(Role.SUPERVISOR)
    answer = case.begin(office, KIND.SUPERVISION_ORDER, ground="", demand="只写了要求。", workdays="３０")
    assert answer.status_code == 422
    for name in ("ground", "responsible", "workdays"):
        assert f'id="{name}-error"' in text_of(answer)
    assert "只写了要求。" in text_of(answer) and GROUNDS in text_of(answer)


@pytest.mark.parametrize("grounds", ["电话13873712345的业主反映", "身份证 430981 19900101 1234 的当事人"])
def test_grounds_name_nobody(case, grounds):
    answer = case.begin(case.sign_in(Role.SUPERVISOR), KIND.RED_CARD, grounds=grounds)
    assert answer.status_code == 422 and "请不要在这里写电话号码" in text_of(answer)


@pytest.mark.parametrize("workdays", ["0", "31", "-1", "1.5", "²", "9" * 50, ""])
def test_a_term_that_is_none_is_refused(case, workdays):
    answer = case.begin(case.sign_in(Role.SUPERVISOR), KIND.SUPERVISION_ORDER, **{**ORDER, "workdays": workdays})
    assert answer.status_code == 422 and 'id="workdays-error"' in text_of(answer)


@pytest.mark.parametrize("kind", ON_APPEAL)
def test_every_kind_is_begun_from_an_appeals_page(case, kind):
    fields = {"recipient": "沅江市纪委监委", "month": "2026-11", **ORDER}
    if kind is KIND.TRANSFER:
        fields["ground"] = "discipline"
    answer = case.begin(case.sign_in(Role.DIRECTOR), kind, **fields)
    assert answer.status_code == 303
    assert (case.record().kind, case.record().stage) == (kind, None)


@pytest.mark.parametrize("kind", OF_UNIT)
def test_some_kinds_need_no_appeal(case, kind):
    office = case.sign_in(Role.SUPERVISOR)
    path = f"/supervision/new/{kind.value}"
    fields = {"unit": "税务局", "grounds": GROUNDS, "recipient": "沅江市纪委监委", "month": "2026-11", **ORDER,
              "ground": "discipline" if kind is KIND.TRANSFER else "other"}
    assert office.send(path, {**fields, "unit": "没有这个局"}, action=path).status_code == 422
    answer = office.send(path, fields, action=path)
    assert answer.status_code == 303
    assert case.record().appeal_id is None
    assert office.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("kind", ["reminder", "blue_card", "instruction", "nonsense"])
def test_what_time_or_a_leader_issues_is_begun_nowhere_else(case, kind):
    office = case.sign_in(Role.DIRECTOR)
    assert office.get(f"/supervision/appeals/{case.uid}/new/{kind}").status_code == 404
    assert office.get(f"/supervision/new/{kind}").status_code == 404


def test_the_same_form_sent_twice_issues_once(case):
    office = case.sign_in(Role.SUPERVISOR)
    path = f"/supervision/appeals/{case.uid}/new/red_card"
    data = {"ground": "overdue", "grounds": GROUNDS, **hidden(office, path, path)}
    assert [office.post(path, data=data).status_code for _ in range(2)] == [303, 303]
    with case.database.reading() as session:
        assert len(records(session)) == 1


def test_a_record_that_changed_meanwhile_is_a_conflict_and_the_words_stay(case):
    page = case.begun(KIND.RED_CARD)
    office, unit = case.sign_in(Role.SUPERVISOR), case.sign_in(Role.HANDLER, unit="市监局")
    stale = {"words": "撤销的理由写在这里。", **hidden(office, page, "/revoke")}
    unit.send(page, {"words": "说明在先。"}, action="/answer")
    answer = office.post(f"{page}/revoke", data=stale)
    assert answer.status_code == 409 and "撤销的理由写在这里。" in text_of(answer) and "说明在先。" in text_of(answer)
    again = {"words": "撤销的理由写在这里。", **hidden(office, page, "/revoke")}
    assert office.post(f"{page}/revoke", data=again).status_code == 303


# ---------------------------------------------------------------- instructions and interviews


def test_a_leaders_instruction_goes_by_the_office_to_the_unit(case):
    leader, office = case.sign_in(Role.LEADER), case.sign_in(Role.SUPERVISOR)
    unit = case.sign_in(Role.HANDLER, unit="市监局")
    assert leader.soup(f"/office/appeals/{case.uid}").find("a", string="作批示") is not None
    path = f"/supervision/appeals/{case.uid}/instruct"
    assert leader.send(path, {"demand": "请加快。", "due_on": "2026-11-17"}, action=path).status_code == 422
    page = leader.send(path, {"demand": "请加快。", "due_on": "2026-11-23"}, action=path).headers["Location"]
    row = leader.soup("/supervision/instructions").find("tbody").get_text(" ", strip=True)
    assert case.number in row and "请加快。" in row and "还剩 4 个工作日" in row
    assert unit.get(page).status_code == 404
    assert "待市优办转办" in office.soup("/supervision?show=to_decide").get_text()
    assert office.send(page, {"words": "请按批示办理。"}, action="/forward").status_code == 303
    assert "请加快。" in unit.soup(page).get_text()
    assert unit.send(page, {"words": "已办。"}, action="/report").status_code == 303
    assert office.send(page, {}, action="/accept").status_code == 303
    assert "按期完成" in leader.soup(page).get_text()


def test_an_interview_is_proposed_decided_announced_held_and_closed(case):
    office, director = case.sign_in(Role.SUPERVISOR), case.sign_in(Role.DIRECTOR)
    unit = case.sign_in(Role.APPROVER, unit="市监局")
    page = case.begin(office, KIND.INTERVIEW, responsible="主要负责人").headers["Location"]
    assert unit.get(page).status_code == 404
    assert director.send(page, {"words": "同意。"}, action="/hold-interview").status_code == 303
    notice = {"held_on": "2026-11-19", "held_at": "上午9:30", "place": "市优办会议室", "attend": "主要负责人",
              "bring": "整改方案"}
    assert office.send(page, {**notice, "held_on": "2026-11-16"}, action="/notify").status_code == 422
    assert office.send(page, notice, action="/notify").status_code == 303
    assert "2026年11月19日上午9:30，市优办会议室，主要负责人参加，携带整改方案" in unit.soup(page).get_text()
    minutes = {"words": "指出了问题，单位表态整改。", "workdays": "3"}
    assert office.send(page, minutes, action="/record-minutes").status_code == 303
    assert case.record().due_on == DUE
    unit.send(page, {"words": "已整改。"}, action="/report")
    assert office.send(page, {"words": "到位。"}, action="/accept").status_code == 303
    assert case.record().outcome is Outcome.MET


# ---------------------------------------------------------------- who sees what


def test_the_views_doors_are_those_of_the_table():
    for action in ACTS:
        assert roles_of(action) == PERMISSIONS[entrance(action)], action
    timed = {RecordAction.ISSUE, RecordAction.PROPOSE, RecordAction.MISS}
    assert set(ACTS) == set(RecordAction) - timed


def test_another_unit_finds_nothing(case):
    page = case.begun(KIND.RED_CARD)
    other = case.sign_in(Role.HANDLER, unit="税务局")
    assert other.get(page).status_code == 404
    assert "没有督办事项" in other.soup("/supervision/mine").get_text()


def test_a_record_tells_no_identity(case, database):
    page = case.begun(KIND.RED_CARD)
    for who in (case.sign_in(Role.HANDLER, unit="市监局"), case.sign_in(Role.SUPERVISOR), case.sign_in(Role.LEADER)):
        shown = text_of(who.get(page))
        assert IDENTITY.name not in shown and IDENTITY.phone not in shown


def test_evidence_is_told_in_words_as_it_stood_and_stays(case, database):
    page = case.begun(KIND.YELLOW_CARD)
    office = case.sign_in(Role.SUPERVISOR)
    before = office.soup(page).find(id="evidence").get_text(" ", strip=True)
    assert "市监局自11月17日(周二)承办" in before and "办结" in before and "11月26日(周四)前" in before
    with time_machine.travel("2026-11-18T02:00:00+00:00", tick=False), database.writing() as session:
        Supervised(session, Story(session).to(State.CLOSED).appeal)
    assert office.soup(page).find(id="evidence").get_text(" ", strip=True) == before


# ---------------------------------------------------------------- lists and thresholds


def test_the_list_asks_the_database_as_often_for_thirty_records_as_for_three(case, database):
    office = case.sign_in(Role.SUPERVISOR)
    counts = []
    for more in (3, 27):
        for _ in range(more):
            case.begun(KIND.YELLOW_CARD)
        with counting(database) as said:
            office.get("/supervision")
        counts.append(len(said))
    assert counts[0] == counts[1]


def test_the_filters_stand_in_the_address(case):
    case.begun(KIND.YELLOW_CARD)
    case.begun(KIND.SUPERVISION_ORDER)
    office = case.sign_in(Role.SUPERVISOR)
    for query, shown, hidden_kind in (
        ("kind=yellow_card", "黄牌", "督办单"), ("show=running", "督办单", "黄牌"),
    ):
        rows = office.soup(f"/supervision?{query}").find("tbody").get_text()
        assert shown in rows and hidden_kind not in rows
    assert "没有符合条件的督办" in office.soup("/supervision?month=2026-10").get_text()
    assert "没有符合条件的督办" in office.soup("/supervision?unit=税务局").get_text()
    assert office.soup("/supervision?unit=市监局&month=2026-11&kind=yellow_card").find("tbody") is not None
    assert office.get("/supervision?unit=x&kind=__class__&show=zz&month=9999-99&page=0").status_code == 200


def test_the_list_answers_with_its_part_alone(case):
    case.begun(KIND.YELLOW_CARD)
    answer = case.sign_in(Role.SUPERVISOR).get("/supervision", headers={"HX-Request": "true"})
    assert text_of(answer).lstrip().startswith('<div id="ladder-list">')


POLICY = {"remind_workdays_before": "2", "blue_workdays_left": "1", "reminder_slip_workdays_after": "1",
          "yellow_workdays_over": "0", "red_workdays_over": "5", "contest_workdays": "5", "in_force_from": "2026-11-18",
          "basis": "市优办会议纪要第3号"}  # fmt: skip


def test_the_director_makes_a_new_version_of_the_ladder(case, database):
    director = case.sign_in(Role.DIRECTOR)
    assert director.send("/supervision/policy", POLICY, action="/policy").status_code == 303
    shown = director.soup("/supervision/policy").get_text(" ", strip=True)
    assert "第2版" in shown and "0 / 5" in shown
    assert "修改" not in case.sign_in(Role.SUPERVISOR).soup("/supervision/policy").find("main").get_text().replace(
        "修改人", ""
    )


@pytest.mark.parametrize(("change", "field"), [
    ({"red_workdays_over": "x"}, "red_workdays_over"), ({"yellow_workdays_over": "6"}, "red_workdays_over"),
    ({"in_force_from": "2026-11-16"}, "in_force_from"), ({"in_force_from": ""}, "in_force_from"),
    ({"basis": ""}, "basis"),
])  # fmt: skip
def test_thresholds_that_cannot_be_are_told_beside_their_field(case, change, field):
    answer = case.sign_in(Role.DIRECTOR).send("/supervision/policy", {**POLICY, **change}, action="/policy")
    assert answer.status_code == 422 and f'id="{field}-error"' in text_of(answer)
