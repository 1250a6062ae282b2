"""Every act of the matrix, broken behind each of its flushes: not a row stays, no file is half-made (DUR-4).

Generated from authz_matrix.toml: a new act is broken as soon as it has its line there. All other POSTs are walked in
tests/webapp/test_broken_posts.py.
"""

from typing import Any

import pytest

from models.accounts.types import Role
from models.appeals.types import State
from tests.access.conftest import MATRIX
from tests.access.scene import Scene
from tests.access.test_matrix import ROUTES, ask, expected, relations_of
from tests.access.things import made
from tests.support.breaking import broken_everywhere


def is_act(name: str, row: dict[str, Any]) -> bool:
    return name.startswith("POST ") and row.get("does", "never") != "never"


ACTS = sorted(name for name, row in ROUTES.items() if is_act(name, row))


def doer(row: dict[str, Any]) -> tuple[str, str]:
    """Somebody of a single role, and a relation, for whom the matrix says ok."""
    for person, roles in MATRIX["people"].items():
        for relation in relations_of(row, person):
            if len(roles) == 1 and expected(row, frozenset(roles), relation) == "ok":
                return person, relation
    raise AssertionError("nobody may do it")


@pytest.mark.parametrize("name", ACTS)
def test_an_act_that_breaks_behind_any_flush_leaves_everything_as_it_was(scene: Scene, name: str) -> None:
    row = ROUTES[name]
    person, relation = doer(row)
    place, kind = MATRIX["relations"][relation]["place"], MATRIX["relations"][relation]["appeal"]
    who = scene.person(frozenset(map(Role, MATRIX["people"][person])), place)
    about = scene.subject(
        row.get("kinds", {}).get(kind, kind), State(row["state"]), is_complex=row.get("complex", False), is_fresh=True,
    )
    filled = scene.form(who, about, row.get("fields", {}))  # once: what it needs of other appeals is told here
    values = row.get("values", {}) | (made(scene, row["thing"], who, about) if row.get("thing") else {})
    row = row | {"fields": {field: filled[field] for field in row.get("fields", {})}, "values": values, "thing": ""}
    before = scene.last_seq()
    answer = broken_everywhere(scene.app, scene.database, lambda: ask(scene, name, who, about, row), name)
    assert answer.status_code in (200, 303)
    assert scene.last_seq() > before or name in KEEPS_QUIET, "nothing was done, so nothing was broken"


KEEPS_QUIET = frozenset({"POST desk.reply", "POST desk.preliminary"})
"""Saving a draft leaves no row in the audit log."""
