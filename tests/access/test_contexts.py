"""What templates are handed for a confidential appeal: never who filed it, shown or hidden (ACC-5).

A spy stands behind every template of every GET of the matrix, for everybody whom the matrix lets in.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from itertools import chain
from typing import Any

import pytest
from flask import Flask, template_rendered

from models.accounts.types import Role
from models.appeals.tables import AppellantIdentity
from models.appeals.types import State
from models.appeals.vault import Identity
from tests.access.conftest import MATRIX
from tests.access.scene import SECRET, Person, Scene, Subject
from tests.access.test_matrix import ROUTES, ask, expected
from tests.support.factories import IDENTITY

GETS = [name for name in ROUTES if name.startswith("GET ")]
NEAR = ("lead", "office", "colleague", "assisting")
"""Where somebody stands who sees an appeal of the lead unit."""
BARE = frozenset({
    "GET pages.health", "GET pages.ready", "GET manual.picture", "GET public.receipt_qr", "GET desk.file",
    "GET office.file", "GET assisting.file", "GET public.receipt", "GET desk.amend", "GET desk.preview",
    "GET office.entered", "GET progress.result", "GET slips.scanned", "GET ratings.rate", "GET ratings.template",
    "GET public.rating_link_qr", "GET work_errors.file",
})  # fmt: skip
"""Answers without a template: bytes, and addresses that lead elsewhere."""
DEEPEST = 9


def parts_of(value: Any) -> Iterable[Any]:
    """What a template may reach in a value of ours. Nothing new is made: things are known by where they lie."""
    if isinstance(value, dict):
        return chain(value, value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return value
    if is_dataclass(value):
        return (getattr(value, one.name) for one in fields(value))
    is_ours = type(value).__module__.startswith(("models.", "webapp.", "wtforms."))
    return vars(value).values() if is_ours and hasattr(value, "__dict__") else ()


def told_by(value: Any, wanted: Identity, depth: int = 0, seen: set[int] | None = None) -> Iterator[str]:
    """Where in a template's context a person stands: their words, the sealed row, or the identity itself."""
    seen = set() if seen is None else seen
    if isinstance(value, str):
        yield from (one for one in (wanted.name, wanted.phone, wanted.address) if one in value)
    elif isinstance(value, Identity | AppellantIdentity):
        yield type(value).__name__
    elif id(value) not in seen and depth < DEEPEST:
        seen.add(id(value))
        for one in parts_of(value):
            yield from told_by(one, wanted, depth + 1, seen)


@contextmanager
def spied(app: Flask) -> Iterator[list[tuple[str, dict[str, Any]]]]:
    contexts: list[tuple[str, dict[str, Any]]] = []

    def spy(sender: object, template: Any, context: dict[str, Any], **extra: object) -> None:
        contexts.append((template.name, context))

    with template_rendered.connected_to(spy, app):
        yield contexts


def asked_both_ways(scene: Scene, name: str, who: Person, about: Subject, row: dict[str, Any]) -> None:
    """As a page, and where an appeal is meant as the part that htmx asks for."""
    for is_part in (False, True) if row.get("object") else (False,):
        if is_part:
            who.client.environ_base["HTTP_HX_REQUEST"] = "true"
        with ask(scene, name, who, about, row) as answer:
            assert answer.status_code < 500
        who.client.environ_base.pop("HTTP_HX_REQUEST", None)


@pytest.mark.parametrize("name", GETS)
def test_no_template_is_handed_who_filed_a_confidential_appeal(scene: Scene, printing: Flask, name: str) -> None:
    row = ROUTES[name]
    state = State(row.get("state", "handling"))
    state = State.HANDLING if state is State.TO_AMEND else state  # what a unit told itself is confidential to nobody
    about = scene.subject("confidential", state, is_complex=row.get("complex", False))
    rendered = 0
    for person, roles in MATRIX["people"].items():
        for relation in NEAR if row.get("object") else NEAR[:2]:
            if expected(row, frozenset(roles), relation) not in ("ok", "open"):
                continue
            who = scene.person(frozenset(map(Role, roles)), MATRIX["relations"][relation]["place"])
            with spied(scene.app) as contexts:
                asked_both_ways(scene, name, who, about, row)
            rendered += len(contexts)
            found = [(template, one) for template, context in contexts for one in told_by(context, SECRET)]
            assert not found, f"{person} / {relation}: {found}"
    assert rendered or name in BARE, "no template was rendered for anybody: the spy saw nothing"


def test_the_spy_sees_a_contact_where_there_is_one(scene: Scene) -> None:
    """An open complaint, at the desk of the unit that handles it."""
    about = scene.subject("complaint", State.HANDLING)
    who = scene.person(frozenset({Role.HANDLER}), "accused")
    with spied(scene.app) as contexts:
        ask(scene, "GET desk.show", who, about, ROUTES["GET desk.show"])
    assert IDENTITY.name in {one for _, context in contexts for one in told_by(context, IDENTITY)}
