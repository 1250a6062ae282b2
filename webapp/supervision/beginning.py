"""Beginning a record by hand: from an appeal's page, or for a unit without an appeal."""

from collections.abc import Mapping
from functools import partial

from flask import abort, flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import handling_units, units_by_id
from models.accounts.tables import Unit
from models.accounts.types import Actor
from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.errors import DomainError, Refused
from models.supervision import ladder_records
from models.supervision.ladder_records import Content
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import KIND_LABELS, Ground, RecordKind
from webapp import access, clock, db, keyed, view_log
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.refilling import refilled
from webapp.supervision.forms import OF_UNIT, ON_APPEAL, BeginForm, OfUnit
from webapp.supervision.letters import act_of, letterhead
from webapp.supervision.record_page import record_url

NOTES = {
    RecordKind.REMINDER_SLIP: "同时出具催办单（编号），计入督办记录，不计分。",
    RecordKind.YELLOW_CARD: "黄牌记1分；单位可以说明情况，也可以在期限内申诉，由您以外的人员复核。",
    RecordKind.RED_CARD: "红牌记2分；单位可以说明情况，也可以在期限内申诉，由您以外的人员复核。",
    RecordKind.SUPERVISION_ORDER:
    "同时出具督办单（编号）。督办单有自己的期限：到期没有报告整改完成的，记0.5分，并自动亮红牌。",
    RecordKind.INTERVIEW: "提出以后由主任决定；决定并发出通知以前，单位看不到。",
    RecordKind.BULLETIN_ENTRY: "列入当月通报，单位可以看到，可以在期限内申诉。",
    RecordKind.TRANSFER: "同时出具移交函（编号），单位看不到；诉求继续办理。"
    "事项属于其他机关职权的，请在诉求页面办理“移送其他机关”。请不要写诉求人的信息。",
}
BUTTONS = {RecordKind.INTERVIEW: "提出约谈", RecordKind.TRANSFER: "移交纪检监察"}
SAID = {
    RecordKind.INTERVIEW: "已提出约谈，由主任决定；决定以前单位看不到。",
    RecordKind.TRANSFER: "移交纪检监察已登记，移交函已出具。",
}


def kind_of(text: str, offered: Mapping[RecordKind, type[BeginForm]]) -> RecordKind:
    """The kind that the address names; 404 for anything that cannot be begun here."""
    found = next((kind for kind in offered if kind.value == text), None)
    return found if found is not None else abort(404)


def _fresh(form: type[BeginForm], url: str) -> BeginForm:
    made = form(formdata=None)
    if "month" in made:
        made["month"].data = f"{clock.today():%Y-%m}"
    return refilled(made, url)


# ---------------------------------------------------------------- on an appeal


def show_on_appeal(
    uid: str, kind: RecordKind, *, failed: ActForm | None = None, status: int = 200
) -> Response:
    appeal = visible_appeal(db.session(), access.current_actor(), uid)
    view_log.seen(appeal)
    url = url_for("supervision.begin", uid=uid, kind=kind.value)
    return _page(kind, url, failed or _fresh(ON_APPEAL[kind], url), _lead(db.session(), appeal), appeal, status)


def begin_on_appeal(uid: str, kind: RecordKind) -> Response:
    appeal = visible_appeal(db.session(), access.current_actor(), uid, lock=True)
    form = ON_APPEAL[kind]()

    def run(session: Session, actor: Actor) -> Response:
        unit = _lead(session, appeal)
        if unit is None:
            raise Refused("not_dispatched")
        return _begun(_begin(session, kind, form, unit, appeal))

    act = keyed.KeyedAct(f"supervise.{kind.value}:{uid}", lambda: url_for("office.show", uid=uid))
    again = partial(_again_on_appeal, uid, kind)
    return keyed.perform(act, form, run=run, show=again, explain=_explain)


def _again_on_appeal(uid: str, kind: RecordKind, form: ActForm, status: int) -> Response:
    return show_on_appeal(uid, kind, failed=form, status=status)


def _lead(session: Session, appeal: Appeal) -> Unit | None:
    return units_by_id(session).get(appeal.lead_unit_id or 0)


# ---------------------------------------------------------------- for a unit


def show_for_unit(kind: RecordKind, *, failed: ActForm | None = None, status: int = 200) -> Response:
    url = url_for("supervision.begin_for_unit", kind=kind.value)
    return _page(kind, url, failed or _fresh(OF_UNIT[kind], url), None, None, status)


def begin_for_unit(kind: RecordKind) -> Response:
    form = OF_UNIT[kind]()

    def run(session: Session, actor: Actor) -> Response:
        assert isinstance(form, OfUnit)
        return _begun(_begin(session, kind, form, form.chosen, None))

    def again(failed: ActForm, status: int) -> Response:
        return show_for_unit(kind, failed=failed, status=status)

    act = keyed.KeyedAct(f"supervise.{kind.value}:", lambda: url_for("supervision.index"))
    return keyed.perform(act, form, run=run, show=again, explain=_explain)


def _begin(
    session: Session, kind: RecordKind, form: BeginForm, unit: Unit, appeal: Appeal | None
) -> SupervisionRecord:
    content = Content(
        kind, unit, Ground(form.ground.data), form.grounds.data or "", form.text("demand"), form.text("responsible"),
        form.text("recipient"), form.text("annexes"), form.text("month"), form.day,
    )
    return ladder_records.begin(session, content, act_of(), letterhead(), appeal=appeal)


def _begun(record: SupervisionRecord) -> Response:
    flash(SAID.get(record.kind, f"{KIND_LABELS[record.kind]}已发出，单位可以看到并说明情况。"), "success")
    return redirect(record_url(record.uid), code=303)


def _page(
    kind: RecordKind, url: str, form: ActForm, unit: Unit | None, appeal: Appeal | None, status: int
) -> Response:
    units = handling_units(db.session()) if appeal is None else []
    return render(
        "supervision/new.html", status=status, kind=KIND_LABELS[kind], note=NOTES[kind], url=url, form=form,
        button=BUTTONS.get(kind, "发出"), unit=unit.short_name if unit else "", appeal=appeal, units=units,
    )


def _explain(form: ActForm, error: DomainError) -> None:
    form.form_errors.append(message(error.code))
