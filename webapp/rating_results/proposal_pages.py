"""What the house proposes on a result: the list, one with its evidence, and the director's decision."""

from dataclasses import dataclass

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.rules import Permission, permits
from models.accounts.types import Actor
from models.errors import Refused
from models.ratings import proposals
from models.ratings import result_queries as queries
from models.ratings.result_queries import Proposed
from models.ratings.result_types import PROPOSAL_LABELS, PROPOSAL_STATE_LABELS, ProposalKind, ProposalState
from webapp import access, consequences, db, keyed
from webapp.filters import cn_date, cn_datetime
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.rating_results.forms import DecisionForm
from webapp.rating_results.presenters import period_of
from webapp.rating_results.publishing import act_of, explain, letterhead
from webapp.refilling import refilled

TONES = {ProposalState.PROPOSED: "soon", ProposalState.CONFIRMED: "done", ProposalState.DECLINED: "ended"}


@dataclass(frozen=True)
class ProposalView:
    url: str
    unit: str
    period: str
    label: str
    state: str
    tone: str
    evidence: list[str]
    proposed_text: str
    proposed_iso: str
    decided_text: str
    reasons: str
    record_url: str
    result_url: str


def view(found: Proposed) -> ProposalView:
    one = found.proposal
    decided = f"{one.decided_by_name}，{cn_datetime(one.decided_at)}" if one.decided_at else ""
    return ProposalView(
        url_for("rating_results.proposal", uid=one.uid), found.unit.short_name, period_of(found.campaign),
        PROPOSAL_LABELS[one.kind], PROPOSAL_STATE_LABELS[one.state], TONES[one.state], one.evidence.splitlines(),
        cn_date(one.proposed_on), one.proposed_on.isoformat(), decided, one.reasons,
        url_for("supervision.record", uid=one.record_uid) if one.record_uid else "",
        url_for("rating_results.unit", uid=found.result.uid),
    )


def show_list() -> Response:
    session, actor = db.session(), access.current_actor()
    return render(
        "rating_results/proposals.html", rows=[view(one) for one in queries.proposals(session, actor)],
    )


def show(uid: str, *, failed: ActForm | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    found = queries.visible_proposal(session, actor, uid)
    url, refusal = url_for("rating_results.decide", uid=uid), _refusal(actor, found)
    form = failed or (refilled(DecisionForm(formdata=None), url) if refusal is None else None)
    return render(
        "rating_results/proposal.html", status=status, found=view(found), unit=found.unit, url=url, form=form,
        why_not=message(refusal) if refusal and _might(actor) else "",
        is_interview=found.proposal.kind is ProposalKind.INTERVIEW,
    )


def _might(actor: Actor) -> bool:
    return permits(actor.roles, Permission.DECIDE_RATINGS)


def _refusal(actor: Actor, found: Proposed) -> str | None:
    """Why it is not this person's to decide now."""
    if found.proposal.state is not ProposalState.PROPOSED:
        return "rating_decided_already"
    try:
        proposals.check_decider(actor, found.unit)
    except Refused as refused:
        return refused.code
    return None


def decide(uid: str) -> Response:
    """A confirmed interview leads to its record, where the notice is sent; anything else back to the proposal."""
    form = DecisionForm()
    session, actor = db.session(), access.current_actor()
    queries.visible_proposal(session, actor, uid)
    proposals.held(session, uid)
    found = queries.visible_proposal(session, actor, uid)

    def run(session: Session, actor: Actor) -> Response:
        reasons = form.reasons.data or ""
        if form.is_confirmed and found.proposal.kind is ProposalKind.INTERVIEW:
            record = consequences.confirm_interview(session, found, act_of(), letterhead(), reasons=reasons)
            flash("已决定约谈，并建立约谈记录。请在这里发出约谈通知。", "success")
            return redirect(url_for("supervision.record", uid=record.uid), code=303)
        proposals.decide(
            session, found.proposal, found.unit, act_of(), is_confirmed=form.is_confirmed, reasons=reasons
        )
        flash(f"已记录：{PROPOSAL_STATE_LABELS[found.proposal.state]}。", "success")
        return redirect(url_for("rating_results.proposal", uid=uid), code=303)

    def again(failed: ActForm, status: int) -> Response:
        return show(uid, failed=failed, status=status)

    act = keyed.KeyedAct(f"rating.decide:{uid}", lambda: url_for("rating_results.proposal", uid=uid))
    return keyed.perform(act, form, run=run, show=again, explain=explain)
