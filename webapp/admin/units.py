"""Units as a tree: the list, one unit, and what is done to it."""

from dataclasses import dataclass

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts import unit_tree
from models.accounts.staff_list import people_in_units
from models.accounts.types import Actor, UnitKind
from models.errors import NotFound
from webapp import db
from webapp.admin.acts import AdminAct, perform, trace
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


def add() -> Response:
    form = UnitForm()
    form.offer(unit_tree.all_units(db.session()))

    def run(session: Session, actor: Actor) -> Response:
        made = unit_tree.add_unit(session, form.details)
        trace(session, actor, "unit.create", "unit", str(made.id), form.details.facts)
        flash(f"已新增单位“{made.short_name}”。", "success")
        return redirect(url_for("admin.all_units"), code=303)

    return perform(AdminAct("unit.create", lambda: url_for("admin.all_units")), form, run=run, show=show_new)


def _id(number: str) -> int:
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NotFound("no_such_unit")
    return int(number)


def show(number: str, form: UnitForm | None = None, failed: ActForm | None = None, status: int = 200) -> Response:
    session = db.session()
    unit = unit_tree.unit_by_id(session, _id(number))
    shown = form or UnitForm(formdata=None).offer(unit_tree.all_units(session), kept=unit.parent_id).fill(unit)
    act = ActForm(formdata=None)
    act.version.data = str(unit.version)
    return render(
        "admin/unit.html", unit=unit, form=shown, act=act, failed=failed, status=status,
        people=people_in_units(session).get(unit.id or 0, 0), is_office=unit.kind is UnitKind.OFFICE,
    )


def edit(number: str) -> Response:
    session, unit_id = db.session(), _id(number)
    before = unit_tree.unit_by_id(session, unit_id)
    was = unit_tree.details_of(before).facts
    form = UnitForm()
    form.offer(unit_tree.all_units(session), kept=before.parent_id)

    def run(session: Session, actor: Actor) -> Response:
        unit = unit_tree.edit_unit(session, unit_id, form.details, version=form.expected_version)
        trace(session, actor, "unit.edit", "unit", number, {"before": was, "after": form.details.facts})
        flash(f"单位“{unit.short_name}”已保存。", "success")
        return redirect(url_for("admin.all_units"), code=303)

    act = AdminAct(f"unit.edit:{unit_id}", lambda: url_for("admin.all_units"))
    return perform(act, form, run=run, show=lambda failed, status: show(number, form, None, status))


def set_active(number: str, *, is_active: bool) -> Response:
    unit_id, form = _id(number), ActForm()
    name = "unit.activate" if is_active else "unit.deactivate"

    def run(session: Session, actor: Actor) -> Response:
        unit = unit_tree.set_unit_active(session, unit_id, is_active, version=form.expected_version)
        trace(session, actor, name, "unit", number, {})
        flash(f"单位“{unit.short_name}”已{'恢复使用' if is_active else '停用，不再接收新的诉求和账号'}。", "success")
        return redirect(url_for("admin.unit", number=number), code=303)

    act = AdminAct(f"{name}:{unit_id}", lambda: url_for("admin.unit", number=number))
    return perform(act, form, run=run, show=lambda failed, status: show(number, None, failed, status))
