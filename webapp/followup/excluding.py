"""Leaving a rating out of the second rate: asked on a page of its own, decided by a second person on another."""

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import Actor
from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.errors import DomainError, NotFound
from models.followup import exclusions, queries
from models.followup.exclusions import Asked
from models.followup.tables import SatisfactionRating
from models.followup.types import (
    EXCLUSION_LABELS,
    EXCLUSION_STATUS_LABELS,
    GRADE_LABELS,
    ExclusionReason,
    ExclusionStatus,
    Grade,
)
from models.handling.commands import Act
from models.notices.case_news import tell_exclusion
from webapp import access, clock, db, keyed, view_log
from webapp.calendar import current_calendar
from webapp.filters import cn_datetime
from webapp.followup.forms import DecisionForm, ExclusionForm
from webapp.followup_rows import reads_all
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.messages import message
from webapp.refilling import refilled

ASKED = "剔除申请已提交，须由第二人审核。评价本身不变，“全部”一栏照常计入。"
DECIDED = {True: "已同意剔除。评价本身不变，“全部”一栏照常计入，“剔除后”一栏不再计入。", False: "已不予剔除。"}
GRANT = "grant"


def _rated(session: Session, actor: Actor, appeal: Appeal) -> SatisfactionRating:
    """The rating of the running round; NotFound when there is none, or it is none of this person's business."""
    rating = queries.rating(session, appeal, appeal.round)
    if rating is None or not reads_all(session, actor, appeal):
        raise NotFound("no_such_rating")
    return rating


def _facts(session: Session, appeal: Appeal, rating: SatisfactionRating) -> list[tuple[str, str]]:
    rows = [
        ("诉求", f"{appeal.number} {appeal.title}"),
        ("答复的单位", unit_names(session).get(rating.unit_id, "")),
        ("评价", GRADE_LABELS[Grade(rating.grade)]),
        ("评价时间", cn_datetime(rating.rated_at)),
        ("诉求人写的原因", rating.reason),
    ]
    return [(label, text) for label, text in rows if text]


# ---------------------------------------------------------------- asking


def show_new(uid: str, form: ActForm | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    appeal = visible_appeal(session, actor, uid)
    rating = _rated(session, actor, appeal)
    view_log.seen(appeal)
    shown = form or refilled(ExclusionForm(formdata=None), url_for("followup.ask_exclusion", uid=uid))
    return render(
        "followup/exclude.html", status=status, appeal=appeal, facts=_facts(session, appeal, rating), form=shown
    )


def ask(uid: str) -> Response:
    form, session = ExclusionForm(), db.session()
    appeal = visible_appeal(session, access.current_actor(), uid, lock=True)
    rating = _rated(session, access.current_actor(), appeal)

    def run(session: Session, actor: Actor) -> Response:
        made = exclusions.ask(
            session, appeal, rating, ExclusionReason(form.code.data), form.evidence.data or "", _act(actor)
        )
        tell_exclusion(session, appeal, made)
        flash(ASKED, "success")
        return redirect(url_for("followup.exclusion", uid=made.uid), code=303)

    def again(failed: ActForm, status: int) -> Response:
        return show_new(uid, failed, status)

    act = keyed.KeyedAct(f"exclusion.ask:{uid}", lambda: url_for("office.show", uid=uid))
    return keyed.perform(act, form, run=run, show=again, explain=_explain)


def _act(actor: Actor) -> Act:
    return Act(actor, clock.now(), current_calendar())


# ---------------------------------------------------------------- deciding


def show(uid: str, form: ActForm | None = None, status: int = 200) -> Response:
    session, actor = db.session(), access.current_actor()
    asked = exclusions.visible(session, actor, uid)
    view_log.seen(asked.appeal)
    refusal = exclusions.refused_to_decide(session, asked, actor)
    shown = form or refilled(DecisionForm(formdata=None), url_for("followup.decide_exclusion", uid=uid))
    return render(
        "followup/exclusion.html", status=status, appeal=asked.appeal, uid=uid, asked=_asked_facts(asked),
        facts=_facts(session, asked.appeal, asked.rating), evidence=asked.exclusion.evidence,
        decided=_decided_facts(asked), why_not=message(refusal) if refusal else "",
        form=None if refusal else shown, status_label=EXCLUSION_STATUS_LABELS[asked.exclusion.status],
        status_tone="active" if asked.exclusion.status is ExclusionStatus.ASKED else "closed",
        lost=form if refusal else None,
    )


def _asked_facts(asked: Asked) -> list[tuple[str, str]]:
    row = asked.exclusion
    return [
        ("剔除的原因", EXCLUSION_LABELS[row.reason]), ("提出", f"{row.asked_by_name} · {cn_datetime(row.asked_at)}"),
    ]


def _decided_facts(asked: Asked) -> list[tuple[str, str]]:
    row = asked.exclusion
    if row.decided_at is None:
        return []
    return [
        ("结果", EXCLUSION_STATUS_LABELS[row.status]),
        ("审核", f"{row.decided_by_name} · {cn_datetime(row.decided_at)}"),
        ("审核意见", row.remark),
    ]


def decide(uid: str) -> Response:
    form = DecisionForm()
    asked = exclusions.visible(db.session(), access.current_actor(), uid, lock=True)
    is_granted = request.form.get("step", "") == GRANT

    def run(session: Session, actor: Actor) -> Response:
        exclusions.decide(session, asked, _act(actor), is_granted=is_granted, remark=form.remark.data or "")
        tell_exclusion(session, asked.appeal, asked.exclusion)
        flash(DECIDED[is_granted], "success")
        return redirect(url_for("followup.exclusion", uid=uid), code=303)

    def again(failed: ActForm, status: int) -> Response:
        return show(uid, failed, status)

    act = keyed.KeyedAct(f"exclusion.decide:{uid}", lambda: url_for("followup.exclusion", uid=uid))
    return keyed.perform(act, form, run=run, show=again, explain=_explain)


def _explain(form: ActForm, error: DomainError) -> None:
    form.form_errors.append(message(error.code, **error.facts))
