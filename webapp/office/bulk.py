"""Dispatching many appeals: pick, check each with its unit and dates, then dispatch in portions of twenty.

Each appeal is a transaction of its own with its own audit rows. The form carries what was picked; what became of each
is in the database under a key made of the form's and the appeal's, so a portion sent again does nothing twice and
answers the same. Between portions the person may stop; what is done stays done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import units_by_id
from models.accounts.tables import Unit
from models.accounts.types import Actor, UnitKind
from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.errors import Conflict, DomainError, NotFound, Refused
from models.handling import batches
from models.handling.commands import Act
from models.handling.rules import CLERKS
from models.handling.suggestions import Suggestion, suggest
from webapp import access, clock, db, notifying
from webapp.calendar import current_calendar
from webapp.filters import cn_date
from webapp.forms import PAGE_EXPIRED, ActForm, key_digest
from webapp.htmx import render
from webapp.messages import message
from webapp.office.promised import Promises, promises
from webapp.paging import ROWS
from webapp.unit_picker import unknown_unit

PORTION = 20
NOTHING_PICKED = "请先勾选要交办的诉求，再点“核对并批量交办”。"
NO_UNIT = "没有明显的承办单位，请选择"
GONE = "有 {count} 件没有找到，没有列入。"
UNNAMED = "选中的一件"


@dataclass(frozen=True)
class Picked:
    """One appeal of the batch as the form carries it. `unit` is a name as typed; '' leaves it to the suggestion."""

    uid: str
    unit: str
    version: int


@dataclass(frozen=True)
class CheckRow:
    """One line of the check page. `error` says why it cannot go to this unit; it is then not ticked. `is_other`: the
    suggestion is another unit.
    """

    uid: str
    url: str
    number: str
    title: str
    version: int
    unit: str
    reason: str
    is_other: bool
    error: str
    is_ticked: bool


@dataclass(frozen=True)
class ResultRow:
    """`tone`: done, wrong, or todo for what has not been tried."""

    number: str
    title: str
    url: str
    text: str
    tone: str


@dataclass(frozen=True)
class Progress:
    """How far a batch is: of `total` appeals `tried` have an outcome, `done` are dispatched."""

    total: int
    tried: int
    done: int

    @property
    def is_finished(self) -> bool:
        return self.tried >= self.total


def handle() -> Response:
    """`step`: check (the default), go, or stop."""
    form, actor = ActForm(), access.current_actor()
    step = request.form.get("step", "check")
    picked = _picked()
    if not picked:
        flash(NOTHING_PICKED, "warning")
        return redirect(url_for("office.appeals", state="to_dispatch"), code=303)
    if step == "check":
        return _show_check(_named(), common=request.form.get("unit", ""))
    if not form.validate_on_submit():
        flash(PAGE_EXPIRED, "warning")
        return _show_check(_named(), status=422)
    return _go(actor, form, picked, is_stopped=step == "stop")


def _go(actor: Actor, form: ActForm, picked: Sequence[Picked], *, is_stopped: bool) -> Response:
    session = db.session()
    units = _by_name(units_by_id(session).values())
    if any(one.unit not in units for one in picked):
        return _show_check(_named(), status=422)
    keys = {one.uid: _key(actor, form, one.uid) for one in picked}
    tried = batches.outcomes(session, actor, keys.values())
    act = Act(actor.acting_by(CLERKS), clock.now(), current_calendar())
    db.release()  # each appeal has a writing transaction of its own: none may wait for the request's
    left = [] if is_stopped else [one for one in picked if keys[one.uid] not in tried][:PORTION]
    for one in left:
        _dispatch(replace(act, expected_version=one.version), one, units[one.unit].id, keys[one.uid])
    return _show_run(form, picked, keys, is_stopped=is_stopped)


def _dispatch(act: Act, one: Picked, unit_id: int | None, key_hash: str) -> None:
    try:
        with db.database().writing() as session:
            appeal = visible_appeal(session, act.actor, one.uid, lock=True)
            unit = session.get_one(Unit, unit_id)
            with notifying.telling_of(session, appeal):
                batches.dispatch_once(session, appeal, act, key_hash, lead_unit=unit)
    except (Refused, Conflict, NotFound) as error:
        access.record_denied(act.actor, f"{request.endpoint}:dispatch:{error.code}", one.uid)
        with db.database().writing() as session:
            batches.remember_refusal(session, act.actor, key_hash, one.uid, error.code, now=act.now)


def _key(actor: Actor, form: ActForm, uid: str) -> str:
    return key_digest(f"{form.submission_key.data}:{actor.account_id}:{uid}")


def _picked() -> list[Picked]:
    """What is ticked, in the order of the form, each once and not more than a page of the list holds."""
    return [_one(uid) for uid in access.picked_uids("appeal")][:ROWS]


def _named() -> list[Picked]:
    """Every line of the form, ticked or not: a line is taken back in by its tick alone."""
    return [_one(uid) for uid in access.picked_uids("row") or access.picked_uids("appeal")][:ROWS]


def _one(uid: str) -> Picked:
    version = request.form.get(f"version-{uid}", "")
    is_number = version.isascii() and version.isdigit() and len(version) < 10
    return Picked(uid, request.form.get(f"unit-{uid}", "").strip()[:40], int(version) if is_number else -1)


def _by_name(units: Iterable[Unit]) -> dict[str, Unit]:
    offered = [unit for unit in units if unit.is_active and unit.kind is not UnitKind.OFFICE]
    return {name: unit for unit in offered for name in (unit.full_name, unit.short_name)}


def _show_check(lines: Sequence[Picked], *, common: str = "", status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    units = units_by_id(session)
    by_name, named = _by_name(units.values()), {one.uid: one for one in lines}
    ticked = set(request.form.getlist("appeal"))
    found = batches.picked_appeals(session, actor, named)
    rows = [
        _check_row(session, actor, appeal, named[appeal.uid].unit or common.strip()[:40], units, by_name, ticked)
        for appeal in found
    ]
    ahead = promises(session, clock.today(), current_calendar())
    return render(
        "office/bulk_check.html", status=status, rows=rows, form=ActForm(formdata=None), promises=ahead,
        told=dates_told(ahead), units=list({unit.id: unit for unit in by_name.values()}.values()),
        gone=GONE.format(count=len(named) - len(found)) if len(named) > len(found) else "",
    )


def dates_told(ahead: Promises) -> str:
    """The dates of a dispatch today in one line; all rows share them."""
    sign, verify, conclude = ahead.dates[:3]
    return f"{sign.date_text}前签收，{verify.date_text}前核实，{conclude.date_text}前办结（简单事项）"


def _check_row(
    session: Session, actor: Actor, appeal: Appeal, asked: str, units: Mapping[int, Unit],
    by_name: Mapping[str, Unit], ticked: set[str],
) -> CheckRow:
    accused = units.get(appeal.against_unit_id or 0)
    found = suggest(appeal.kind, accused.short_name if accused else "", appeal.title, appeal.body)
    unit = asked or (found.unit if found else "")
    is_other = found is not None and by_name.get(unit) is not by_name.get(found.unit)
    error = _why_not(session, actor, appeal, unit, by_name)
    return CheckRow(
        appeal.uid, url_for("office.triage_one", uid=appeal.uid), appeal.number, appeal.title, appeal.version, unit,
        _reason(found, is_other=is_other), is_other, error, not error and (appeal.uid in ticked),
    )


def _reason(found: Suggestion | None, *, is_other: bool) -> str:
    if found is None:
        return ""
    return f"建议{found.unit}：{found.reason}" if is_other else found.reason


def _why_not(session: Session, actor: Actor, appeal: Appeal, unit: str, by_name: Mapping[str, Unit]) -> str:
    if not unit:
        return NO_UNIT
    if unit not in by_name:
        return unknown_unit(unit, {one.id: one for one in by_name.values()}.values())
    try:
        batches.check_dispatch(session, appeal, actor, by_name[unit])
    except DomainError as error:
        return message(error.code)
    return ""


def _show_run(form: ActForm, picked: Sequence[Picked], keys: Mapping[str, str], *, is_stopped: bool) -> Response:
    """How far it is, or what came of it. Read in a session that only reads: the writing is done."""
    with db.database().reading() as session:
        actor = access.current_actor()
        outcomes = batches.outcomes(session, actor, keys.values())
        found = {one.uid: one for one in batches.picked_appeals(session, actor, keys)}
        rows = [_result_row(found.get(one.uid), one, outcomes.get(keys[one.uid], "")) for one in picked]
    done = sum(code == batches.DONE for code in outcomes.values())
    return render(
        "office/bulk_run.html", part="office/_bulk_run.html", form=form, picked=picked, is_stopped=is_stopped,
        rows=rows, progress=Progress(len(picked), len(outcomes), done),
    )


def _result_row(appeal: Appeal | None, one: Picked, code: str) -> ResultRow:
    number, title = (appeal.number, appeal.title) if appeal else (UNNAMED, "")
    url = url_for("office.show", uid=appeal.uid) if appeal else ""
    if not code:
        return ResultRow(number, title, url, "还没有办", "todo")
    if code != batches.DONE:
        return ResultRow(number, title, url, message(code), "wrong")
    due = f"，应于{cn_date(appeal.next_due_on)}前签收" if appeal and appeal.next_due_on else ""
    return ResultRow(number, title, url, f"已交办{one.unit}{due}", "done")
