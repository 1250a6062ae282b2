"""The office confirms what units report of their own matters, and sees each unit's number of the month."""

import pytest
from bs4 import BeautifulSoup

from models.accounts.types import Role
from models.appeals.queries import by_number
from models.appeals.types import State
from tests.conftest import SignIn
from tests.support.matters import matter
from tests.support.statements import counting
from webapp.db import Database

PAGE = "/office/self-registered"


def state_of(database: Database, number: str) -> State:
    with database.reading() as session:
        return by_number(session, number).state


@pytest.fixture
def reported(database: Database):
    with database.writing() as session:
        return matter(session)


def test_a_supervisor_confirms_and_the_matter_is_closed(sign_in: SignIn, database, reported):
    supervisor = sign_in(Role.SUPERVISOR)
    path = f"/office/appeals/{reported.uid}"
    assert "现在不需要您办理" not in supervisor.soup(path).get_text()
    assert supervisor.send(path, action="/recognise").status_code == 303
    assert state_of(database, reported.number) is State.CLOSED


def test_a_matter_is_returned_with_a_reason_only(sign_in: SignIn, database, reported):
    director = sign_in(Role.DIRECTOR)
    path = f"/office/appeals/{reported.uid}"
    assert director.send(path, {"reason": ""}, action="/return-record").status_code == 422
    assert director.send(path, {"reason": "请写依据。"}, action="/return-record").status_code == 303
    assert state_of(database, reported.number) is State.TO_AMEND


@pytest.mark.parametrize(
    ("roles", "unit", "status"),
    [
        ((Role.CLERK,), "", 403), ((Role.AUDITOR,), "", 403), ((Role.HANDLER,), "市监局", 403),
        ((Role.HANDLER, Role.SUPERVISOR), "市监局", 422), ((Role.SUPERVISOR,), "市监局", 422),
    ],
)
def test_nobody_of_the_unit_and_no_clerk_confirms_it(sign_in: SignIn, database, reported, roles, unit, status):
    """CLK-6: two roles in one person open no way round."""
    client = sign_in(*roles, unit=unit)
    token = BeautifulSoup(client.get("/password").data, "html.parser").find("input", attrs={"name": "csrf_token"})
    form = {"csrf_token": token["value"], "submission_key": "k" * 24, "version": "1"}
    assert client.post(f"/office/appeals/{reported.uid}/recognise", data=form).status_code == status
    assert state_of(database, reported.number) is State.REGISTERED


def test_the_month_says_who_is_short_and_every_number_opens_its_list(sign_in: SignIn, database):
    with database.writing() as session:
        for state in (State.REGISTERED, State.CLOSED, State.TO_AMEND):
            matter(session, state)
        matter(session, State.CLOSED, unit="税务局")
        matter(session, State.CLOSED, unit="税务局")
    auditor = sign_in(Role.AUDITOR)
    soup = auditor.soup(PAGE)
    rows = {row.find("td").get_text(strip=True): row for row in soup.find("tbody").find_all("tr")}
    assert "差 1 件" in rows["市监局"].get_text() and "已报够" in rows["税务局"].get_text()
    links = [link["href"] for link in rows["市监局"].find_all("a") if "show=" in link["href"]]
    assert len(links) == 4
    for link in links:
        count = int(next(one for one in rows["市监局"].find_all("a") if one["href"] == link).contents[0])
        assert len(auditor.soup(link).find("tbody").find_all("tr")) == count
    assert auditor.get(f"{PAGE}/list?month=x&unit=y&show=z&page=9").status_code == 200
    assert "没有符合条件" in auditor.soup(f"{PAGE}/list?month=2026-01").get_text()


def test_statements_do_not_grow_with_units_or_reports(sign_in: SignIn, database):
    supervisor = sign_in(Role.SUPERVISOR)

    def asked(path: str) -> int:
        with counting(database) as said:
            supervisor.soup(path)
        return len(said)

    with database.writing() as session:
        matter(session)
    before = asked(PAGE), asked(f"{PAGE}/list")
    with database.writing() as session:
        for unit in ("税务局", "住建局", "市监局"):
            matter(session, unit=unit)
    assert (asked(PAGE), asked(f"{PAGE}/list")) == before
    assert max(before) <= 6
