"""Batch prints as jobs: the slips of a filter in one PDF, kept for whoever ordered it, while they do other things."""

from datetime import date
from typing import Any

from flask import current_app, flash, redirect, url_for
from sqlmodel import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from models.accounts.queries import account_by_id, actor_of
from models.accounts.types import Actor
from models.appeals import views
from models.appeals.types import ViewKind
from models.errors import Refused
from models.slips import commands, queries
from models.slips.kinds import SlipKind
from models.slips.paper import content_of
from models.slips.queries import Period, Wanted
from models.slips.tables import Slip
from webapp import clock, db, jobs, keyed
from webapp.config import Config
from webapp.forms import ActForm
from webapp.jobs import Kind, Running
from webapp.messages import message
from webapp.pdf import GIB, PdfRenderer
from webapp.slip_batch import PORTION, render_batch
from webapp.slip_print import Audience, record_print
from webapp.slips.act_forms import PlainForm
from webapp.slips.acting import act_of, letterhead
from webapp.slips.forms import RegisterFilter

MOST_SLIPS = 1_000
SECONDS_A_SLIP = 4.0
JOB = "slips.batch"


def order(filled: MultiDict[str, str]) -> Response:
    """A job for what the register shows with this filter; 303 to the page that shows how far it is."""
    asked = RegisterFilter(filled)
    asked.offer(clock.today())
    back = url_for("slips.index", **(asked.asked if asked.check() else {}))
    form = PlainForm()

    def run(session: Session, actor: Actor) -> Response:
        wanted = asked.wanted
        total = len(queries.to_print(session, actor, wanted, limit=MOST_SLIPS + 1))
        if not 0 < total <= MOST_SLIPS:
            code = "too_much_to_print" if total else "nothing_to_print"
            flash(message(code, most=MOST_SLIPS), "info")
            return redirect(back, code=303)
        job = jobs.order(session, actor, JOB, facts_of(wanted), total=total)
        return redirect(url_for("progress.show", uid=job.uid), code=303)

    def refused(form: ActForm, status: int) -> Response:
        for text in form.form_errors:
            flash(text, "error")
        return redirect(back, code=303)

    act = keyed.KeyedAct("slips-batch", lambda: url_for("progress.index"))
    return keyed.perform(act, form, run=run, show=refused, explain=_explain)


def _explain(form: ActForm, error: Exception) -> None:
    assert isinstance(error, Refused)
    form.form_errors.append(message(error.code, **error.facts))


def facts_of(wanted: Wanted) -> dict[str, Any]:
    """The filter as a job keeps it."""
    period = [wanted.period.first_on.isoformat(), wanted.period.last_on.isoformat()] if wanted.period else None
    return {"period": period, "kind": wanted.kind.value if wanted.kind else None, "standing": wanted.standing}


def wanted_of(facts: dict[str, Any]) -> Wanted:
    period = Period(*(date.fromisoformat(day) for day in facts["period"])) if facts["period"] else None
    return Wanted(period, SlipKind(facts["kind"]) if facts["kind"] else None, facts["standing"])


def work(running: Running) -> str:
    """Reads what the orderer may see now, draws it, and leaves a trace of every print before the result is there."""
    with db.database().reading() as session:
        actor = actor_of(session, account_by_id(session, running.account_id))
        slips = list(queries.to_print(session, actor, wanted_of(dict(running.facts)), limit=MOST_SLIPS))
    if not slips:
        raise Refused("nothing_to_print")
    running.draft.write_bytes(_drawn(slips, running))
    with db.database().writing() as session:
        trace(session, slips, actor)
    return f"文书汇印 {len(slips)}份.pdf"


def _drawn(slips: list[Slip], running: Running) -> bytes:
    """On a renderer of its own: the web's limits hold for one slip, these grow with a portion."""
    config: Config = current_app.extensions["zhitongche.config"]
    renderer = PdfRenderer(
        config.fonts_conf, workers=1, timeout=120 + SECONDS_A_SLIP * PORTION, memory=4 * GIB, max_pages=50 * PORTION
    )
    try:
        return render_batch([content_of(slip.content) for slip in slips], renderer, running.step)
    finally:
        renderer.close()


def trace(session: Session, slips: list[Slip], actor: Actor) -> None:
    for slip in slips:
        record_print(session, slip, actor, Audience.BATCH)
    looks = {(slip.appeal_id, ViewKind.PRINT) for slip in slips if slip.appeal_id is not None}
    views.note(session, actor, sorted(looks), clock.now())


JOBS = (Kind(JOB, "文书批量打印", work),)


# ---------------------------------------------------------------- dispatch orders of a day


def issue_dispatch_orders() -> Response:
    """One for every appeal that was dispatched today and has none, in one act."""
    form = PlainForm()

    def run(session: Session, actor: Actor) -> Response:
        act, done = act_of(actor), 0
        for appeal in queries.without_order(session, actor, clock.today(), lock=True):
            commands.issue_of_appeal(session, SlipKind.DISPATCH_ORDER, appeal, act, letterhead())
            done += 1
        said = f"已出具 {done} 份交办单。" if done else "今天交办的诉求都已出具交办单。"
        flash(said, "success" if done else "info")
        return redirect(_todays_orders(), code=303)

    def refused(form: ActForm, status: int) -> Response:
        for text in form.form_errors:
            flash(text, "error")
        return redirect(url_for("slips.index"), code=303)

    act = keyed.KeyedAct("dispatch-orders", _todays_orders)
    return keyed.perform(act, form, run=run, show=refused, explain=_explain)


def _todays_orders() -> str:
    return url_for("slips.index", day=clock.today().isoformat(), kind=SlipKind.DISPATCH_ORDER.value)


