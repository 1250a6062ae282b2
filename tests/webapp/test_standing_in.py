"""我的账号 and the administrator: naming a substitute, what the substitute may then do, what stays in the record."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlmodel import col, select

from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals.types import State
from models.audit.tables import AuditRow
from models.handling.tables import AppealEvent
from models.notices.tables import Notice, OutgoingMail
from models.notices.types import MailState, NoticeKind
from tests.support import actors
from tests.support.factories import Story
from tests.support.page import find_form, hidden_fields, press

MORNING = datetime(2026, 11, 17, 2, 5, tzinfo=UTC)
DAY = timedelta(days=1)


class Office:
    """市监局 with an approver and a handler at their browsers, and an administrator."""

    def __init__(self, database, sign_in):
        self.database, self.sign_in = database, sign_in
        with database.writing() as session:
            self.wang = actors.account(session, Role.APPROVER, unit="市监局", name="王五")
            self.li = actors.account(session, Role.HANDLER, unit="市监局", name="李四")
        self.approver, self.handler = sign_in(account=self.wang), sign_in(account=self.li)

    def name(self, client=None, **changes):
        fields = {"colleague": self.li.uid, "first": "2026-11-17", "last": "2026-11-18"}
        return press(client or self.approver, "/account", "/account/substitute", **(fields | changes))

    def to_sign_off(self) -> str:
        with self.database.writing() as session:
            return Story(session).to(State.REPLY_SIGN_OFF).appeal.uid

    def rows(self, statement):
        with self.database.reading() as session:
            return session.exec(statement).all()


@pytest.fixture
def clock():
    with time_machine.travel(MORNING, tick=False) as moment:
        yield moment


@pytest.fixture
def office(clock, database, sign_in):
    return Office(database, sign_in)


def test_a_substitute_signs_off_and_the_record_says_for_whom(office):
    uid = office.to_sign_off()
    page = f"/desk/appeals/{uid}"
    assert not office.handler.soup(page).find("form", action=f"{page}/sign-off")
    answer = office.name()
    assert answer.status_code == 303
    assert "已请李四代办，11月17日(周二)至11月18日(周三)" in office.approver.soup("/account").get_text()
    assert "单位负责人（代王五）" in office.handler.soup("/desk").select_one(".who").get_text()
    assert press(office.handler, page, "/sign-off").status_code == 303
    [event] = office.rows(select(AppealEvent).where(AppealEvent.action == "sign_off"))
    assert (event.actor_name, event.actor_id) == ("李四（代王五）", office.li.id)
    assert "李四（代王五）" in office.approver.get(page).get_data(as_text=True)


def test_it_begins_and_ends_by_itself_at_midnight_of_shanghai(office, clock):
    office.name(first="2026-11-18", last="2026-11-19")
    midnight, minute = datetime(2026, 11, 17, 16, 0, tzinfo=UTC), timedelta(minutes=1)
    seen = []
    for moment in (midnight - minute, midnight, midnight + 2 * DAY - minute, midnight + 2 * DAY):
        clock.move_to(moment)
        client = office.sign_in(account=office.li)
        seen.append("代王五" in client.soup("/desk").select_one(".who").get_text())
    assert seen == [False, True, True, False]


def test_taken_back_it_gives_nothing_on_the_very_next_request(office):
    uid = office.to_sign_off()
    office.name()
    assert office.handler.soup(f"/desk/appeals/{uid}").find("form", action=f"/desk/appeals/{uid}/sign-off")
    press(office.approver, "/account", "/end")
    assert "王五" not in office.handler.soup("/desk").select_one(".who").get_text()
    form = {"csrf_token": office.handler.soup("/account").find("input", {"name": "csrf_token"})["value"]}
    assert office.handler.post(f"/desk/appeals/{uid}/sign-off", data=form).status_code == 403


def test_both_hear_of_what_waits_and_the_substitute_of_the_task_itself(office):
    office.name()
    with office.database.writing() as session:
        story = Story(session).to(State.HANDLING)
        uid = story.appeal.uid
        drafting = session.get_one(Account, story.handler.account_id)
    client = office.sign_in(account=drafting)
    soup = client.soup(f"/desk/appeals/{uid}/reply")
    names = {one["name"] for one in soup.find_all(["select", "textarea", "input"], attrs={"name": True})}
    fields = {name: "经核实，已办结。" for name in names if name.endswith(("-facts", "-actions", "-basis"))}
    fields |= {name: "solved" for name in names if name.endswith("-outcome")}
    answer = press(client, f"/desk/appeals/{uid}/reply", "/reply", step="propose", **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)[-600:]
    told = office.rows(select(Notice.account_id).where(col(Notice.kind) == NoticeKind.REPLY_PROPOSED))
    assert {office.wang.id, office.li.id} <= set(told)
    assert office.rows(select(Notice.account_id).where(col(Notice.kind) == NoticeKind.STANDS_IN)) == [office.li.id]


def test_both_directions_are_in_the_log(office):
    office.name()
    press(office.approver, "/account", "/end")
    rows = office.rows(select(AuditRow).where(col(AuditRow.action).like("substitution.%")).order_by(col(AuditRow.seq)))
    assert [(row.action, row.object_id) for row in rows] == [
        ("substitution.name", office.wang.uid), ("substitution.name", office.li.uid),
        ("substitution.end", office.wang.uid), ("substitution.end", office.li.uid),
    ]
    assert rows[0].facts["substitute"] == office.li.uid and rows[1].facts["absent"] == office.wang.uid
    assert "王五" not in str([row.facts for row in rows])


@pytest.mark.parametrize(("changes", "field"), [
    ({"first": ""}, "first"), ({"last": ""}, "last"), ({"first": "2026-11-16"}, "first"),
    ({"last": "2026-11-16"}, "last"), ({"last": "2027-01-16"}, "last"), ({"first": "2026-02-30"}, "first"),
    ({"colleague": ""}, "colleague"), ({"colleague": "0" * 32}, "colleague"), ({"colleague": "\x00"}, "colleague"),
])  # fmt: skip
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(office, changes, field):
    answer = office.name(**changes)
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert f'id="{field}-error"' in text
    assert changes.get("last", "2026-11-18") in text
    assert office.rows(select(AuditRow).where(col(AuditRow.action) == "substitution.name")) == []


def test_sent_twice_it_is_one(office):
    soup = office.approver.soup("/account")
    form = hidden_fields(find_form(soup, "/account/substitute"))
    form |= {"colleague": office.li.uid, "first": "2026-11-17", "last": "2026-11-18"}
    answers = [office.approver.post("/account/substitute", data=form) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert len(office.rows(select(AuditRow).where(col(AuditRow.action) == "substitution.name"))) == 2


def test_whoever_may_not_name_anybody_is_not_asked_and_refused(office):
    assert not office.handler.soup("/account").find(id="substitutes")
    token = office.handler.soup("/account").find("input", {"name": "submission_key"})["value"]
    csrf = office.handler.soup("/account").find("input", {"name": "csrf_token"})["value"]
    sent = {"csrf_token": csrf, "submission_key": token, "colleague": office.wang.uid,
            "first": "2026-11-17", "last": "2026-11-18"}
    assert office.handler.post("/account/substitute", data=sent).status_code == 422


def test_an_administrator_ends_it(office):
    office.name()
    admin = office.sign_in(Role.ADMINISTRATOR)
    page = f"/admin/accounts/{office.li.uid}"
    assert "李四代王五" in admin.soup(page).get_text()
    press(admin, page, "/substitutions/end")
    assert "代王五" not in office.handler.soup("/desk").select_one(".who").get_text()
    assert len(office.rows(select(AuditRow).where(col(AuditRow.action) == "substitution.end"))) == 2


def test_moving_somebody_ends_it_and_the_log_says_so(office):
    office.name()
    admin = office.sign_in(Role.ADMINISTRATOR)
    press(admin, f"/admin/accounts/{office.wang.uid}", f"/{office.wang.uid}", display_name="王五", unit="",
          roles="clerk")
    assert "代王五" not in office.handler.soup("/desk").select_one(".who").get_text()
    assert len(office.rows(select(AuditRow).where(col(AuditRow.action) == "substitution.end"))) == 2


# ---------------------------------------------------------------- where mail goes


def address(office):
    return office.rows(select(Account.email).where(col(Account.id) == office.li.id))[0]


def test_an_address_is_kept_and_taken_away_and_never_in_the_log(office):
    press(office.handler, "/account", "/email", email=" li.si@yuanjiang.example ")
    assert address(office) == "li.si@yuanjiang.example"
    assert office.handler.soup("/account").find(id="email")["value"] == "li.si@yuanjiang.example"
    press(office.handler, "/account", "/email", email="")
    assert address(office) is None
    rows = office.rows(select(AuditRow).where(col(AuditRow.action) == "account.email"))
    assert [row.facts for row in rows] == [{"has_email": True}, {"has_email": False}]


@pytest.mark.parametrize("text", ["li", "li@", "李四@yuanjiang.example", "a@x.cn, b@x.cn", "x" * 200 + "@x.cn"])
def test_what_is_no_address_is_said_beside_the_field(office, text):
    answer = press(office.handler, "/account", "/email", email=text)
    assert answer.status_code == 422 and 'id="email-error"' in answer.get_data(as_text=True)
    assert address(office) is None


def test_the_administrator_enters_one_for_somebody_and_the_log_has_none(office):
    admin = office.sign_in(Role.ADMINISTRATOR)
    page = f"/admin/accounts/{office.li.uid}"
    unit = str(office.li.unit_id)
    press(admin, page, f"/{office.li.uid}", display_name="李四", unit=unit, roles="handler", email="li@x.example")
    assert address(office) == "li@x.example"
    [row] = office.rows(select(AuditRow).where(col(AuditRow.action) == "account.edit"))
    assert "li@x.example" not in str(row.facts) and row.facts["after"]["has_email"] is True


# ---------------------------------------------------------------- mails that did not go out


def failed(office, why="mail_timeout") -> str:
    with office.database.writing() as session:
        row = OutgoingMail(
            account_id=office.li.id, kind="dispatched", state=MailState.FAILED, last_error=why, attempts=5,
            created_at=MORNING, next_try_at=MORNING, dedupe_key=f"x{why}", facts={"secret": "周喆珺"},
        )
        session.add(row)
        return row.uid


def test_what_failed_is_listed_with_why_and_sent_again_by_hand(office):
    uid, _ = failed(office), failed(office, "mail_refused")
    admin = office.sign_in(Role.ADMINISTRATOR)
    soup = admin.soup("/admin/mails")
    text = soup.find("main").get_text()
    assert "李四" in text and "没有在规定时间内答复" in text and "拒收" in text and "周喆珺" not in text
    press(admin, "/admin/mails", f"/{uid}/again")
    states = dict(office.rows(select(OutgoingMail.last_error, OutgoingMail.state)))
    assert states == {"mail_timeout": MailState.WAITING, "mail_refused": MailState.FAILED}
    press(admin, "/admin/mails", "/mails/again")
    assert set(office.rows(select(OutgoingMail.state))) == {MailState.WAITING}
    assert [row.facts for row in office.rows(select(AuditRow).where(col(AuditRow.action) == "mail.again"))][-1] == {
        "count": 1,
    }


def test_without_a_mail_server_the_page_says_so(office):
    admin = office.sign_in(Role.ADMINISTRATOR)
    assert "没有设置邮件服务器" in admin.soup("/admin/mails").find("main").get_text()
