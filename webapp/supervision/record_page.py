"""The page of one record, and an act on it: key, scope, form, command, answer."""

from functools import partial

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.errors import DomainError
from models.supervision import ladder_queries, ladder_records
from models.supervision.ladder_acts import allowed
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import KIND_LABELS, RecordAction
from webapp import access, clock, db, keyed, presenting, supervision_rows, view_log
from webapp.calendar import current_calendar
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.refilling import refilled
from webapp.supervision import presenters
from webapp.supervision.acts import ACTS, RecordAct, said_by
from webapp.supervision.letters import act_of, letterhead


def record_url(uid: str) -> str:
    return url_for("supervision.record", uid=uid)


def show(uid: str, *, failed: ActForm | None = None, action: RecordAction | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    record, appeal = ladder_queries.visible(session, actor, uid)
    if appeal is not None:
        view_log.seen(appeal)
    units = unit_names(session)
    unit = units.get(record.unit_id, "")
    standing = ladder_queries.standing(session, record, current_calendar())
    events = ladder_queries.events(session, record)
    [row] = supervision_rows.record_rows([(record, appeal)], units)
    return render(
        "supervision/record.html", status=status, row=row, appeal=appeal, kind=KIND_LABELS[record.kind],
        ground=supervision_rows.ground_text(record),
        appeal_url=presenters.appeal_url(actor, appeal),
        facts=presenters.facts(
            record, unit, ladder_queries.policy_of(session, record), ladder_queries.cause_of(session, record)
        ),
        slip=presenters.slip_link(ladder_queries.slip_of(session, record)),
        texts=presenters.texts(record), evidence=presenters.evidence(record, unit),
        promises=presenters.promises(record),
        timeline=presenters.timeline(events, units), said=presenters.answered(events),
        contest_until=presenting.deadline(standing.contest_until, clock.today(), current_calendar()),
        panels=_panels(session, actor, record, failed, action), lost=_lost(session, actor, record, failed, action),
    )


def _allowed(actor: Actor, session: Session, record: SupervisionRecord) -> list[RecordAct]:
    standing = ladder_queries.standing(session, record, current_calendar())
    now = allowed(standing, actor, clock.today())
    return [act for action, act in ACTS.items() if action in now]


def _panels(
    session: Session, actor: Actor, record: SupervisionRecord, failed: ActForm | None, action: RecordAction | None
) -> list[tuple[RecordAct, ActForm, str]]:
    """Each act with its form, the failed one in its place, and where it is sent."""
    found = []
    for act in _allowed(actor, session, record):
        url = url_for(f"supervision.{act.action.value}", uid=record.uid)
        form = failed if failed is not None and act.action is action else refilled(_form(act, record), url)
        found.append((act, _own_ids(form, act), url))
    return found


def _form(act: RecordAct, record: SupervisionRecord) -> ActForm:
    form = act.form(formdata=None)
    form.version.data = str(record.version)
    return form


def _own_ids(form: ActForm, act: RecordAct) -> ActForm:
    """Several acts on one page ask for words: their controls need different ids. Names stay."""
    for field in form:
        field.id = f"{act.action.value}-{field.name}"
    return form


def _lost(
    session: Session, actor: Actor, record: SupervisionRecord, failed: ActForm | None, action: RecordAction | None
) -> ActForm | None:
    """A failed form that has no place on the page any more: its words are shown beside it."""
    is_there = failed is None or any(act.action is action for act in _allowed(actor, session, record))
    return None if is_there else failed


def perform(uid: str, action: RecordAction) -> Response:
    """`POST …/<act>`: 303 when done, 422 when refused or incomplete, 409 when the record changed meanwhile."""
    act = ACTS[action]
    form = act.form()
    record, appeal = ladder_queries.visible(db.session(), access.current_actor(), uid, lock=True)

    def run(session: Session, actor: Actor) -> Response:
        ladder_records.perform(
            session, record, action, act_of(form), said_by(form), letterhead(), appeal=appeal
        )
        flash(act.said, "success")
        return redirect(record_url(uid), code=303)

    keyed_act = keyed.KeyedAct(f"supervision.{action.value}:{uid}", lambda: record_url(uid))
    return keyed.perform(keyed_act, form, run=run, show=partial(_again, uid, action), explain=_explain)


def _again(uid: str, action: RecordAction, form: ActForm, status: int) -> Response:
    if status == 409:
        record, _ = ladder_queries.visible(db.session(), access.current_actor(), uid)
        form.version.data = str(record.version)
    return show(uid, failed=form, action=action, status=status)


def _explain(form: ActForm, error: DomainError) -> None:
    if error.code == "record_due_not_ahead" and "workdays" in form:
        form["workdays"].errors = [message(error.code)]
    else:
        form.form_errors.append(message(error.code))

