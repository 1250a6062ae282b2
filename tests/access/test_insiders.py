"""Forty and more things an insider might try, each refused and each found in the log (F10, AUD-4)."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling.tables import MilestoneRow
from tests.access.conftest import ATTEMPTS, MATRIX
from tests.access.scene import Person, Scene, Subject
from tests.access.test_broken_acts import ACTS, doer
from tests.access.test_matrix import ROUTES, ask
from tests.access.things import made
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
    values = {"uid": uid, "file_uid": about.file_uid} | attempt.get("values", {})
    return scene.app.url_map.bind("localhost").build(endpoint, {one: values[one] for one in rule.arguments})


def test_there_are_forty_of_them() -> None:
    assert len({one["says"] for one in ATTEMPTS["attempt"]}) >= 40


@pytest.mark.parametrize("attempt", ATTEMPTS["attempt"], ids=lambda one: one["says"].replace(" ", "-"))
def test_an_insider_is_refused_and_the_log_knows(scene: Scene, attempt: Attempt) -> None:
    who, about = actors_of(scene, attempt)
    other = scene.subject("complaint", State.HANDLING)
    fields = {name: text.replace("{other[0]}", str(other.demand_ids[0])) for name, text in
              attempt.get("fields", {}).items()}
    if attempt.get("thing"):
        attempt = attempt | {"values": made(scene, attempt["thing"], who, about)}
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


FORGED_ID = 1
PEOPLE = frozenset({"assignee_id", "recorded_by_id"})
FORGED = {
    "id": "1", "uid": "f" * 32, "state": "closed", "status": "closed", "due_on": "2027-01-01", "due_at": "2027-01-01",
    "next_due_on": "2027-01-01", "lead_unit_id": "2", "unit_id": "2", "against_unit_id": "2", "kind": "consult",
    "round": "9", "received_at": "2020-01-01", "filed_at": "2020-01-01", "number": "2026-999999",
    "assignee_id": str(FORGED_ID),
    "dispatched_on": "2026-12-01", "policy_id": "9", "actor_id": "1", "is_confidential": "", "complexity": "complex",
    "seq": "1", "created_at": "2020-01-01", "met_on": "2026-11-17", "appeal_id": "1", "account_id": "1",
    "roles": "director",
}
OWN = frozenset({"id", "uid", "number", "submission_digest", "search_text", "receipt_code_hash", "appeal_id"})
"""What two appeals told alike do not share."""


@pytest.mark.parametrize("name", ACTS)
def test_fields_that_no_form_has_change_nothing(scene: Scene, name: str) -> None:
    """INP-4: an act with forged columns acts, and does just what the act does: to the appeal and to its days."""
    row, (person, relation) = ROUTES[name], doer(ROUTES[name])
    meant = MATRIX["relations"][relation]
    who = scene.person(frozenset(map(Role, MATRIX["people"][person])), meant["place"])
    kind, done = row.get("kinds", {}).get(meant["appeal"], meant["appeal"]), []
    for forged in ({}, {key: value for key, value in FORGED.items() if key not in row.get("fields", {})}):
        about = scene.subject(kind, State(row["state"]), is_complex=row.get("complex", False), is_fresh=True)
        answer = ask(scene, name, who, about, row | {"fields": forged | row.get("fields", {})})
        with scene.database.reading() as session:
            appeal = session.exec(select(Appeal).where(Appeal.uid == about.uid)).one()
            days = session.exec(select(MilestoneRow).where(MilestoneRow.appeal_id == appeal.id)).all()
            days = sorted(days, key=lambda day: day.id or 0)
            done.append((answer.status_code, *(_plain(one) for one in (appeal, *days))))
            assert (appeal.uid, appeal.number) == (about.uid, about.number)
    differs = [(one, other) for one, other in zip(*done, strict=True) if one != other]
    assert not differs
    assert done[0][0] in (200, 303)


def _plain(row: Appeal | MilestoneRow) -> dict[str, Any]:
    """Without what is the row's own; of people only whether there is one, and that it is not the forged one."""
    found = {name: value for name, value in row.model_dump().items() if name not in OWN}
    return found | {name: found[name] and found[name] != FORGED_ID for name in PEOPLE & set(found)}
