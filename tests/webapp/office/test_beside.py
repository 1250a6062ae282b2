"""What stands beside an appeal at triage: the same people, the same words, how long it waits; and who never knows."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlmodel import Session

from models.accounts.queries import actor_of
from models.accounts.types import Actor, Role
from models.appeals.known import same_party
from models.appeals.types import AppealKind, AppellantKind, Level, State
from models.appeals.vault import Identity
from tests.conftest import SignIn
from tests.support import actors
from tests.support.factories import MORNING, Story
from tests.support.page import PageClient
from tests.support.statements import counting
from tests.webapp.office.conftest import Look, Make
from webapp.db import Database

FACTORY = Identity(
    name="陈大年", phone="13873799001", enterprise_name="沅江市胜果食品厂", credit_code="91430981MA4L16JQ9B"
)
SAME_FACTORY = Identity(name="李小满", phone="0737-2712345", credit_code="91430981ＭＡ4L16JQ9b")
SAME_PHONE = Identity(name="陈大年", phone="138 7379 9001")
ENTERPRISE = {"appellant_kind": AppellantKind.ENTERPRISE, "identity": FACTORY}


def beside(client: PageClient, uid: str) -> str:
    return client.soup(f"/office/triage/{uid}").find(id="similar").get_text(" ", strip=True)


def test_the_same_enterprise_and_the_same_contact_are_counted_and_never_named(make: Make, sign_in: SignIn) -> None:
    make(State.CLOSED, title="排污许可一直没有消息", identity=SAME_FACTORY)
    make(State.REPLIED, title="门口道路坑洼", identity=SAME_PHONE)
    make(title="设备采购补贴没有到账", identity=FACTORY)
    make(title="与它们都无关的一件", identity=Identity(name="别人", phone="13973700000"))
    appeal = make(title="消防验收退回三次", **ENTERPRISE)
    text = beside(sign_in(Role.CLERK), appeal.uid)
    assert "同一企业 2 件 · 同一联系人 2 件" in text
    assert "排污许可" in text and "道路坑洼" in text and "补贴没有到账" in text and "无关" not in text
    for known in ("陈大年", "李小满", "13873799001", "2712345", "91430981", "胜果"):
        assert known not in text


@pytest.mark.parametrize("secret", ["this one", "the other", "both"])
def test_whether_a_confidential_appeal_is_of_the_same_people_is_never_told(
    make: Make, sign_in: SignIn, secret: str
) -> None:
    make(title="排污许可一直没有消息", is_confidential=secret != "this one", **ENTERPRISE)
    appeal = make(title="消防验收退回三次", is_confidential=secret != "the other", **ENTERPRISE)
    for role in (Role.CLERK, Role.DIRECTOR):
        text = beside(sign_in(role), appeal.uid)
        assert "同一" not in text.replace("不比对是不是同一企业、同一联系人", "") and "排污许可" not in text
        assert ("不比对" in text) == (secret != "the other")


def test_a_masked_number_a_hotline_or_none_joins_nobody(make: Make, sign_in: SignIn) -> None:
    make(title="甲乙丙丁", identity=Identity(name="甲", phone="138****9"))
    make(title="戊己庚辛", identity=Identity(name="乙"))
    hotline = Identity(name="丙", phone="12345")
    make(title="壬癸之年", identity=hotline)
    for identity in (Identity(name="甲", phone="138****9"), Identity(name="乙"), hotline, None):
        text = beside(sign_in(Role.CLERK), make(title="子丑寅卯", identity=identity).uid)
        assert "同一" not in text


def who(session: Session, *roles: Role, unit: str = "") -> Actor:
    return actor_of(session, actors.account(session, *roles, unit=unit))


def test_only_whoever_may_know_the_people_of_both_learns_that_they_are_the_same(session: Session) -> None:
    against = Story(session).handler.unit_id
    report = Story(session, kind=AppealKind.REPORT, against_unit_id=against, **ENTERPRISE).appeal
    appeal = Story(session, **ENTERPRISE).appeal
    seen = {role: [one.appeal.id for one in same_party(session, who(session, role), appeal)] for role in Role}
    for role in Role:
        assert seen[role] == ([report.id] if role in (Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR) else []), role
    accused_clerk = who(session, Role.CLERK, Role.HANDLER, unit="市监局")
    assert [one.appeal.id for one in same_party(session, accused_clerk, appeal)] == []


def test_many_of_one_enterprise_cost_no_more_and_are_told_as_twenty_and_more(
    make: Make, sign_in: SignIn, database: Database
) -> None:
    appeal, clerk, counts = make(**ENTERPRISE), sign_in(Role.CLERK), []
    with database.writing() as session:
        for more in (2, 22):
            for _ in range(more):
                Story(session, **ENTERPRISE)
            session.commit()
            beside(clerk, appeal.uid)
            with counting(database) as said:
                text = beside(clerk, appeal.uid)
            counts.append(len(said))
    assert counts[0] == counts[1]
    assert "同一企业 20 件以上 · 同一联系人 20 件以上" in text and text.count("同一企业") == 6


@pytest.mark.parametrize(
    ("state", "later", "said", "tone"),
    [
        (State.SUBMITTED, 0, "还没有受理。今天收到。", "info"),
        (State.ACCEPTED, 2, "请尽快交办。11月17日(周二)收到，已等 2 个工作日。", "soon"),
    ],
)
def test_what_an_appeal_waits_for_and_since_when_cannot_be_missed(
    make: Make, sign_in: SignIn, state: State, later: int, said: str, tone: str
) -> None:
    appeal = make(state)
    with time_machine.travel(MORNING + timedelta(days=later)):
        notice = sign_in(Role.CLERK).soup(f"/office/triage/{appeal.uid}").select_one(f"main .notice-{tone}")
    assert notice is not None and said in notice.get_text()


def test_the_turns_can_be_narrowed_and_stay_so_after_a_decision(make: Make, sign_in: SignIn, look: Look) -> None:
    make(title="先来的普通诉求")
    first = make(title="急的一件", level=Level.URGENT)
    make(State.ACCEPTED, title="受理了没交办")
    make(title="特急的一件", level=Level.CRITICAL)
    clerk = sign_in(Role.CLERK)
    page = clerk.soup("/office/triage?only=urgent")
    assert page.h1.get_text(strip=True) == "急的一件" and "还剩 2 件" in page.main.get_text()
    counters = {link.span.get_text(): int(link.b.get_text()) for link in page.select("nav.counters a")}
    assert counters == {"全部": 4, "待受理": 3, "待交办": 1, "紧急、特急": 2}
    fields = {"unit": "市监局", "level": "urgent", "note": ""}
    answer = clerk.send("/office/triage?only=urgent", fields, action=f"/{first.uid}/dispatch")
    assert answer.status_code == 303 and look(first).state is State.DISPATCHED
    assert clerk.soup(answer.headers["Location"]).h1.get_text(strip=True) == "特急的一件"
    assert clerk.soup("/office/triage?only=to_dispatch").h1.get_text(strip=True) == "受理了没交办"
    assert clerk.soup("/office/triage?only=x%00").h1.get_text(strip=True) == "先来的普通诉求"


def test_nothing_left_of_a_kind_still_shows_that_others_wait(make: Make, sign_in: SignIn) -> None:
    make()
    page = sign_in(Role.CLERK).soup("/office/triage?only=urgent")
    assert "没有“紧急、特急”的诉求" in page.main.get_text()
    assert page.select_one("nav.counters a b").get_text() == "1"


def test_an_appeal_received_on_a_day_off_waits_from_the_next_working_day(make: Make, sign_in: SignIn) -> None:
    appeal = make(at=datetime.fromisoformat("2026-11-14T10:00+08:00"))
    with time_machine.travel(datetime.fromisoformat("2026-11-15T10:00+08:00")):
        text = sign_in(Role.CLERK).soup(f"/office/triage/{appeal.uid}").main.get_text()
    assert "其后还没有工作日" in text
