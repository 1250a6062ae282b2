"""Units as a tree: paths are right after every move, no unit stands below itself, and whoever leads a unit in use is
in use.
"""

import contextlib
import random

import pytest

from models.accounts import unit_tree
from models.accounts.rules import is_related
from models.accounts.types import UnitKind
from models.accounts.unit_tree import UnitDetails
from models.errors import Conflict, NotFound, Refused


def made(session, name: str, parent_id: int | None = None) -> int:
    unit = unit_tree.add_unit(session, UnitDetails(name, f"{name}全称", UnitKind.DEPARTMENT, parent_id))
    assert unit.id is not None
    return unit.id


def move(session, unit_id: int, parent_id: int | None) -> None:
    was = unit_tree.details_of(unit_tree.unit_by_id(session, unit_id))
    wanted = UnitDetails(was.short_name, was.full_name, was.kind, parent_id)
    unit_tree.edit_unit(session, unit_id, wanted, version=None)


def path(session, unit_id: int) -> str:
    return unit_tree.unit_by_id(session, unit_id).path


def refused(code: str, act, *args, **kwargs) -> None:
    with pytest.raises(Refused) as error:
        act(*args, **kwargs)
    assert error.value.code == code


def test_moving_a_unit_takes_everything_below_along(session):
    top, middle, leaf, other = made(session, "甲"), made(session, "乙"), made(session, "丙"), made(session, "丁")
    move(session, leaf, middle)
    move(session, middle, top)
    assert path(session, leaf) == f"/{top}/{middle}/{leaf}/"
    assert is_related(path(session, leaf), path(session, top))
    move(session, middle, other)
    assert path(session, leaf) == f"/{other}/{middle}/{leaf}/"
    assert not is_related(path(session, leaf), path(session, top)), "ACC-4 follows the tree at once"


def test_a_unit_never_stands_below_itself(session):
    top = made(session, "甲")
    below = made(session, "乙", top)
    leaf = made(session, "丙", below)
    for parent in (top, below, leaf):
        refused("unit_below_itself", move, session, top, parent)
    assert path(session, leaf) == f"/{top}/{below}/{leaf}/"


def test_any_row_of_moves_leaves_every_path_as_its_parents_say(session):
    """Five hundred random moves, the refused ones among them."""
    dice = random.Random(7)
    ids = [made(session, f"单位{number}") for number in range(12)]
    for _ in range(500):
        with contextlib.suppress(Refused):
            move(session, dice.choice(ids), dice.choice([None, *ids]))
    units = {unit.id: unit for unit in unit_tree.all_units(session)}
    for unit in units.values():
        above = units[unit.parent_id].path if unit.parent_id else "/"
        assert unit.path == f"{above}{unit.id}/"
    assert len(unit_tree.tree(list(units.values()))) == len(units), "nobody fell out of the tree"


def test_names_are_unique_and_parents_in_use(session):
    top = made(session, "甲")
    refused("unit_name_taken", made, session, "市监局")
    refused("unit_name_taken", made, session, "甲")
    unit_tree.set_unit_active(session, top, False, version=None)
    refused("parent_not_in_use", made, session, "乙", top)
    refused("parent_not_in_use", made, session, "乙", 999_999)


def test_a_unit_with_units_in_use_below_and_the_office_stay_in_use(session):
    top = made(session, "甲")
    below = made(session, "乙", top)
    refused("unit_has_units_below", unit_tree.set_unit_active, session, top, False, version=None)
    unit_tree.set_unit_active(session, below, False, version=None)
    unit_tree.set_unit_active(session, top, False, version=None)
    refused("parent_not_in_use", unit_tree.set_unit_active, session, below, True, version=None)
    office = office_of(session)
    refused("office_stays", unit_tree.set_unit_active, session, office.id, False, version=None)


def office_of(session):
    return next(one for one in unit_tree.all_units(session) if one.kind is UnitKind.OFFICE)


def test_the_office_keeps_its_kind_and_no_other_unit_takes_it(session):
    """Or it would be dispatched to, and could be put out of use."""
    office, other = office_of(session), made(session, "甲")
    for kind in set(UnitKind) - {UnitKind.OFFICE}:
        wanted = UnitDetails(office.short_name, office.full_name, kind)
        refused("office_kind_stays", unit_tree.edit_unit, session, office.id, wanted, version=None)
    second = UnitDetails("第二市优办", "第二市优办", UnitKind.OFFICE)
    refused("office_is_one", unit_tree.add_unit, session, second)
    refused("office_is_one", unit_tree.edit_unit, session, other, second, version=None)


def test_the_office_stands_alone_at_the_top(session):
    """Or nobody of the office could decide on what a unit above or below it is accused of (ACC-4)."""
    office, other = office_of(session), made(session, "甲")
    refused("office_stands_alone", move, session, office.id, other)
    refused("nothing_below_office", move, session, other, office.id)
    refused("nothing_below_office", made, session, "乙", office.id)
    renamed = UnitDetails("营商办", "沅江市营商办", UnitKind.OFFICE)
    assert unit_tree.edit_unit(session, office.id, renamed, version=None).short_name == "营商办"


def test_a_unit_that_stands_below_the_office_of_old_is_moved_away(session):
    office, other = office_of(session), unit_tree.unit_by_id(session, made(session, "甲"))
    other.parent_id, other.path = office.id, f"{office.path}{other.id}/"
    session.flush()
    move(session, other.id, None)
    assert path(session, other.id) == f"/{other.id}/"


def test_an_old_version_is_a_conflict_and_an_unknown_unit_is_not_found(session):
    top = made(session, "甲")
    unit_tree.set_unit_active(session, top, False, version=1)
    with pytest.raises(Conflict):
        unit_tree.set_unit_active(session, top, True, version=1)
    with pytest.raises(NotFound):
        unit_tree.set_unit_active(session, 999_999, True, version=1)
    with pytest.raises(NotFound):
        unit_tree.unit_by_id(session, 999_999)
