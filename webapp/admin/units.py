"""Units as a tree: the list, one unit, and what is done to it."""

from dataclasses import dataclass, replace

from flask import url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts import unit_tree
from models.accounts.staff_list import people_in_units
from models.accounts.tables import Unit
from models.accounts.types import Actor, UnitKind
from models.errors import NotFound
from models.handling import concerned
from webapp import db
from webapp.admin.acts import CONFLICT, AdminAct, Done, Place, differences, perform
from webapp.admin.forms import UnitForm
from webapp.forms import ActForm
from webapp.htmx import render


@dataclass(frozen=True)
class UnitRow:
    url: str
    depth: int
    short_name: str
    full_name: str
    kind: str
    parent: str
    people: int
    is_active: bool


def show_tree() -> Response:
    session = db.session()
    found = unit_tree.all_units(session)
    people, names = people_in_units(session), {unit.id: unit.short_name for unit in found}
    rows = [
        UnitRow(
            url=url_for("admin.unit", number=str(unit.id)), depth=depth, short_name=unit.short_name,
            full_name=unit.full_name, kind=unit.kind.value, parent=names.get(unit.parent_id, ""),
            people=people.get(unit.id or 0, 0), is_active=unit.is_active,
        )
        for depth, unit in unit_tree.tree(found)
    ]
    return render("admin/units.html", rows=rows)


def show_new(form: ActForm | None = None, status: int = 200) -> Response:
    shown = form or UnitForm(formdata=None).offer(unit_tree.all_units(db.session()))
    return render("admin/new_unit.html", form=shown, status=status)


def _add(session: Session, actor: Actor, nothing: None, form: UnitForm) -> Done:
    made = unit_tree.add_unit(session, form.details)
    return Done(f"已新增单位“{made.short_name}”。", form.details.facts, object_id=str(made.id))


def add() -> Response:
    form = UnitForm()
    form.offer(unit_tree.all_units(db.session()))
    return perform(ADD, NEW, form=form)


def _id(number: str) -> int:
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound("no_such_unit")
    return int(number)


def show(number: str, failed: ActForm | None = None, status: int = 200) -> Response:
    """The unit with its form, or with the one that failed: that of the unit itself, or of the act beside it."""
    session = db.session()
    unit = unit_tree.unit_by_id(session, _id(number))
    fresh = UnitForm(formdata=None).offer(unit_tree.all_units(session), kept=unit.parent_id).fill(unit)
    edited = failed if isinstance(failed, UnitForm) else None
    act = ActForm(formdata=None)
    act.version.data = str(unit.version)
    return render(
        "admin/unit.html", unit=unit, form=edited or fresh, act=act, status=status,
        failed=None if edited else failed,
        differences=differences(fresh, edited) if edited and status == CONFLICT else [],
        people=people_in_units(session).get(unit.id or 0, 0), is_office=unit.kind is UnitKind.OFFICE,
    )


def _edit(session: Session, actor: Actor, unit: Unit, form: UnitForm) -> Done:
    """A unit that moves must not come to stand above or below whom a report accuses that it works on (ACC-4)."""
    was, crossed = unit_tree.details_of(unit).facts, concerned.crossing(session)
    unit = unit_tree.edit_unit(session, unit.id or 0, form.details, version=form.expected_version)
    concerned.check_move(session, crossed)
    return Done(f"单位“{unit.short_name}”已保存。", {"before": was, "after": form.details.facts})


def edit(number: str) -> Response:
    session = db.session()
    kept = unit_tree.unit_by_id(session, _id(number))
    form = UnitForm()
    form.offer(unit_tree.all_units(session), kept=kept.parent_id)
    return perform(EDIT, replace(UNIT, url=NEW.url), str(kept.id), form)


def _deactivate(session: Session, actor: Actor, unit: Unit, form: ActForm) -> Done:
    unit_tree.set_unit_active(session, unit.id or 0, False, version=form.expected_version)
    return Done(f"单位“{unit.short_name}”已停用，不再接收新的诉求和账号。")


def _activate(session: Session, actor: Actor, unit: Unit, form: ActForm) -> Done:
    unit_tree.set_unit_active(session, unit.id or 0, True, version=form.expected_version)
    return Done(f"单位“{unit.short_name}”已恢复使用。")


def _find(session: Session, number: str) -> Unit:
    return unit_tree.unit_by_id(session, _id(number))


NEW = Place(
    "unit", lambda session, number: None, lambda number: url_for("admin.all_units"),
    lambda number, failed, status: show_new(failed, status),
)
UNIT = Place("unit", _find, lambda number: url_for("admin.unit", number=number), show)
ADD, EDIT = AdminAct("unit.create", _add), AdminAct("unit.edit", _edit)
DEACTIVATE, ACTIVATE = AdminAct("unit.deactivate", _deactivate), AdminAct("unit.activate", _activate)
