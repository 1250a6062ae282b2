"""One unit: its result in a campaign and over the campaigns, what ballots say of its conduct, what was found of it."""

from collections.abc import Mapping
from functools import partial

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.rules import Permission, is_related, permits
from models.accounts.tables import Unit
from models.accounts.types import Actor
from models.accounts.unit_tree import unit_by_id
from models.errors import NotFound
from models.ratings import queries as campaigns
from models.ratings import result_queries as queries
from models.ratings import results
from models.ratings.findings import Verdict, find
from models.ratings.looks import Look
from models.ratings.result_queries import Result
from models.ratings.result_types import LookKind
from models.ratings.types import CONDUCT_LABELS, ConductQuestion
from webapp import access, db, keyed, rating_looks
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.rating_results import campaign_pages, presenters
from webapp.rating_results.forms import FindingForm
from webapp.rating_results.proposal_pages import ProposalView, view
from webapp.rating_results.publishing import act_of, explain
from webapp.refilling import refilled


def show(uid: str, *, failed: ActForm | None = None, asked: str = "", status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    found = queries.visible(session, actor, uid)
    unit = unit_by_id(session, found.row.unit_id)
    [result] = results.as_results(session, [found.row])
    names = {one.no: one.name for one in campaigns.dimensions(session, found.campaign)}
    is_exact = queries.reads_remarks(actor, unit.path)
    known = queries.findings(session, [found.row.id or 0])
    conduct = presenters.conduct_rows(
        result.conduct, {question: one for (_, question), one in known.items()}, is_exact=is_exact
    )
    return render(
        "rating_results/unit.html", status=status, unit=unit, campaign=found.campaign,
        period=presenters.period_of(found.campaign), row=presenters.result_row(found.row, unit.short_name),
        dimensions=presenters.dimension_rows(result, names), conduct=conduct, is_exact=is_exact, uid=uid,
        history=history(session, actor, unit), proposals=_proposals(session, actor, found),
        forms=_forms(actor, unit, uid, conduct, failed, asked),
        **campaign_pages.formula(session, found.campaign),
    )


def history(session: Session, actor: Actor, unit: Unit) -> list[presenters.ResultRow]:
    """Over the campaigns, the oldest first."""
    assert unit.id is not None
    return [
        presenters.result_row(
            one.row, presenters.period_of(one.campaign), period=presenters.period_of(one.campaign),
            url=url_for("rating_results.unit", uid=one.row.uid),
        )
        for one in queries.of_unit(session, actor, unit.id)
    ]


def _proposals(session: Session, actor: Actor, found: Result) -> list[ProposalView]:
    made = queries.proposals(session, actor, campaign_id=found.campaign.id, unit_id=found.row.unit_id)
    return [view(one) for one in made]


def _forms(
    actor: Actor, unit: Unit, uid: str, conduct: list[presenters.ConductRow], failed: ActForm | None, asked: str
) -> Mapping[str, ActForm]:
    """A form for each question that is still to be found out, by a director who has nothing to do with the unit."""
    if not permits(actor.roles, Permission.DECIDE_RATINGS) or is_related(actor.unit_path, unit.path):
        return {asked: failed} if failed is not None else {}
    found = {}
    for one in conduct:
        if one.may_be_found or (failed is not None and one.question == asked):
            url = url_for("rating_results.find", uid=uid, question=one.question)
            form = failed if failed is not None and one.question == asked else refilled(FindingForm(formdata=None), url)
            found[one.question] = _own_ids(form, one.question)
    return found


def _own_ids(form: ActForm, name: str) -> ActForm:
    """Several forms on one page ask for the same: their controls need different ids. Names stay."""
    for field in form:
        field.id = f"{name}-{field.name}"
    return form


def find_out(uid: str, question: str) -> Response:
    """303 to the unit's page, with what follows from it."""
    asked = next((one for one in ConductQuestion if one.value == question), None)
    if asked is None:
        raise NotFound("no_such_id")
    form = FindingForm()
    found = queries.visible(db.session(), access.current_actor(), uid)

    def run(session: Session, actor: Actor) -> Response:
        verdict = Verdict(form.verdict.data == "confirmed", form.evidence.data or "", form.reasons.data or "")
        unit = unit_by_id(session, found.row.unit_id)
        _, made = find(session, found.row, found.campaign, unit, asked, verdict, act_of())
        said = "认定属实" if verdict.is_confirmed else "不予认定"
        more = "；由此提出年度绩效建议，请另行决定" if made else ""
        flash(f"{CONDUCT_LABELS[asked]}：已记录{said}{more}。", "success")
        return redirect(url_for("rating_results.unit", uid=uid), code=303)

    def again(failed: ActForm, status: int) -> Response:
        return show(uid, failed=failed, asked=question, status=status)

    act = keyed.KeyedAct(f"rating.find-{question}:{uid}", partial(url_for, "rating_results.unit", uid=uid))
    return keyed.perform(act, form, run=run, show=again, explain=explain)


def show_remarks(uid: str) -> Response:
    """What was written under the conduct questions. Each look is noted."""
    session, actor = db.session(), access.current_actor()
    found = queries.visible(session, actor, uid)
    unit = unit_by_id(session, found.row.unit_id)
    if not queries.reads_remarks(actor, unit.path):
        raise NotFound("no_such_rating")
    rating_looks.seen(Look(found.campaign.id or 0, LookKind.REMARKS, found.row.unit_id))
    said = queries.remarks(session, found.campaign.id or 0, found.row.unit_no)
    return render(
        "rating_results/remarks.html", unit=unit, period=presenters.period_of(found.campaign), uid=uid,
        groups=[(CONDUCT_LABELS[one], said[one]) for one in ConductQuestion if one in said],
    )


def show_own() -> Response:
    """A unit's people: every published campaign in which their unit was rated."""
    session, actor = db.session(), access.current_actor()
    unit = unit_by_id(session, actor.unit_id or 0)
    return render("rating_results/mine.html", unit=unit, history=history(session, actor, unit))
