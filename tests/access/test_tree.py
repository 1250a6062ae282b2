"""Random trees of units: a report is hidden from whom it accuses and from every unit above and below, and from nobody
else (ACC-4). The tree is walked by parents here and compared by paths there."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update
from sqlmodel import Session, col

from models.accounts.rules import is_related
from models.accounts.tables import Unit
from models.accounts.types import Actor, Role, UnitKind
from models.appeals.queries import visible_appeals
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind
from tests.support.factories import Story

UNITS = 7
FIRST_ID = 900
OFTEN = settings(
    max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True,
)
Tree = tuple[int | None, ...]
"""The parent of each unit by its position: None for a root."""
TREES = st.tuples(*(st.one_of(st.none(), st.integers(0, place - 1)) if place else st.none() for place in range(UNITS)))


@dataclass
class Reports:
    session: Session
    ids: list[int]


@pytest.fixture
def reports(session: Session) -> Iterator[Reports]:
    """One report for each unit, which it will accuse."""
    rows = [Story(session, kind=AppealKind.REPORT).appeal for _ in range(UNITS)]
    session.flush()
    yield Reports(session, [row.id or 0 for row in rows])
    session.rollback()


def above(tree: Tree, place: int) -> set[int]:
    """The unit itself and those above it."""
    found = {place}
    parent = tree[place]
    while parent is not None:
        found.add(parent)
        parent = tree[parent]
    return found


def are_kin(tree: Tree, one: int, other: int) -> bool:
    return one in above(tree, other) or other in above(tree, one)


def paths_of(tree: Tree) -> list[str]:
    paths: list[str] = []
    for place, parent in enumerate(tree):
        paths.append(f"{'/' if parent is None else paths[parent]}{FIRST_ID + place}/")
    return paths


@OFTEN
@given(TREES, st.integers(1, 99))
def test_paths_tell_kinship_as_parents_do(tree: Tree, shift: int) -> None:
    """Ids of one, two and three digits, so that /1/ is no prefix of /12/."""
    paths = ["".join(f"/{int(part) - FIRST_ID + shift}" for part in path.split("/") if part) + "/"
             for path in paths_of(tree)]
    for one in range(UNITS):
        for other in range(UNITS):
            assert is_related(paths[one], paths[other]) == are_kin(tree, one, other)


@OFTEN
@given(tree=TREES, viewer=st.integers(0, UNITS - 1), role=st.sampled_from([
    {Role.HANDLER}, {Role.APPROVER}, {Role.HANDLER, Role.CLERK}, {Role.DIRECTOR}, {Role.AUDITOR, Role.APPROVER},
]))
def test_a_report_is_hidden_from_kin_and_from_nobody_else(
    reports: Reports, tree: Tree, viewer: int, role: set[Role],
) -> None:
    session, paths = reports.session, paths_of(tree)
    mine = col(Appeal.id).in_(reports.ids)
    session.execute(update(Appeal).where(mine).values(against_unit_id=None, lead_unit_id=None))
    session.execute(delete(Unit).where(col(Unit.id) >= FIRST_ID))
    session.execute(insert(Unit), [
        {"id": FIRST_ID + place, "short_name": f"单位{place}", "full_name": f"单位{place}", "path": path,
         "kind": UnitKind.DEPARTMENT}
        for place, path in enumerate(paths)
    ])
    for place, id_ in enumerate(reports.ids):
        session.execute(update(Appeal).where(col(Appeal.id) == id_).values(
            against_unit_id=FIRST_ID + place, lead_unit_id=FIRST_ID + viewer,
        ))
    actor = Actor(1, "某人", frozenset(role), FIRST_ID + viewer, "单位", paths[viewer], UnitKind.DEPARTMENT)
    seen = set(session.exec(visible_appeals(actor).with_only_columns(col(Appeal.id))).all())
    wanted = {id_ for place, id_ in enumerate(reports.ids) if not are_kin(tree, viewer, place)}
    assert {id_ if isinstance(id_, int) else id_[0] for id_ in seen} == wanted
