"""The register of work errors over HTTP: registered, answered, changed, revoked, and who is shown what."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import update
from sqlmodel import col, select
from werkzeug.test import TestResponse

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.types import AppealKind, State
from models.audit.tables import AuditRow
from models.supervision.work_error_tables import WorkError, WorkErrorEvent
from models.supervision.work_error_types import Circumstance, Grade, Source, Status
from tests.conftest import SignIn
from tests.support import actors
from tests.support.factories import Story
from tests.support.page import PageClient, hidden_fields
from tests.support.work_errors import work_error
from webapp.consistency import StoredFiles, problems
from webapp.db import Database

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
FILLED = {
    "unit": "市监局", "occurred_on": "2026-11-12", "content": "报送的统计表漏报两家企业，会前发现并更正。",
    "source": "own_check", "grade": "slight", "accountability": "由分管负责人批评教育。",
}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@dataclass
class Register:
    database: Database
    sign_in: SignIn

    def supervisor(self) -> PageClient:
        return self.sign_in(Role.SUPERVISOR, unit="市优办")

    def director(self) -> PageClient:
        return self.sign_in(Role.DIRECTOR, unit="市优办")

    def head(self, unit: str = "市监局") -> PageClient:
        return self.sign_in(Role.APPROVER, unit=unit)

    def entry(self, unit: str = "市监局", grade: Grade = Grade.SLIGHT, **changes: object) -> str:
        with self.database.writing() as session:
            return work_error(session, unit, grade, **changes).uid

    def rows(self) -> list[WorkError]:
        with self.database.reading() as session:
            return list(session.exec(select(WorkError).order_by(col(WorkError.id))).all())

    def happened(self) -> list[str]:
        with self.database.reading() as session:
            found = session.exec(select(WorkErrorEvent).order_by(col(WorkErrorEvent.id))).all()
            return [one.happened.value for one in found]

    def denials(self) -> list[str]:
        with self.database.reading() as session:
            found = session.exec(select(AuditRow).where(col(AuditRow.action) == "denied")).all()
            return [str(one.facts["view"]) for one in found]


@pytest.fixture
def register(app: object, database: Database, sign_in: SignIn) -> Register:
    return Register(database, sign_in)


def told(answer: TestResponse, field: str = "") -> str:
    """What stands beside the field; of the whole page without one."""
    page = BeautifulSoup(answer.data, "html.parser")
    found = page.select_one(f"#{field}-error") if field else page
    return " ".join(found.get_text(" ").split()) if found else ""


def registered(who: PageClient, **changes: object) -> TestResponse:
    return who.send("/work-errors/new", {**FILLED, **changes})


# ---------------------------------------------------------------- registering


def test_a_supervisor_registers_an_error_and_the_unit_reads_it(register: Register) -> None:
    answer = registered(register.supervisor())
    assert answer.status_code == 303
    [row] = register.rows()
    assert answer.headers["Location"] == f"/work-errors/{row.uid}"
    assert (row.grade, row.source, row.occurred_on) == (Grade.SLIGHT, Source.OWN_CHECK, date(2026, 11, 12))
    unit = register.head()
    assert FILLED["content"] in unit.soup("/work-errors").get_text()
    text = unit.soup(f"/work-errors/{row.uid}").get_text()
    assert "错情〔2026〕1号" in text and "由分管负责人批评教育。" in text and "第十六条" in text
    assert register.head("税务局").get(f"/work-errors/{row.uid}").status_code == 404


def test_a_grade_below_what_the_circumstance_makes_is_refused_and_the_clause_is_named(register: Register) -> None:
    proven = {"source": "petition", "circumstances": "7-4"}
    answer = registered(register.supervisor(), **proven, grade="general")
    assert answer.status_code == 422
    assert "第七条第（四）项" in told(answer, "grade") and "视为较大差错" in told(answer, "grade")
    assert register.rows() == []
    page = BeautifulSoup(answer.data, "html.parser")
    assert page.select_one("[name=content]").get_text().strip() == FILLED["content"]  # type: ignore[union-attr]
    assert page.select_one('[name=circumstances][value="7-4"]').has_attr("checked")  # type: ignore[union-attr]
    assert registered(register.supervisor(), **proven, grade="larger").status_code == 303


def test_a_complaint_says_whether_it_proved_true(register: Register) -> None:
    answer = registered(register.supervisor(), source="appeal")
    assert answer.status_code == 422
    said = told(answer, "circumstances")
    assert "第七条第（四）项" in said and "第八条第（五）项" in said and "不属实" in said


@pytest.mark.parametrize(("changes", "field", "said"), [
    ({"unit": ""}, "unit", "请选择责任单位"), ({"unit": "没有的局"}, "unit", "没有名为"),
    ({"occurred_on": ""}, "occurred_on", "请填写错情发生的日期"),
    ({"occurred_on": "2026-11-19"}, "occurred_on", "不能晚于今天"),
    ({"content": " "}, "content", "请写明错情内容"), ({"source": "x"}, "source", "请选择错情来源"),
    ({"grade": "x"}, "grade", "请选择错情类型"), ({"grade": "serious"}, "circumstances", "第八条"),
    ({"content": "电话13873712345的人反映。"}, "content", "请不要写电话号码"),
    ({"appeal_number": "2026-999999"}, "appeal_number", "没有找到这个编号的诉求"),
    ({"source": "other", "circumstances": "8-6", "grade": "serious"}, "basis", "市委组织部"),
])  # fmt: skip
def test_what_is_missing_or_wrong_is_told_beside_its_field(
    register: Register, changes: dict[str, str], field: str, said: str
) -> None:
    answer = registered(register.supervisor(), **changes)
    assert answer.status_code == 422 and said in told(answer, field)
    assert register.rows() == []


def test_a_serious_error_is_to_be_reported_at_once(register: Register) -> None:
    who = register.supervisor()
    for unit, recipient in (("市监局", "市政府办"), ("草尾镇", "市委办")):
        answer = registered(who, unit=unit, source="leaders", circumstances="8-3", grade="serious")
        text = who.soup(answer.headers["Location"]).get_text()
        assert f"应当立即向{recipient}报告" in text


def test_a_double_click_registers_once(register: Register) -> None:
    who = register.supervisor()
    form = hidden_fields(who.soup("/work-errors/new").select_one("main form[method=post]"))  # type: ignore[arg-type]
    for _ in range(2):
        assert who.post("/work-errors/new", data={**form, **FILLED}).status_code == 303
    assert len(register.rows()) == 1


def test_nobody_registers_against_their_own_unit(register: Register) -> None:
    own = register.sign_in(Role.HANDLER, Role.SUPERVISOR, unit="市监局")
    answer = registered(own)
    assert answer.status_code == 422 and "责任单位是您所在的单位" in told(answer)
    assert register.rows() == [] and register.denials() == ["work_errors.create:work_error_own_unit"]


# ---------------------------------------------------------------- the appeal behind it


def report_against(register: Register, unit: str) -> str:
    with register.database.writing() as session:
        appeal = Story(session, unit="税务局").to(State.HANDLING).appeal
        accused = unit_by_name(session, unit)
        assert accused is not None
        appeal.kind, appeal.against_unit_id = AppealKind.REPORT, accused.id
        session.add(appeal)
        return appeal.number


def told_nothing(readers: tuple[PageClient, ...], path: str, number: str) -> None:
    for reader in readers:
        for page in (path, "/work-errors"):
            text = reader.soup(page).get_text()
            assert number not in text and "关联" not in text


def test_the_unit_learns_nothing_of_the_report_behind_its_error(register: Register) -> None:
    number = report_against(register, "市监局")
    linked = {"source": "appeal", "circumstances": "7-4", "grade": "larger", "appeal_number": number}
    who = register.supervisor()
    path = registered(who, **linked).headers["Location"]
    assert number in who.soup(path).get_text()
    readers = register.head(), register.sign_in(Role.HANDLER, Role.AUDITOR, unit="市监局")
    told_nothing(readers, path, number)
    assert who.send(f"{path}/edit", {**FILLED, **linked, "appeal_number": "", "reason": "核对。"}).status_code == 303
    told_nothing(readers, path, number)
    text = register.head().soup(path).get_text()
    assert "直通车诉求" not in text and "群众信访、网络投诉举报反映" in text


def test_a_keeper_who_may_not_see_the_appeal_neither_links_it_nor_loosens_it(register: Register) -> None:
    number = report_against(register, "住建局")
    kin = register.sign_in(Role.SUPERVISOR, unit="住建局")
    answer = registered(kin, appeal_number=number)
    assert answer.status_code == 422 and "没有找到这个编号的诉求" in told(answer, "appeal_number")
    assert registered(register.supervisor(), appeal_number=number).status_code == 303
    [row] = register.rows()
    form = kin.soup(f"/work-errors/{row.uid}/edit")
    assert form.select_one("[name=appeal_number]").get("value", "") == ""  # type: ignore[union-attr]
    changed = {**FILLED, "content": "补充写明更正的经过。", "appeal_number": "", "reason": "补充。"}
    assert kin.send(f"/work-errors/{row.uid}/edit", changed).status_code == 303
    assert register.rows()[0].appeal_id == row.appeal_id is not None


# ---------------------------------------------------------------- answering


def test_the_units_head_answers_once(register: Register) -> None:
    uid = register.entry()
    head, page = register.head(), f"/work-errors/{uid}"
    assert register.sign_in(Role.HANDLER, unit="市监局").soup(page).select_one("[name=statement]") is None
    assert head.send(page, {"statement": ""}, action="answer").status_code == 422
    assert head.send(page, {"statement": "当天已更正并书面说明。"}, action="answer").status_code == 303
    again = head.soup(page)
    assert again.select_one("[name=statement]") is None and "已经作过说明" in again.get_text()
    assert "当天已更正并书面说明。" in register.supervisor().soup(page).get_text()
    assert "单位已作说明" in register.supervisor().soup("/work-errors").get_text()


def test_an_answer_from_a_page_that_is_too_old_is_not_lost(register: Register) -> None:
    uid = register.entry()
    first, second, page = register.head(), register.head(), f"/work-errors/{uid}"
    form = hidden_fields(second.soup(page).select_one("main form"))  # type: ignore[arg-type]
    assert first.send(page, {"statement": "先说的。"}, action="answer").status_code == 303
    answer = second.post(f"{page}/answer", data={**form, "statement": "后说的，不要丢。"})
    assert answer.status_code == 409
    kept = BeautifulSoup(answer.data, "html.parser").select_one("textarea[readonly]")
    assert kept is not None and kept.get_text().strip() == "后说的，不要丢。"
    assert register.happened() == ["register", "answer"]


# ---------------------------------------------------------------- changing and revoking

GRAVER = {
    "occurred_on": "2026-11-12", "content": FILLED["content"], "source": "own_check", "circumstances": "7-3",
    "grade": "larger", "accountability": "", "reason": "核实后认定造成一定影响。",
}


def test_a_regrading_says_from_what_to_what_and_why(register: Register) -> None:
    uid = register.entry()
    who = register.supervisor()
    answer = who.send(f"/work-errors/{uid}/edit", GRAVER)
    assert answer.status_code == 303 and register.happened() == ["register", "regrade"]
    text = " ".join(who.soup(f"/work-errors/{uid}").select_one("#work-error-timeline").get_text(" ").split())  # type: ignore[union-attr]
    assert "重新定级" in text and "错情类型由“轻微”改为“较大”" in text and GRAVER["reason"] in text


def test_the_one_who_registered_does_not_make_it_lighter(register: Register) -> None:
    with register.database.writing() as session:
        account = actors.account(session, Role.SUPERVISOR, unit="市优办", name="王督办")
    own = register.sign_in(account=account)
    path = registered(own, grade="general").headers["Location"]
    lighter = {**GRAVER, "grade": "slight", "circumstances": []}
    answer = own.send(f"{path}/edit", lighter)
    assert answer.status_code == 422 and "须由另一人办理" in told(answer)
    colleague = register.supervisor().send(f"{path}/edit", lighter)
    assert colleague.status_code == 422 and "须由市优办主任办理" in told(colleague)
    assert register.director().send(f"{path}/edit", lighter).status_code == 303
    assert register.rows()[0].grade is Grade.SLIGHT


def test_a_change_made_on_an_old_page_is_shown_beside_what_is_registered_now(register: Register) -> None:
    uid = register.entry()
    first, second = register.supervisor(), register.director()
    form = hidden_fields(second.soup(f"/work-errors/{uid}/edit").select_one("main form"))  # type: ignore[arg-type]
    assert first.send(f"/work-errors/{uid}/edit", GRAVER).status_code == 303
    typed = {**FILLED, "grade": "general", "reason": "另有看法。"}
    answer = second.post(f"/work-errors/{uid}/edit", data={**form, **typed})
    assert answer.status_code == 409
    text = told(answer)
    assert "已由其他同事办理过" in text and "现在登记的内容" in text and "较大差错" in text and "另有看法。" in text


def test_a_second_person_revokes_with_a_coded_reason(register: Register) -> None:
    uid = register.entry()
    page = f"/work-errors/{uid}"
    refused = register.supervisor().soup(page)
    assert refused.select_one("[name=code]") is None and "须由市优办主任办理" in refused.get_text()
    boss = register.director()
    assert boss.send(page, {"code": "x", "reason": "当天全市停电。"}, action="revoke").status_code == 422
    said = {"code": "force_majeure", "reason": "当天全市停电。"}
    assert boss.send(page, said, action="revoke").status_code == 303
    assert register.rows()[0].status is Status.REVOKED
    text = register.head().soup(page).get_text()
    assert "第二条，不列入登记通报" in text and "当天全市停电。" in text
    edit = boss.soup(f"{page}/edit")
    assert edit.select_one("main form[method=post]") is None and "已经撤销" in edit.get_text()


def test_what_a_role_may_not_do_is_not_offered(register: Register) -> None:
    uid = register.entry()
    for role in (Role.LEADER, Role.AUDITOR):
        page = register.sign_in(role).soup(f"/work-errors/{uid}")
        assert page.select("main form[method=post]") == [] and "现在不需要您办理" in page.get_text()
    assert "错情" not in register.sign_in(Role.CLERK).soup("/office").select_one("nav").get_text()  # type: ignore[union-attr]


def test_the_form_of_the_circumstances_reads_only_what_was_offered(register: Register) -> None:
    answer = registered(register.supervisor(), circumstances=["7-3", "9-9", "7-3"], grade="larger")
    assert answer.status_code == 303
    assert register.rows()[0].circumstances == [Circumstance.ART_7_3.value]


def test_the_check_finds_an_entry_that_is_not_what_its_events_say(register: Register, app: Flask) -> None:
    register.entry()
    kept = StoredFiles(app.extensions["zhitongche.files"], 0)
    with register.database.writing() as session:
        assert problems(session, kept) == []
        session.connection().execute(update(WorkError).values(grade=Grade.GENERAL))
    with register.database.reading() as session:
        [problem] = problems(session, kept)
    assert problem.endswith("differs from its events")
