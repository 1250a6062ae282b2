"""消息: the bell counts, the page lists one's own, opening leads to the appeal, and reading is each person's own."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from models.accounts.queries import account_by_id, unit_by_name
from models.accounts.types import Role
from models.appeals.types import State
from models.handling import assistance
from models.handling.assistance import Task
from models.notices.commands import forget, tell
from models.notices.tables import Notice
from models.notices.types import KEPT_FOR, KEPT_READ_FOR, NoticeKind
from tests.support import actors
from tests.support.factories import MORNING, Story
from tests.support.page import find_form, hidden_fields
from tests.support.statements import counting

CANARY = "周喆珺"


class Told:
    """A clerk with an appeal to dispatch, and a handler of its unit."""

    def __init__(self, database, sign_in):
        self.database = database
        with database.writing() as session:
            self.story = Story(session).to(State.ACCEPTED)
            self.uid, self.number = self.story.appeal.uid, self.story.appeal.number
            self.handler = account_by_id(session, self.story.handler.account_id)
            clerk = account_by_id(session, self.story.clerk.account_id)
        self.client, self.clerk = sign_in(account=self.handler), sign_in(account=clerk)

    def dispatch(self):
        path = f"/office/triage/{self.uid}"
        answer = self.clerk.send(path, {"unit": "市监局"}, action="/dispatch")
        assert answer.status_code == 303, answer.get_data(as_text=True)[-800:]
        return self

    def tell(self, count=1, kind=NoticeKind.DISPATCHED, **more):
        with self.database.writing() as session:
            for number in range(count):
                tell(session, [self.handler.id], kind, dedupe_key=f"{kind}:{number}", now=MORNING, **more)
        return self

    def notices(self):
        with self.database.reading() as session:
            return session.exec(select(Notice).order_by(col(Notice.id))).all()

    def bell(self):
        return self.client.soup("/desk").select_one(".bell").get_text(" ", strip=True)


@pytest.fixture
def told(database, sign_in):
    return Told(database, sign_in)


def press(client, path, action, **fields):
    soup = client.soup(path)
    return client.post(action, data=hidden_fields(find_form(soup, action)) | fields)


def test_a_dispatch_over_http_rings_the_bell_of_the_unit_and_leads_to_the_desk(told):
    assert told.bell() == "消息"
    told.dispatch()
    assert told.bell() == "消息 1 条未读"
    page = told.client.soup("/notices")
    row = page.find("tr", class_="is-unread")
    assert "有新交办的诉求待签收" in row.get_text() and told.number in row.get_text()
    [notice] = [one for one in told.notices() if one.account_id == told.handler.id]
    answer = press(told.client, "/notices", f"/notices/{notice.uid}/open")
    assert answer.headers["Location"] == f"/desk/appeals/{told.uid}"
    assert told.bell() == "消息"


def test_the_bell_says_no_more_than_99(told):
    told.tell(99)
    assert told.bell() == "消息 99 条未读"
    told.tell(103)
    assert told.bell() == "消息 99+ 条未读"


def test_reading_is_each_persons_own(told, database, sign_in):
    told.dispatch()
    [of_approver] = [one for one in told.notices() if one.account_id != told.handler.id]
    token = told.client.soup("/notices").find("input", {"name": "csrf_token"})["value"]
    for rest in ("open", "read"):
        answer = told.client.post(f"/notices/{of_approver.uid}/{rest}", data={"csrf_token": token})
        assert answer.status_code == 404
    press(told.client, "/notices", "/notices/read-all")
    assert {one.account_id: one.read_at is None for one in told.notices()} == {
        told.handler.id: False, of_approver.account_id: True,
    }


def test_one_is_marked_read_from_the_list_and_twice_is_no_harm(told):
    told.tell(2)
    uid = told.notices()[0].uid
    fields = hidden_fields(find_form(told.client.soup("/notices?show=unread"), f"/{uid}/read"))
    answers = [told.client.post(f"/notices/{uid}/read", data=fields) for _ in range(2)]
    assert [one.headers["Location"] for one in answers] == ["/notices?show=unread"] * 2
    assert told.bell() == "消息 1 条未读"


def test_marking_all_read_spares_what_came_since_the_page_was_made(told):
    told.tell(3)
    form = hidden_fields(find_form(told.client.soup("/notices"), "/notices/read-all"))
    told.tell(1, NoticeKind.ANSWERED)
    told.client.post("/notices/read-all", data=form)
    assert [one.read_at is None for one in told.notices()] == [False, False, False, True]


@pytest.mark.parametrize("upto", ["", "x", "9" * 30, "-1"])
def test_a_made_up_bound_marks_nothing(told, upto):
    told.tell(1)
    press(told.client, "/notices", "/notices/read-all", upto=upto)
    assert [one.read_at for one in told.notices()] == [None]


def test_unread_ones_come_first_and_the_list_has_pages(told):
    told.tell(60)
    uid = told.notices()[-1].uid
    fields = hidden_fields(find_form(told.client.soup("/notices"), f"/{uid}/read"))
    told.client.post(f"/notices/{uid}/read", data=fields)
    first, second = (told.client.soup(f"/notices?page={page}").select("tbody tr") for page in (1, 2))
    assert (len(first), len(second)) == (50, 10)
    assert second[-1]["id"] == f"notice-{uid}", "the newest, but read: the last"
    assert len(told.client.soup("/notices?show=unread&page=2").select("tbody tr")) == 9


def test_a_title_is_shown_only_while_the_appeal_is_theirs_to_see(told):
    told.dispatch()
    assert told.story.appeal.title in told.client.soup("/notices").get_text()
    with told.database.writing() as session:
        row = account_by_id(session, told.handler.id)
        row.unit_id = unit_by_name(session, "税务局").id
        session.add(row)
    text = told.client.soup("/notices").get_text()
    assert told.story.appeal.title not in text and told.number in text


def test_an_assisting_unit_is_led_to_its_own_door(told, sign_in):
    with told.database.writing() as session:
        story = Story(session).to(State.HANDLING)
        helper = actors.account(session, Role.HANDLER, unit="税务局")
        assistance.assist(
            session, story.appeal, story.act(story.clerk), Task(unit_by_name(session, "税务局"), "请核对。", 3)
        )
        tell(session, [helper.id or 0], NoticeKind.ASSIST_ASKED, dedupe_key="a", now=MORNING,
             appeal_id=story.appeal.id)
        uid = story.appeal.uid
    client = sign_in(account=helper)
    [notice] = [one for one in told.notices() if one.account_id == helper.id]
    answer = press(client, "/notices", f"/notices/{notice.uid}/open")
    assert answer.headers["Location"] == f"/desk/assist/{uid}"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_the_bell_costs_no_statement_and_the_list_three(told):
    told.client.get("/desk")  # the calendar is read
    with counting(told.database) as few:
        told.client.get("/desk")
    told.tell(60)
    with counting(told.database) as many:
        told.client.get("/desk")
    assert len(few) == len(many)
    with counting(told.database) as listed:
        told.client.get("/notices")
    assert len(listed) == 4, "who asks, two counts, the page, its newest"


def test_an_enterprise_has_no_bell(sign_in):
    client = sign_in(Role.ENTERPRISE)
    assert client.get("/notices").status_code == 403
    assert "bell" not in client.get("/account").get_data(as_text=True)


def test_a_notice_holds_codes_and_numbers_only(told):
    told.dispatch()
    with told.database.reading() as session:
        rows = [row for (row,) in session.execute(select(Notice)).all()]
    kept = " ".join(str(value) for row in rows for value in row.model_dump().values())
    assert rows and CANARY not in kept and told.story.appeal.title not in kept


def test_old_notices_are_forgotten_read_ones_sooner(told):
    told.tell(2)
    with told.database.writing() as session:
        first = session.get_one(Notice, told.notices()[0].id)
        first.read_at = MORNING
        session.add(first)
    day = timedelta(days=1)
    for now, left in ((MORNING + KEPT_READ_FOR, 2), (MORNING + KEPT_READ_FOR + day, 1), (MORNING + KEPT_FOR + day, 0)):
        with told.database.writing() as session:
            forget(session, now)
        assert len(told.notices()) == left
