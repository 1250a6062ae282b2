"""The whole matrix of authz_matrix.toml against the running application: 0 mismatches (ACC-2)."""

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from models.accounts.types import Role
from models.appeals.types import State
from tests.access.conftest import MATRIX
from tests.access.scene import Person, Scene, Subject
from tests.access.things import is_somebodys, made

Row = dict[str, Any]
ROUTES: dict[str, Row] = {
    name: {**{key: group[key] for key in group if key != "routes"}, **row}
    for group in MATRIX["group"]
    for name, row in group["routes"].items()
}
LISTED = [name for group in MATRIX["group"] for name in group["routes"]]
LOGGED = frozenset({"forbidden", "missing", "refused"})


def test_every_route_has_its_line(app: Flask) -> None:
    routed = {
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    missing = "\n".join(f'"{name}" = {{}}' for name in sorted(routed - set(LISTED)))
    assert not missing, f"add one line to the right group of tests/access/authz_matrix.toml for each:\n{missing}"
    assert set(LISTED) <= routed, f"no such route any more: {sorted(set(LISTED) - routed)}"
    assert len(LISTED) == len(set(LISTED)), "a route stands in two groups"


def test_every_role_is_in_the_matrix() -> None:
    singles = {roles[0] for roles in MATRIX["people"].values() if len(roles) == 1}
    assert singles == {role.value for role in Role}


def expected(row: Row, roles: frozenset[str], relation: str) -> str:
    """What the file says, and nothing that the application says."""
    if row.get("access") == "public":
        return "absent" if row.get("absent") else "open"
    if not roles or relation in MATRIX["out"]:
        return "login"
    if row.get("access") == "signed_in":
        return "open"
    if not roles & set(row["enter"]):
        return "forbidden"
    if row.get("absent"):
        return "missing"
    if not row.get("object"):
        return "ok"
    seen_by = MATRIX[row.get("sees_by", "sees")]
    if not any(roles & set(one["roles"]) and relation in one["relations"] for one in seen_by):
        return "missing"
    does = row.get("does")
    return "ok" if does is None or relation in MATRIX["does"][does] else "refused"


def outcome(answer: TestResponse) -> str:
    if answer.status_code == 303 and answer.headers["Location"].startswith("/login"):
        return "login"
    names = {200: "ok", 303: "ok", 401: "login", 403: "forbidden", 404: "missing", 422: "refused"}
    return names.get(answer.status_code, str(answer.status_code))


def ask(scene: Scene, name: str, who: Person, about: Subject, row: Row) -> TestResponse:
    method, endpoint = name.split()
    rule = next(one for one in scene.app.url_map.iter_rules(endpoint) if method in one.methods)
    uid = "0" * 32 if row.get("absent") else (about.slip_uid if "slip" in endpoint else about.uid)
    ids = {"uid": uid, "file_uid": about.file_uid, "slip_uid": about.slip_uid}
    given = row.get("values", {})
    given = given | (made(scene, row["thing"], who, about) if row.get("thing") else {})
    values = {argument: given.get(argument) or ids.get(argument, "0" * 32) for argument in rule.arguments}
    path = scene.app.url_map.bind("localhost").build(endpoint, values, method=method)
    if method == "GET":
        return who.client.get(path)
    return who.client.post(path, data=scene.form(who, about, row.get("fields", {})))


def mismatch(scene: Scene, name: str, person: str, relation: str, logged: list[int | None]) -> str | None:
    """One cell: what went wrong in it, if anything did. `logged` gets whoever's refusal must now be in the log."""
    row, roles = ROUTES[name], MATRIX["people"][person]
    place, kind = MATRIX["relations"][relation]["place"], MATRIX["relations"][relation]["appeal"]
    kind = row.get("kinds", {}).get(kind, kind)
    wanted = expected(row, frozenset(roles), relation)
    held = frozenset(map(Role, roles))
    who = scene.newcomer(held, place) if row.get("ends_session") else scene.person(held, place)
    about = scene.subject(
        kind, State(row.get("state", "handling")), is_complex=row.get("complex", False),
        is_fresh=wanted == "ok" and "does" in row,
    )
    with ask(scene, name, who, about, row) as answer:
        found = outcome(answer)
    logged += [who.account.id] if wanted in LOGGED else []
    return None if found in also(row, wanted) else f"{person} / {relation}: {found} instead of {wanted}"


def also(row: Row, wanted: str) -> tuple[str, ...]:
    """What counts as the outcome: an open page may answer an empty form with its errors."""
    if wanted == "ok" and row.get("form"):
        return "ok", "refused"
    return {"open": ("ok", "refused", "login"), "absent": ("missing",)}.get(wanted, (wanted,))


def relations_of(row: Row, person: str) -> list[str]:
    """Every relation; two of them where the door is shut by role alone, and one where no appeal is meant."""
    if not row.get("object"):
        return ["lead"]
    is_shut = not set(MATRIX["people"][person]) & set(row["enter"])
    meant = [name for name, one in MATRIX["relations"].items() if one.get("of") == row.get("of")]
    return ["lead", "none"] if is_shut else meant


OTHERS = [name for name in LISTED if is_somebodys(ROUTES[name].get("thing", ""))]


@pytest.mark.parametrize("name", OTHERS)
def test_what_belongs_to_somebody_else_is_as_good_as_absent(scene: Scene, name: str) -> None:
    before, asked, row = scene.last_seq(), list[int | None](), ROUTES[name]
    for person in MATRIX["people"]:
        for relation in relations_of(row, person):
            roles, meant = MATRIX["people"][person], MATRIX["relations"][relation]
            if expected(row, frozenset(roles), relation) == "ok":
                who = scene.person(frozenset(map(Role, roles)), meant["place"])
                about = scene.subject(meant["appeal"], State(row.get("state", "handling")))
                answer = ask(scene, name, who, about, row | {"thing": f"{row['thing']} of another"})
                assert answer.status_code == 404, f"{person} / {relation}: {answer.status}"
                asked.append(who.account.id)
    assert asked and [one.actor_id for one in scene.denials(before)] == asked


@pytest.mark.parametrize("name", LISTED)
def test_the_route_answers_everybody_as_the_matrix_says(scene: Scene, printing: Flask, name: str) -> None:
    before, logged = scene.last_seq(), []
    cells = [(person, one) for person in MATRIX["people"] for one in relations_of(ROUTES[name], person)]
    wrong = [text for person, one in cells if (text := mismatch(scene, name, person, one, logged))]
    assert not wrong, f"{name}: " + "; ".join(wrong)
    assert [one.actor_id for one in scene.denials(before)] == logged, "a refusal is not in the log (AUD-4)"
