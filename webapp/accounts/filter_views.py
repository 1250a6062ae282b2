"""Keeping, renaming and deleting the filters of a list."""

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from models.accounts import saved_filters
from models.accounts.rules import permits
from models.accounts.types import ListPlace
from models.errors import Refused
from webapp import access, clock, db, keyed
from webapp.accounts.views import blueprint
from webapp.htmx import render
from webapp.messages import message
from webapp.saved_filters import PERMISSIONS, FilterForm, link, list_url


@blueprint.get("/filters/<place>")
@access.signed_in
def filters(place: str) -> Response:
    """All of them, to rename and to delete; without script also the way to them."""
    return _page(_place(place))


@blueprint.post("/filters/<place>")
@access.signed_in
def save_filter(place: str) -> Response:
    where, form = _place(place), FilterForm()
    query = saved_filters.canonical(where, request.form.get("query", ""))
    if not keyed.is_repeat(db.session(), access.current_actor(), form, _subject(where)):
        if not form.validate_on_submit():
            return _page(where, form, query, 422)
        try:
            saved_filters.save(db.session(), _own_id(), where, form.name.data or "", query, now=clock.now())
        except Refused as refused:
            form["name"].errors = [message(refused.code)]
            return _page(where, form, query, 422)
        keyed.burn(db.session(), access.current_actor(), form, _subject(where))
        flash(f"已保存筛选“{form.name.data}”，下次在清单上方直接点开。", "success")
    return redirect(list_url(where, query), code=303)


@blueprint.post("/filters/<place>/<uid>/rename")
@access.signed_in
def rename_filter(place: str, uid: str) -> Response:
    where, form = _place(place), FilterForm()
    saved_filters.own(db.session(), _own_id(), uid)
    if not form.validate_on_submit():
        return _page(where, renamed=(uid, form), status=422)
    try:
        saved_filters.rename(db.session(), _own_id(), uid, form.name.data or "")
    except Refused as refused:
        form["name"].errors = [message(refused.code)]
        return _page(where, renamed=(uid, form), status=422)
    flash("名称已修改。", "success")
    return redirect(url_for("accounts.filters", place=where.value), code=303)


@blueprint.post("/filters/<place>/<uid>/delete")
@access.signed_in
def delete_filter(place: str, uid: str) -> Response:
    where = _place(place)
    gone = saved_filters.delete(db.session(), _own_id(), uid)
    flash(f"已删除筛选“{gone.name}”，诉求不受影响。", "success")
    return redirect(url_for("accounts.filters", place=where.value), code=303)


def _place(place: str) -> ListPlace:
    """The list that is meant, if this person may use it."""
    where = next((one for one in ListPlace if one.value == place), None)
    if where is None:
        abort(404)
    actor = access.current_actor()
    if not permits(actor.roles, PERMISSIONS[where]):
        access.record_denied(actor, request.endpoint or "")
        abort(403)
    return where


def _own_id() -> int:
    own = access.current_actor().account_id
    assert own is not None
    return own


def _subject(where: ListPlace) -> str:
    return f"filter:{where.value}"


def _page(
    where: ListPlace, form: FilterForm | None = None, query: str = "", status: int = 200,
    *, renamed: tuple[str, FilterForm] | None = None,
) -> Response:
    """`form` could not be saved; `renamed` is the form of the filter that could not be renamed."""
    for failed in (form, renamed[1] if renamed else None):
        if failed is not None:
            keyed.renewed(failed)
    rows = saved_filters.saved(db.session(), _own_id(), where)
    forms = {one.uid: _rename_form(one.uid, one.name, renamed) for one in rows}
    return render(
        "accounts/filters.html", status=status, place=where, links=[link(one) for one in rows], forms=forms,
        form=form, query=query, list_url=list_url(where, query), most=saved_filters.MOST,
    )


def _rename_form(uid: str, name: str, renamed: tuple[str, FilterForm] | None) -> FilterForm:
    form = renamed[1] if renamed and renamed[0] == uid else FilterForm(formdata=None, name=name)
    form["name"].id = f"name-{uid}"
    return form
