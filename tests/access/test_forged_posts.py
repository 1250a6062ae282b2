"""A form that another site sends: every POST there is, with no token and with another session's (WEB-3, T10).

Whoever the matrix lets through sends what the matrix says the form holds, so that only the token is wrong.
"""

from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from wtforms import FieldList, TextAreaField

from models.accounts.types import Role
from models.appeals.types import State
from tests.access.conftest import MATRIX
from tests.access.scene import Person, Scene, Subject
from tests.access.test_matrix import ROUTES, ask, expected, relations_of
from tests.access.things import made
from tests.support.tables import content
from webapp.desk.forms import EntryForm
from webapp.forms import Form

POSTS = sorted(name for name in ROUTES if name.startswith("POST "))

FEWEST_TEXTS = 17


def typed() -> dict[str, str]:
    """A text for each text area of any form of the application, typed into every form whatever else it holds: the
    page that refuses it shows it again.
    """
    found, waiting = set[str](), [*Form.__subclasses__(), EntryForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        for name, field in vars(form).items():
            kind, of = getattr(field, "field_class", object), getattr(field, "args", ())
            if issubclass(kind, FieldList) and issubclass(of[0].field_class, TextAreaField):
                found.add(f"{name}-0")
            elif issubclass(kind, TextAreaField):
                found.add(f"entries-0-{name}" if form is EntryForm else name)
    assert len(found) >= FEWEST_TEXTS, found
    return {name: f"《{name}》一栏里写了很长的话。" for name in found}


def test_every_post_of_the_application_is_tried(app: Flask) -> None:
    routed = {f"POST {rule.endpoint}" for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    assert routed == set(POSTS)


def sender(scene: Scene, row: dict[str, Any]) -> tuple[Person, Subject]:
    """Somebody to whom the matrix gives the most on this route, and what they do it to."""
    cells = [(person, one) for person in MATRIX["people"] for one in relations_of(row, person)]
    best = ("ok", "open", "missing", "refused")  # absent things are missing, and `never` is refused to everybody
    rank = {cell: outcome for cell in cells if (outcome := _expected(row, *cell)) in best}
    person, relation = min(rank, key=lambda cell: best.index(rank[cell]))
    meant = MATRIX["relations"][relation]
    who = scene.person(frozenset(map(Role, MATRIX["people"][person])), meant["place"])
    kind = row.get("kinds", {}).get(meant["appeal"], meant["appeal"])
    return who, scene.subject(kind, State(row.get("state", "handling")), is_complex=row.get("complex", False))


def _expected(row: dict[str, Any], person: str, relation: str) -> str:
    return expected(row, frozenset(MATRIX["people"][person]), relation)


def filled(scene: Scene, who: Person, about: Subject, row: dict[str, Any], texts: dict[str, str]) -> dict[str, Any]:
    """The row with its fields filled in once: what they need of other appeals is told before rows are compared."""
    fields = scene.form(who, about, row.get("fields", {}))
    values = made(scene, row["thing"], who, about) if row.get("thing") else {}
    texts = texts | {name: fields[name] for name in row.get("fields", {}) if name not in texts}
    return row | {"fields": texts, "values": row.get("values", {}) | values, "thing": ""}


@pytest.mark.parametrize("name", POSTS)
def test_a_form_without_this_sessions_token_does_nothing_and_comes_back(scene: Scene, name: str) -> None:
    who, about = sender(scene, ROUTES[name])
    colleagues = (scene.person(frozenset({role}), "office") for role in (Role.DIRECTOR, Role.CLERK))
    other, texts = next(one for one in colleagues if one is not who), typed()
    row = filled(scene, who, about, ROUTES[name], texts)
    before = content(scene.database)
    for token in ("", other.csrf):
        answer = ask(scene, name, replace(who, csrf=token), about, row)
        assert answer.status_code == 400, f"{'foreign' if token else 'missing'} token: {answer.status}"
        shown = BeautifulSoup(answer.data, "html.parser").get_text()
        assert not [text for text in texts.values() if text not in shown], "what was typed is lost"
        assert content(scene.database) == before, "something was done nevertheless"
