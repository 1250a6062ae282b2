"""The appeal page of desk and office: what was said, the clock, the acts allowed now, the replies, the timeline.

A bounded number of statements whatever the appeal holds. The appellant's identity is in the context only when this
actor may know it: where it may not be shown the name `contact` does not exist (ACC-5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from sqlmodel import Session

from models.accounts.queries import unit_names
from models.accounts.rules import Permission, permits
from models.accounts.types import Actor
from models.appeals import queries as appeals
from models.appeals.reveal_rules import NEVER
from models.appeals.tables import Appeal, Demand
from models.appeals.types import (
    CHANNEL_LABELS,
    COMPLEXITY_LABELS,
    ENDED_STATES,
    KIND_LABELS,
    LEVEL_LABELS,
    STATE_LABELS,
    AppealKind,
    AppellantKind,
    Level,
)
from models.appeals.vault import Identity
from models.errors import Refused
from models.handling import linking
from models.handling import queries as handling
from models.handling.computed import milestone_version
from models.handling.concerned import may_have_originals
from models.handling.tables import AppealEvent, Reply
from models.handling.types import UNIT_STAGES, Action, Milestone, Projection, ReplyKind, ReplyStatus
from models.slips import queries as slips
from models.slips.commands import number_text
from models.slips.tables import SLIP_LABELS, Slip, SlipStatus
from webapp import clock, presenting, self_registered, view_log
from webapp.act_panels import act_panels, changes_since, has_place, kept
from webapp.acts import Acts
from webapp.adjustment_views import adjustment_views
from webapp.assist_views import assistance_views
from webapp.calendar import current_calendar, explaining_calendar
from webapp.clock_basis import basis_text
from webapp.filters import category_label, cn_date, cn_datetime
from webapp.followup_rows import followup_view
from webapp.forms import ActForm
from webapp.link_views import links_view
from webapp.messages import message
from webapp.responsibility_views import responsibility_view
from webapp.supervision_rows import ladder_view

REPLY_KIND_LABELS = {ReplyKind.PRELIMINARY: "初步结果", ReplyKind.FINAL: "答复"}
REPLY_STATES = {
    ReplyStatus.DRAFT: ("草稿，未送签", "todo"),
    ReplyStatus.PROPOSED: ("待单位负责人签发", "active"),
    ReplyStatus.SIGNED_OFF: ("已签发，市优办审核中", "active"),
    ReplyStatus.PUBLISHED: ("已答复诉求人", "done"),
}
NOTE_ANONYMOUS = "诉求人匿名提交，没有留下联系方式；答复会显示在查询页面。"
NOTE_CONFIDENTIAL = "诉求人要求保密，需要联系的，请经市优办转达。"
NOTE_REPORT = "举报件不向承办单位提供举报人身份，需要联系的，请经市优办转达。"
NOTE_SEALED = "诉求人要求保密，身份信息须经身份保管人同意后才能查看。"
NOTE_NONE = "诉求人没有留下联系方式。"
NOTE_READER = "您的岗位不查看诉求人身份。"


@dataclass(frozen=True)
class ReplyView:
    """A reply in whatever state, demand by demand."""

    label: str
    state_label: str
    state_tone: str
    demands: list[presenting.DemandView]
    next_milestone: str
    saved_text: str
    is_published: bool
    is_own: bool = False
    """The unit reports what it has told the appellant itself (自办件)."""


@dataclass(frozen=True)
class SlipView:
    uid: str
    label: str
    number: str
    title: str
    issued_text: str
    is_void: bool


def appeal_context(
    session: Session, actor: Actor, appeal: Appeal, acts: Acts,
    *, failed: ActForm | None = None, action: Action | None = None,
) -> dict[str, Any]:
    """Everything the parts in templates/appeals/ read. `failed` is the form of `action` that could not be carried out.

    Keys: appeal, facts, [contact,] contact_note, custody_label, demands, files, milestones, days, started, due,
    office_steps, pause_text, adjustments,
    state_label, state_tone, acts, changes (what was done since the failed form was made), may_repeat, kept and reasons
    (what was typed and why it failed, when the act is no longer allowed), assistances, replies, slips, ladder,
    followup, responsibility, timeline.
    """
    view_log.seen(appeal)
    projection = handling.projection(session, appeal)
    changes = _changes(session, actor, appeal, failed) if failed else []
    panels = act_panels(projection, actor, appeal, acts, failed=failed, action=action)
    lost = failed if failed is not None and not has_place(failed, panels) else None
    return {
        "appeal": appeal,
        **_contact(session, actor, appeal),
        "custody_label": _custody_label(actor, appeal),
        **_told(session, actor, appeal, projection),
        "acts": panels,
        "changes": changes,
        "may_repeat": lost is None,
        "kept": kept(lost) if lost is not None else [],
        "reasons": lost.form_errors if lost is not None else [],
    }


def _changes(session: Session, actor: Actor, appeal: Appeal, failed: ActForm) -> list[presenting.Entry]:
    history = handling.events(session, appeal)
    return changes_since(history, failed, unit_names(session), linking.numbers(session, actor, history))


def _told(session: Session, actor: Actor, appeal: Appeal, projection: Projection) -> dict[str, Any]:
    """What the page tells whoever may see the appeal: neither the appellant's identity nor a form is in it."""
    units, demands = unit_names(session), appeals.demands(session, appeal)
    history = handling.events(session, appeal)
    return {
        "facts": _facts(appeal, units) + self_registered.facts(session, appeal),
        "demands": presenting.demand_views(demands),
        "files": _files(session, actor, appeal),
        **clock_context(session, projection, history),
        "state_label": STATE_LABELS[appeal.state],
        "state_tone": presenting.STATE_TONES.get(appeal.state, "active"),
        "adjustments": adjustment_views(session, appeal, units),
        "assistances": assistance_views(session, appeal, units, history),
        "links": links_view(session, actor, appeal),
        "ladder": ladder_view(session, actor, appeal, units),
        "followup": followup_view(session, actor, appeal, units),
        "replies": reply_views(
            session, actor, appeal, handling.demands_to_answer(session, actor, appeal) if appeal.has_links else demands
        ),
        "responsibility": responsibility_view(
            history, units, clock.today(), current_calendar(), projection.adjustments
        ),
        "slips": [_slip_view(slip) for slip in slips.of_appeal(session, actor, appeal)],
        "timeline": presenting.staff_timeline(history, units, linking.numbers(session, actor, history)),
    }


def clock_context(session: Session, projection: Projection, history: Sequence[AppealEvent]) -> dict[str, Any]:
    """The clock panel: milestones, why the current one falls on its day, when it started; the heading's countdown.
    The day is explained by the calendar that it was computed with, not by today's.
    """
    today, calendar = clock.today(), current_calendar()
    nearest = projection.next_milestone
    own = [one for one in projection.milestones if one.stage in UNIT_STAGES]
    offices = [one for one in projection.milestones if one.stage not in UNIT_STAGES]
    computed_with = explaining_calendar(session, milestone_version(history, nearest)) if nearest else calendar
    return {
        "milestones": presenting.milestone_views(own, today, calendar),
        "office_steps": presenting.milestone_views(offices, today, calendar),
        "pause_text": presenting.pause_text(projection.pause),
        "days": presenting.day_views(nearest, computed_with, projection.suspensions) if nearest else (),
        "started": presenting.started_text(projection.milestones, today, calendar) if nearest else "",
        "term_basis": basis_text(session, history) if nearest else "",
        "due": _deadline(nearest),
    }


def _deadline(nearest: Milestone | None) -> presenting.Deadline | None:
    if nearest is None:
        return None
    is_provisional = nearest.is_provisional
    return presenting.deadline(nearest.due_on, clock.today(), current_calendar(), is_provisional=is_provisional)


def _facts(appeal: Appeal, units: dict[int, str]) -> list[tuple[str, str]]:
    filed = f"{CHANNEL_LABELS[appeal.channel]} · {_came_text(appeal)}"
    lead = units.get(appeal.lead_unit_id or 0, "")
    dispatched = f"{cn_date(appeal.dispatched_on)} 交办{lead}" if appeal.dispatched_on else ""
    rows = [
        ("诉求人", presenting.appellant_text(appeal)),
        ("类别", f"{KIND_LABELS[appeal.kind]} · {category_label(appeal.category)}"),
        ("被反映单位", units.get(appeal.against_unit_id or 0, "不清楚")),
        ("渠道", "，".join(part for part in (filed, dispatched) if part)),
    ]
    if appeal.level is not Level.NORMAL:
        rows.append(("紧急程度", LEVEL_LABELS[appeal.level]))
    if appeal.complexity is not None:
        rows.append(("办理类型", COMPLEXITY_LABELS[appeal.complexity]))
    return rows


def _came_text(appeal: Appeal) -> str:
    """When it was filed; for what somebody wrote down, the day it came and the moment it was written down (CLK-2)."""
    if appeal.paper_received_on is None:
        return f"{cn_datetime(appeal.filed_at)} 提交"
    return f"{cn_date(appeal.paper_received_on)} 收到，{cn_datetime(appeal.received_at)} 登记"


def _contact(session: Session, actor: Actor, appeal: Appeal) -> dict[str, Any]:
    """`contact` only when this actor may know who filed; otherwise a sentence on how to reach the appellant.

    An identity that does not open (another key, a damaged row) says so, and the work on the appeal goes on.
    """
    try:
        found = appeals.identity(session, current_app.extensions["zhitongche.vault"], actor, appeal)
    except Refused as refused:
        return {"contact_note": message(refused.code)}
    if found is not None:
        return {"contact": contact_rows(found), "contact_note": ""}
    return {"contact_note": _contact_note(actor, appeal)}


def contact_rows(found: Identity) -> list[tuple[str, str]]:
    rows = [
        ("姓名", found.name), ("电话", found.phone), ("地址", found.address), ("企业名称", found.enterprise_name),
        ("信用代码", found.credit_code),
    ]
    return [(label, text) for label, text in rows if text]


def _contact_note(actor: Actor, appeal: Appeal) -> str:
    if appeal.appellant_kind is AppellantKind.ANONYMOUS:
        return NOTE_ANONYMOUS
    if appeals.may_see_identity(actor, appeal):
        return NOTE_NONE
    if actor.is_office:
        return NOTE_SEALED
    if actor.is_unit:
        return NOTE_CONFIDENTIAL if appeal.is_confidential else NOTE_REPORT
    return NOTE_READER


def _custody_label(actor: Actor, appeal: Appeal) -> str:
    """What the link to the sealed identity says; '' for whom there is none. Only what the row tells: no statement."""
    is_sealed = appeal.is_confidential or appeal.kind is AppealKind.REPORT
    if not is_sealed or appeal.appellant_kind is AppellantKind.ANONYMOUS or actor.roles & NEVER:
        return ""
    is_at_work = actor.is_office or (actor.is_unit and actor.unit_id == appeal.lead_unit_id)
    if is_at_work and appeal.state not in ENDED_STATES and not appeals.may_see_identity(actor, appeal):
        return "申请查看身份"
    return "身份查看记录" if permits(actor.roles, Permission.REVIEW) else ""


def _files(session: Session, actor: Actor, appeal: Appeal) -> list[presenting.FileView]:
    found = appeals.attachments(session, appeal)
    urls = {one.uid: url_for(".file", uid=appeal.uid, file_uid=one.uid) for one in found}
    is_original = bool(found) and may_have_originals(session, actor, appeal)
    return presenting.evidence_views(found, urls, is_original=is_original)


def reply_views(session: Session, actor: Actor, appeal: Appeal, demands: Sequence[Demand]) -> list[ReplyView]:
    """Every reply of the appeal, newest first, in two statements."""
    found = handling.replies(session, appeal)
    items = handling.items_of(session, found)
    sources = linking.sources(session, actor, appeal)
    shown = [_reply_view(one, presenting.demand_views(demands, items.get(one.id or 0), sources)) for one in found]
    return [self_registered.reported(one) for one in shown] if appeal.is_self_registered else shown


def _reply_view(reply: Reply, demands: list[presenting.DemandView]) -> ReplyView:
    label, tone = REPLY_STATES[reply.status]
    return ReplyView(
        REPLY_KIND_LABELS[reply.kind], label, tone, demands, cn_date(reply.next_milestone_on),
        cn_datetime(reply.published_at or reply.updated_at), reply.status is ReplyStatus.PUBLISHED,
    )


def _slip_view(slip: Slip) -> SlipView:
    return SlipView(
        slip.uid, SLIP_LABELS[slip.kind], number_text(slip.kind, slip.year, slip.number), slip.title,
        cn_date(slip.issued_on), slip.status is SlipStatus.VOID,
    )
