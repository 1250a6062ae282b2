"""Who an enterprise and its people are is read by themselves and by nobody else: no page, part, address, title, log or
cell of the database holds it in clear (IDN-1, IDN-2, IDN-4).
"""

import logging
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlmodel import col, select

from models.accounts.tables import Account
from models.accounts.types import Role
from models.audit.tables import AuditRow
from tests.access.canaries import PEOPLE, Crawl
from tests.access.scene import Person, Scene
from tests.support.page import hidden_fields
from tests.webapp.public.test_canaries import dump

CANARIES = ("雀企甲有限公司", "91350100M0009TGQXM", "雀人甲", "13912340001", "雀人乙", "13912340002")
PASSWORD = "芦苇荡里的三只白鹭飞"
SIGN_IN = {"password": PASSWORD, "repeated": PASSWORD}
FIRST = dict(zip(("enterprise_name", "credit_code", "contact_name", "phone"), CANARIES, strict=False))


def send(who: Person, path: str, fields: dict[str, str], action: str) -> Any:
    """The form of the page whose action ends so, with its hidden fields and ours."""
    soup = BeautifulSoup(who.client.get(path).data, "html.parser")
    forms = [one for one in soup.find_all("form", method="post") if str(one.get("action", "")).endswith(action)]
    return who.client.post(str(forms[0]["action"]), data=hidden_fields(forms[0]) | fields)


STRANGERS = ("public", "clerk", "custodian", "auditor", "administrator", "lead handler")


@pytest.fixture
def colleagues(scene: Scene, caplog: pytest.LogCaptureFixture) -> list[Person]:
    """Once for the module's scene. Nothing of it may be in the log."""
    places = ("the first colleague", "the second colleague")
    if (frozenset(), places[0]) not in scene.people:
        caplog.set_level(logging.DEBUG)
        made = come_together(scene)
        assert not found_in(caplog.text) and PASSWORD not in caplog.text
        scene.people |= {(frozenset(), place): who for place, who in zip(places, made, strict=True)}
    return [scene.people[frozenset(), place] for place in places]


def come_together(scene: Scene) -> list[Person]:
    """One registers through the pages, one joins, with every error on the way that a page can show."""
    one, two = scene.newcomer(frozenset(), "none"), scene.newcomer(frozenset(), "none")
    send(one, "/enterprise/register", FIRST | {"phone": "1391234"}, "/register")
    looked = send(one, "/enterprise/register", FIRST | {"step": "check"}, "/register")
    kept = hidden_fields(BeautifulSoup(looked.data, "html.parser").find("main").find("form"))
    for username in ("X", "queyi"):
        data = kept | SIGN_IN | {"username": username, "step": "submit"}
        done = one.client.post("/enterprise/register", data=data)
    assert done.status_code == 303
    invited = send(one, "/enterprise/people", {}, "/invitations")
    code = BeautifulSoup(invited.data, "html.parser").find(id="invitation-code").get_text(strip=True)
    who = {"contact_name": CANARIES[4], "phone": CANARIES[5], "username": "queer", **SIGN_IN}
    for given in ("ZZZZ-ZZZZ-ZZZZ-ZZZZ", code):
        done = send(two, "/enterprise/join", who | {"code": given}, "/join")
    assert done.status_code == 303
    return [one, two]


def found_in(text: str) -> list[str]:
    return [canary for canary in CANARIES if canary in text]


def test_an_enterprise_and_its_people_are_known_to_themselves_alone(scene: Scene, colleagues: list[Person]) -> None:
    own = Crawl(colleagues[1]).all("/enterprise", "/enterprise/people", "/appeals/new")
    assert found_in(own) == list(CANARIES)
    strangers = {name: PEOPLE[name] for name in STRANGERS}
    strangers["other enterprise"] = (("enterprise",), "other_enterprise")
    with scene.database.reading() as session:
        uids = session.exec(select(Account.uid).where(col(Account.username).in_(["queyi", "queer"]))).all()
    wrong = {}
    for name, (roles, place) in strangers.items():
        who = scene.person(frozenset(map(Role, roles)), place)
        starts = ("/", "/desk", "/office", "/admin", "/enterprise", "/enterprise/people", "/enterprise/register")
        seen = Crawl(who).all(*starts, *(f"/admin/enterprise-accounts/{uid}" for uid in uids))
        wrong |= {name: found_in(seen)} if found_in(seen) else {}
    assert not wrong


def test_no_address_title_or_file_name_carries_them(colleagues: list[Person]) -> None:
    for path in ("/enterprise", "/enterprise/people", "/account", "/appeals/new"):
        soup = BeautifulSoup(colleagues[0].client.get(path).data, "html.parser")
        told = [str(tag.get("href") or tag.get("src") or tag.get("action") or "") for tag in soup.find_all(True)]
        assert soup.title is not None and not found_in(soup.title.get_text() + " ".join(told)), path


def test_no_cell_and_no_byte_of_the_database_holds_them(scene: Scene, colleagues: list[Person]) -> None:
    stored = dump(scene.database)
    url = scene.database.engine.url
    if url.get_backend_name() == "sqlite":
        from pathlib import Path

        path = Path(str(url.database))
        stored += "".join(one.read_bytes().decode("utf-8", "replace") for one in path.parent.glob(path.name + "*"))
    assert "queyi" in stored and not found_in(stored) and PASSWORD not in stored


def test_the_log_of_acts_names_accounts_by_their_ids(scene: Scene, colleagues: list[Person]) -> None:
    with scene.database.reading() as session:
        rows = session.exec(select(AuditRow).where(col(AuditRow.action).startswith("enterprise."))).all()
    told = repr([(row.action, row.object_id, row.facts) for row in rows])
    assert "enterprise.register" in told and "enterprise.join" in told
    assert not found_in(told) and "queyi" not in told
