"""Forty and more things an insider might try, each refused and each found in the log (F10, AUD-4)."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlmodel import Session, select

from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.appeals.types import State
from tests.access.conftest import ATTEMPTS, MATRIX
from tests.access.scene import Person, Scene, Subject
from tests.support.factories import IDENTITY
from tests.support.tables import content

Attempt = dict[str, Any]
REFUSALS = frozenset({403, 404, 409, 422})
LEFT_BY_TRYING = ("audit_log", "audit_head", "login_sessions", "appeal_views")
"""Traces: who tried, and, where an act is refused on a page that may be read, that the page was read."""
GUESS = "5" * 32


def actors_of(scene: Scene, attempt: Attempt) -> tuple[Person, Subject]:
    relation = MATRIX["relations"][attempt["relation"]]
    who = scene.person(frozenset(map(Role, attempt["who"])), relation["place"])
    return who, scene.subject(relation["appeal"], State(attempt.get("state", "handling")))


def address(scene: Scene, attempt: Attempt, about: Subject) -> str:
    endpoint = attempt["route"].split()[1]
    rule = next(scene.app.url_map.iter_rules(endpoint))
    uid = GUESS if attempt.get("guess") else (about.slip_uid if endpoint.startswith("slips.") else about.uid)
    values = {"uid": uid, "file_uid": about.file_uid}
    return scene.app.url_map.bind("localhost").build(endpoint, {one: values[one] for one in rule.arguments})


def test_there_are_forty_of_them() -> None:
    assert len({one["says"] for one in ATTEMPTS["attempt"]}) >= 40


@pytest.mark.parametrize("attempt", ATTEMPTS["attempt"], ids=lambda one: one["says"].replace(" ", "-"))
def test_an_insider_is_refused_and_the_log_knows(scene: Scene, attempt: Attempt) -> None:
    who, about = actors_of(scene, attempt)
    other = scene.subject("complaint", State.HANDLING)
    fields = {name: text.replace("{other[0]}", str(other.demand_ids[0])) for name, text in
              attempt.get("fields", {}).items()}
    path, is_get = address(scene, attempt, about), attempt["route"].startswith("GET")
    headers = {"HX-Request": "true"} if attempt.get("htmx") else {}
    data = {} if is_get else scene.form(who, about, fields)
    before, seq = content(scene.database, but=LEFT_BY_TRYING), scene.last_seq()
    answer = who.client.open(path, method="GET" if is_get else "POST", data=data, headers=headers)
    assert answer.status_code in REFUSALS, answer.status_code
    assert content(scene.database, but=LEFT_BY_TRYING) == before, "something was done nevertheless"
    [row] = scene.denials(seq)
    assert row.actor_id == who.account.id
    assert row.facts["view"].split(":")[0] == attempt["route"].split()[1]
    assert row.object_id in path and row.object_id


@pytest.mark.parametrize("attempt", ATTEMPTS["search"], ids=lambda one: one["says"].replace(" ", "-"))
def test_a_list_never_shows_what_it_may_not(scene: Scene, attempt: Attempt) -> None:
    who, about = actors_of(scene, attempt | {"state": "replied"})
    answer = who.client.get(attempt["path"].format(about=about))
    page = BeautifulSoup(answer.data, "html.parser")
    for tag in page.find_all(["input", "form"]):
        tag.decompose()  # what was typed comes back in the search field, and that is all
    text = page.get_text(" ")
    assert answer.status_code == 200
    assert about.uid not in str(page) and about.slip_uid not in str(page)
    assert IDENTITY.name not in text and IDENTITY.phone not in text


def test_the_counters_of_a_unit_do_not_count_what_it_may_not_see(scene: Scene) -> None:
    """T2: a report against the unit that leads it changes no number on its desk."""
    who = scene.person(frozenset({Role.HANDLER}), "accused")
    before = BeautifulSoup(who.client.get("/desk").data, "html.parser").get_text(" ", strip=True)
    scene.subject("accused_leads", State.DISPATCHED, is_fresh=True)
    after = BeautifulSoup(who.client.get("/desk").data, "html.parser").get_text(" ", strip=True)
    assert before == after


FORGED = {
    "id": "1", "uid": "f" * 32, "state": "closed", "due_on": "2027-01-01", "next_due_on": "2027-01-01",
    "lead_unit_id": "2", "kind": "consult", "round": "9", "received_at": "2020-01-01", "number": "2026-999999",
    "dispatched_on": "2026-12-01", "policy_id": "9", "actor_id": "1", "is_confidential": "", "complexity": "complex",
}


def test_fields_that_no_form_has_change_nothing(scene: Scene) -> None:
    """INP-4: signing with forged columns signs, and does just what signing does."""
    who = scene.person(frozenset({Role.HANDLER}), "lead")
    plain, forged = (scene.subject("report", State.DISPATCHED, is_fresh=True) for _ in range(2))
    for about, fields in ((plain, {}), (forged, FORGED)):
        answer = who.client.post(f"/desk/appeals/{about.uid}/sign", data=scene.form(who, about, fields))
        assert answer.status_code == 303
    with scene.database.reading() as session:
        rows = [_row(session, one.uid) for one in (plain, forged)]
    own = {"id", "uid", "number", "submission_digest", "search_text"}
    assert _plain(rows[0], own) == _plain(rows[1], own)
    assert (rows[1].uid, rows[1].number) == (forged.uid, forged.number)


def _row(session: Session, uid: str) -> Appeal:
    return session.exec(select(Appeal).where(Appeal.uid == uid)).one()


def _plain(row: Appeal, own: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.model_dump().items() if name not in own}
