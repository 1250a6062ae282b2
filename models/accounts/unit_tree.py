"""What an administrator does to units. The tree decides who may not see a report (ACC-4), so every path is kept right.

No commit and no audit row here: the caller writes both.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from models.accounts.tables import Unit
from models.accounts.types import UnitKind
from models.errors import Conflict, NotFound, Refused

MAX_PATH = 120


@dataclass(frozen=True)
class UnitDetails:
    short_name: str
    full_name: str
    kind: UnitKind
    parent_id: int | None = None

    @property
    def facts(self) -> dict[str, object]:
        return {
            "short_name": self.short_name,
            "full_name": self.full_name,
            "kind": self.kind,
            "parent_id": self.parent_id,
        }


def details_of(unit: Unit) -> UnitDetails:
    return UnitDetails(unit.short_name, unit.full_name, unit.kind, unit.parent_id)


def all_units(session: Session, *, lock: bool = False) -> Sequence[Unit]:
    """Every unit by id: fifty rows. `lock` for whoever moves one: a cycle takes two rows to close."""
    statement = select(Unit).order_by(col(Unit.id))
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.exec(statement).all()


def unit_by_id(session: Session, unit_id: int) -> Unit:
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound("no_such_unit")
    return unit


def tree(units: Sequence[Unit]) -> list[tuple[int, Unit]]:
    """Depth (0 at the top) and unit, each unit under its parent, siblings in the office's order."""
    below: dict[int | None, list[Unit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id, []).append(unit)

    def walk(parent_id: int | None, depth: int) -> list[tuple[int, Unit]]:
        found: list[tuple[int, Unit]] = []
        for unit in below.get(parent_id, []):
            found.append((depth, unit))
            found.extend(walk(unit.id, depth + 1))
        return found

    return walk(None, 0)


def add_unit(session: Session, details: UnitDetails) -> Unit:
    units = all_units(session, lock=True)
    _check_name(units, details.short_name, besides=None)
    _check_office(units, details, None)
    parent = _parent(units, details.parent_id, had=None)
    unit = Unit(
        short_name=details.short_name, full_name=details.full_name, kind=details.kind, parent_id=details.parent_id
    )
    try:
        with session.begin_nested():
            session.add(unit)
            session.flush()
    except IntegrityError as error:  # a row that came between the question and ours
        raise Refused("unit_name_taken") from error
    unit.path = _path(parent, unit)
    session.add(unit)
    session.flush()
    return unit


def edit_unit(session: Session, unit_id: int, details: UnitDetails, *, version: int | None) -> Unit:
    """Renames and moves. The paths of everything below are computed anew; a unit never stands below itself."""
    units = all_units(session, lock=True)
    unit = _found(units, unit_id)
    _check_version(unit, version)
    _check_name(units, details.short_name, besides=unit)
    _check_office(units, details, unit)
    parent = _parent(units, details.parent_id, had=unit.parent_id)
    if parent is not None and parent.path.startswith(unit.path):
        raise Refused("unit_below_itself")
    unit.short_name, unit.full_name = details.short_name, details.full_name
    unit.kind, unit.parent_id = details.kind, details.parent_id
    _bump(session, unit)
    _recompute(session, units, unit, parent)
    return unit


def set_unit_active(session: Session, unit_id: int, is_active: bool, *, version: int | None) -> Unit:
    """A unit out of use gets no new appeals and no new people; what it has, it finishes.

    Above a unit in use there is none out of use.
    """
    units = all_units(session, lock=True)
    unit = _found(units, unit_id)
    _check_version(unit, version)
    if not is_active and unit.kind is UnitKind.OFFICE:
        raise Refused("office_stays")
    if not is_active and any(one.parent_id == unit.id and one.is_active for one in units):
        raise Refused("unit_has_units_below")
    if is_active:
        _parent(units, unit.parent_id, had=None)
    unit.is_active = is_active
    _bump(session, unit)
    return unit


def _found(units: Sequence[Unit], unit_id: int | None) -> Unit:
    for unit in units:
        if unit.id == unit_id:
            return unit
    raise NotFound("no_such_unit")


def _parent(units: Sequence[Unit], parent_id: int | None, *, had: int | None) -> Unit | None:
    """The unit above. One out of use is taken only where it stood above already."""
    if parent_id is None:
        return None
    parent = next((one for one in units if one.id == parent_id), None)
    if parent is None or not (parent.is_active or parent.id == had):
        raise Refused("parent_not_in_use")
    return parent


def _check_name(units: Sequence[Unit], short_name: str, *, besides: Unit | None) -> None:
    if any(one.short_name == short_name and one is not besides for one in units):
        raise Refused("unit_name_taken")


def _check_office(units: Sequence[Unit], details: UnitDetails, unit: Unit | None) -> None:
    """The office is one, stays what it is, and stands by itself at the top: a handling unit would be dispatched to and
    could be put out of use, and whoever stands below the office would be kin of it (ACC-4).
    """
    is_office = unit is not None and unit.kind is UnitKind.OFFICE
    if is_office is not (details.kind is UnitKind.OFFICE):
        raise Refused("office_kind_stays" if is_office else "office_is_one")
    if is_office and details.parent_id is not None:
        raise Refused("office_stands_alone")
    if any(one.id == details.parent_id and one.kind is UnitKind.OFFICE for one in units):
        raise Refused("nothing_below_office")


def _check_version(unit: Unit, version: int | None) -> None:
    if version is not None and version != unit.version:
        raise Conflict("unit_changed_meanwhile", expected=version, found=unit.version)


def _path(parent: Unit | None, unit: Unit) -> str:
    path = f"{parent.path if parent else '/'}{unit.id}/"
    if len(path) > MAX_PATH:
        raise Refused("unit_too_deep")
    return path


def _recompute(session: Session, units: Sequence[Unit], unit: Unit, parent: Unit | None) -> None:
    unit.path = _path(parent, unit)
    session.add(unit)
    for below in units:
        if below.parent_id == unit.id:
            _recompute(session, units, below, unit)
    session.flush()


def _bump(session: Session, unit: Unit) -> None:
    unit.version += 1
    session.add(unit)
    session.flush()
