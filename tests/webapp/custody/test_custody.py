"""The custodian's reveal over HTTP: asked with a reason, decided by a second person, open for half an hour (IDN-3)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlmodel import Session, col, select
from werkzeug.test import TestResponse

from models.accounts.commands import create_unit
from models.accounts.queries import unit_by_name
from models.accounts.tables import Account, AccountRole, LoginSession
from models.accounts.types import PUBLIC, Role, UnitKind
from models.appeals import receipt, reveals
from models.appeals.tables import Appeal, IdentityReveal
from models.appeals.types import AppealKind, AppellantKind, RevealStatus, State
from models.audit.tables import AuditRow
from models.handling import commands
from models.handling.types import Action
from models.workdays.shipped import shipped_calendar
from tests.conftest import SignIn
from tests.support import actors
from tests.support.factories import IDENTITY, Story
from tests.support.page import PageClient
from tests.support.statements import counting
from webapp.accounts.views import home_of
from webapp.db import Database

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
CODE = "0123456789ABCDEF"
REASON = "现场核查需要当面核对举报材料的原件，经市优办转达会耽误核查。"
REMARK = "核查需要，同意。"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@dataclass
class Case:
    """A confidential complaint handled by 税务局; the people around it."""

    app: Flask
    database: Database
    sign_in: SignIn
    uid: str
    number: str
    people: dict[str, Account] = field(default_factory=dict)

    def account(self, name: str, *roles: Role, unit: str = "") -> Account:
        if name not in self.people:
            with self.database.writing() as session:
                self.people[name] = actors.account(session, *roles, unit=unit, name=name)
        return self.people[name]

    def handler(self) -> PageClient:
        return self.sign_in(account=self.account("张经办", Role.HANDLER, unit="税务局"))

    def custodian(self, name: str = "邹保管", unit: str = "司法局") -> PageClient:
        return self.sign_in(account=self.account(name, Role.CUSTODIAN, unit=unit))

    @property
    def page(self) -> str:
        return f"/custody/appeals/{self.uid}"

    def reveal(self) -> IdentityReveal:
        with self.database.reading() as session:
            return session.exec(select(IdentityReveal).order_by(col(IdentityReveal.id).desc())).first()  # type: ignore[return-value]

    def asked(self, who: PageClient | None = None, reason: str = REASON) -> PageClient:
        who = who or self.handler()
        assert who.send(self.page, {"reason": reason}, action=self.uid).status_code == 303
        return who

    def decided(self, who: PageClient | None = None, step: str = "grant") -> TestResponse:
        who = who or self.custodian()
        return who.send(f"/custody/{self.reveal().uid}", {"remark": REMARK, "step": step})

    def granted(self) -> PageClient:
        who = self.asked()
        assert self.decided().status_code == 303
        return who

    def opened(self, who: PageClient) -> TestResponse:
        return who.post(f"{self.page}/open", data={"csrf_token": token_of(who)})

    def actions(self) -> list[str]:
        with self.database.reading() as session:
            found = session.exec(select(AuditRow).order_by(col(AuditRow.seq))).all()
            return [row.action for row in found if row.action.startswith(("identity.", "denied"))]


def token_of(who: PageClient) -> str:
    tag = BeautifulSoup(who.get("/account").data, "html.parser").find("input", attrs={"name": "csrf_token"})
    return str(tag["value"]) if tag else ""


def shows_identity(answer: TestResponse) -> bool:
    text = answer.get_data(as_text=True)
    return IDENTITY.name in text or IDENTITY.phone in text


def tell(session: Session, **changes: object) -> Appeal:
    accused = unit_by_name(session, "市监局")
    assert accused is not None
    values = {"is_confidential": True, "against_unit_id": accused.id, "unit": "税务局"} | changes
    kind = values.pop("kind", AppealKind.COMPLAINT)
    appeal = Story(session, **values).to(State.HANDLING).appeal  # type: ignore[arg-type]
    appeal.kind = AppealKind(kind)  # however it came to the unit that leads it
    session.add(appeal)
    return appeal


@pytest.fixture
def case(app: Flask, database: Database, sign_in: SignIn) -> Case:
    known = receipt.hash_code(app.extensions["zhitongche.config"].receipt_key, CODE)
    with database.writing() as session:
        appeal = tell(session, receipt_code_hash=known)
        return Case(app, database, sign_in, appeal.uid, appeal.number)


def test_asked_granted_and_shown_once_to_the_requester(case: Case, client: PageClient) -> None:
    handler = case.handler()
    link = handler.soup(f"/desk/appeals/{case.uid}").find("a", href=case.page)
    assert link is not None and link.get_text() == "申请查看身份"
    case.asked(handler)
    assert "等待身份保管人审批" in handler.soup(case.page).get_text()
    listed = case.custodian().soup("/custody").get_text(" ")
    assert case.number in listed and "张经办" in listed and "税务局" in listed
    assert case.decided().status_code == 303
    hidden = handler.get(case.page)
    assert "身份保管人已同意" in hidden.get_data(as_text=True) and not shows_identity(hidden)
    shown = case.opened(handler)
    assert shown.status_code == 200 and shows_identity(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    assert case.actions() == ["identity.ask", "identity.grant", "identity.open"]
    assert case.reveal().openings == 1
    client.send("/appeals/track", {"number": case.number, "code": CODE})
    text = " ".join(client.soup("/appeals/track").get_text(" ").split())
    assert "您的身份信息被查看 1 次：承办单位 1" in text


def test_every_opening_counts_and_the_supervisor_reads_how_many(case: Case) -> None:
    handler = case.granted()
    for _ in range(3):
        assert shows_identity(case.opened(handler))
    text = case.sign_in(Role.SUPERVISOR, unit="市优办").soup(case.page).get_text(" ")
    assert "身份查看记录" in text and "3 次" in text and "张经办" in text
    assert case.actions().count("identity.open") == 3


def test_the_custodian_is_shown_neither_identity_nor_content(case: Case) -> None:
    case.asked()
    answer = case.custodian().get(f"/custody/{case.reveal().uid}")
    text = answer.get_data(as_text=True)
    assert REASON in text and "市监局" in text and not shows_identity(answer)
    with case.database.reading() as session:
        body = session.exec(select(Appeal.body)).first()
    assert body and body not in text


def test_it_closes_after_thirty_minutes_and_a_replayed_form_opens_nothing(
    case: Case, clock: time_machine.Traveller
) -> None:
    handler = case.granted()
    form = {"csrf_token": token_of(handler)}
    clock.shift(timedelta(minutes=29, seconds=59))
    assert shows_identity(handler.post(f"{case.page}/open", data=form))
    clock.shift(timedelta(seconds=1))
    answer = handler.post(f"{case.page}/open", data=form)
    assert answer.status_code == 422 and not shows_identity(answer)
    assert case.actions()[-1] == "denied"
    assert "上次同意的查看时间已经结束" in handler.soup(case.page).get_text()


def test_only_the_requester_opens_it(case: Case) -> None:
    case.granted()
    for who in (
        case.sign_in(Role.HANDLER, unit="税务局"), case.sign_in(Role.APPROVER, unit="税务局"),
        case.sign_in(Role.CLERK, unit="市优办"), case.sign_in(Role.DIRECTOR, unit="市优办"),
    ):
        answer = case.opened(who)
        assert answer.status_code == 422 and not shows_identity(answer)
    for who in (case.custodian(), case.sign_in(Role.LEADER), case.sign_in(Role.AUDITOR)):
        answer = case.opened(who)
        assert answer.status_code == 403 and not shows_identity(answer)
    assert case.opened(case.sign_in(Role.HANDLER, unit="市监局")).status_code == 404


def sign_out(case: Case, session: Session) -> None:
    """A sign-out and a new sign-in: the test's cookie belongs to the older session and stays usable."""
    account = case.people["张经办"]
    row = LoginSession(
        token_hash="f" * 64, account_id=account.id, created_at=NOW, last_seen_at=NOW, ended_at=NOW  # type: ignore[arg-type]
    )
    session.add(row)


def move(case: Case, session: Session) -> None:
    """To another unit and back into the office's rooms: still somebody who works on appeals, not the one who asked."""
    account = session.get_one(Account, case.people["张经办"].id)
    office = unit_by_name(session, "市优办")
    assert office is not None and account.id is not None
    account.unit_id = office.id
    session.add(account)
    session.add(AccountRole(account_id=account.id, role=Role.CLERK))


def become_auditor(case: Case, session: Session) -> None:
    account_id = case.people["张经办"].id
    assert account_id is not None
    session.add(AccountRole(account_id=account_id, role=Role.AUDITOR))


def end(case: Case, session: Session) -> None:
    appeal = session.exec(select(Appeal).where(col(Appeal.uid) == case.uid)).one()
    appeal.state = State.REPLIED
    session.add(appeal)


@pytest.mark.parametrize("change", [sign_out, move, become_auditor, end])
def test_what_was_granted_closes_with_every_change(case: Case, change: object) -> None:
    handler = case.granted()
    with case.database.writing() as session:
        change(case, session)  # type: ignore[operator]
    answer = case.opened(handler)
    assert answer.status_code in (404, 422) and not shows_identity(answer)


def test_nobody_grants_their_own_request_nor_a_colleagues(case: Case) -> None:
    both = case.sign_in(account=case.account("两职", Role.CLERK, Role.CUSTODIAN, unit="市优办"))
    case.asked(both)
    uid = case.reveal().uid
    assert "不能审批自己的申请" in both.soup(f"/custody/{uid}").get_text()
    form = {"remark": REMARK, "step": "grant", "csrf_token": token_of(both), "submission_key": "k" * 20}
    for who in (both, case.custodian("同事", "市优办")):
        answer = who.post(f"/custody/{uid}", data=form | {"csrf_token": token_of(who)})
        assert answer.status_code == 422
    assert case.reveal().status is RevealStatus.ASKED
    assert case.decided(case.custodian()).status_code == 303
    assert shows_identity(case.opened(both))


@pytest.mark.parametrize("kind", [AppealKind.COMPLAINT, AppealKind.REPORT])
def test_the_accused_unit_and_its_kin_never_get_it(
    app: Flask, database: Database, sign_in: SignIn, kind: AppealKind
) -> None:
    with database.writing() as session:
        accused = unit_by_name(session, "市监局")
        below = create_unit(session, "市监局稽查队", "市监局稽查队", UnitKind.DEPARTMENT, parent=accused)
        own = tell(session, unit="市监局", kind=kind)
        kin = tell(session, unit="市监局稽查队", kind=kind)
        clerk = actors.account(session, Role.CLERK, unit=below.short_name)
        other = tell(session, kind=kind)
    for appeal, who in (
        (own, sign_in(Role.HANDLER, unit="市监局")), (kin, sign_in(Role.APPROVER, unit="市监局稽查队")),
        (other, sign_in(account=clerk)),
    ):
        data = {"csrf_token": token_of(who), "submission_key": "k" * 20, "reason": REASON}
        answer = who.post(f"/custody/appeals/{appeal.uid}", data=data)
        assert answer.status_code == (404 if kind is AppealKind.REPORT else 422), answer.status_code
    with database.reading() as session:
        assert session.exec(select(IdentityReveal)).all() == []


def test_a_custodian_of_the_accused_unit_does_not_even_see_the_request(case: Case) -> None:
    case.asked()
    own = case.custodian("被反映单位保管", "市监局")
    assert case.number not in own.soup("/custody").get_text()
    assert own.get(f"/custody/{case.reveal().uid}").status_code == 404


def test_of_two_custodians_one_decides_and_the_other_is_told(case: Case) -> None:
    case.asked()
    path, second = f"/custody/{case.reveal().uid}", case.custodian("第二人", "财政局")
    page = second.soup(path)
    assert case.decided().status_code == 303
    hidden = {str(tag["name"]): str(tag["value"]) for tag in page.select("main form input[type=hidden]")}
    answer = second.post(path, data={**hidden, "remark": "不同意，请经市优办转达。", "step": "refuse"})
    assert answer.status_code == 409
    text = answer.get_data(as_text=True)
    assert "已由其他身份保管人审批" in text and "不同意，请经市优办转达。" in text
    assert case.reveal().status is RevealStatus.GRANTED


def test_a_custodians_form_sent_twice_decides_once_and_blames_nobody(case: Case) -> None:
    case.asked()
    path, custodian = f"/custody/{case.reveal().uid}", case.custodian()
    page = custodian.soup(path)
    form = {str(tag["name"]): str(tag["value"]) for tag in page.select("main form input[type=hidden]")}
    for _ in range(2):
        answer = custodian.post(path, data={**form, "remark": REMARK, "step": "grant"})
        assert answer.status_code == 303 and answer.headers["Location"] == "/custody"
    assert "没有重复提交" in custodian.soup("/custody").get_text()
    assert case.reveal().status is RevealStatus.GRANTED and case.actions().count("identity.grant") == 1


def test_a_refusal_says_why_and_a_new_request_may_follow(case: Case) -> None:
    handler = case.asked()
    assert case.decided(step="refuse").status_code == 303
    text = handler.soup(case.page).get_text()
    assert REMARK in text and not shows_identity(case.opened(handler))
    case.asked(handler)
    assert case.reveal().status is RevealStatus.ASKED


@pytest.mark.parametrize(("reason", "said"), [
    ("", "请写明理由"), ("想看一下", "请把理由写具体"),
    ("需与举报人13873712345当面核对材料原件。", "请不要在这里写电话号码"),
])
def test_a_reason_is_needed_and_names_nobody(case: Case, reason: str, said: str) -> None:
    handler = case.handler()
    answer = handler.send(case.page, {"reason": reason}, action=case.uid)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.data, "html.parser")
    assert said in page.select_one("#reason-error").get_text()  # type: ignore[union-attr]
    assert page.select_one("#reason").get_text().strip() == reason  # type: ignore[union-attr]
    assert case.reveal() is None


def test_a_double_click_asks_once(case: Case) -> None:
    handler = case.handler()
    page = handler.soup(case.page)
    form = {str(tag["name"]): str(tag["value"]) for tag in page.select("main form input[type=hidden]")}
    for _ in range(2):
        assert handler.post(case.page, data={**form, "reason": REASON}).status_code == 303
    with case.database.reading() as session:
        assert len(session.exec(select(IdentityReveal)).all()) == 1


def test_requests_are_withdrawn_when_the_appeal_ends(case: Case) -> None:
    case.asked()
    with case.database.writing() as session:
        appeal = session.exec(select(Appeal).where(col(Appeal.uid) == case.uid)).one()
        commands.perform(session, appeal, Action.WITHDRAW, commands.Act(PUBLIC, NOW, shipped_calendar()))
    assert case.reveal().status is RevealStatus.WITHDRAWN
    custodian = case.custodian()
    assert case.number not in custodian.soup("/custody").get_text()
    assert custodian.get(f"/custody/{case.reveal().uid}").status_code == 200


def test_who_sees_the_contact_anyway_and_an_anonymous_filing_have_nothing_to_ask_for(
    case: Case, database: Database, sign_in: SignIn
) -> None:
    with database.writing() as session:
        plain = tell(session, is_confidential=False)
        nobody = tell(session, identity=None, appellant_kind=AppellantKind.ANONYMOUS)
    handler = case.handler()
    for appeal in (plain, nobody):
        assert handler.soup(f"/desk/appeals/{appeal.uid}").find("a", href=f"/custody/appeals/{appeal.uid}") is None
        assert handler.soup(f"/custody/appeals/{appeal.uid}").find("textarea") is None


def test_the_custodian_begins_the_day_at_the_list(case: Case) -> None:
    with case.app.test_request_context(), case.database.writing() as session:
        assert home_of(actors.actor(session, Role.CUSTODIAN, unit="司法局")) == "/custody"


def test_the_list_asks_no_more_of_the_database_for_more_requests(
    case: Case, database: Database, sign_in: SignIn
) -> None:
    custodian, asked = case.custodian(), []
    for more in (1, 6):
        with database.writing() as session:
            for _ in range(more):
                who = actors.actor(session, Role.HANDLER, unit="税务局")
                reveals.ask(session, who, tell(session), reason=REASON, now=NOW)
        with counting(database) as statements:
            page = custodian.soup("/custody")
        asked.append((len(page.select("#waiting tbody tr")), len(statements)))
    assert asked[0][0] == 1 and asked[1][0] == 7
    assert asked[0][1] == asked[1][1], asked
