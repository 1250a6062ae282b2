"""What the office does with an appeal: each act's form, command and the sentence that says what comes next."""

from dataclasses import replace
from typing import cast

from flask import current_app
from sqlmodel import Session

from models.appeals.categories import DeclineReason
from models.appeals.tables import Appeal
from models.appeals.types import LEVEL_LABELS, Level
from models.errors import DomainError
from models.followup import closing
from models.handling import assistance, commands, notes, replies, supplements
from models.handling.commands import Act
from models.handling.triage import grade
from models.handling.types import Action
from models.slips.commands import Letterhead, number_text, publish_reply
from webapp.act_forms import NOTED, AskForm, NoteForm
from webapp.acts import ActView, in_summary, noted
from webapp.config import Config
from webapp.filters import cn_date
from webapp.forms import ActForm
from webapp.letterhead import for_slips
from webapp.messages import message
from webapp.office import linking, ruling, self_registered
from webapp.office.forms import (
    AssistForm,
    CloseForm,
    DeclineForm,
    DispatchForm,
    EndAssistanceForm,
    PublishForm,
    ReclassifyForm,
    RejectForm,
)
from webapp.office.task_fields import explain_task

CANNOT_BE_PUBLISHED = "这份答复还不能公开"


def letterhead() -> Letterhead:
    config: Config = current_app.extensions["zhitongche.config"]
    return for_slips(config.public_base_url)


def decline_text(reason: DeclineReason, added: str) -> str:
    """What the appellant reads: why not here, where it belongs, and what the clerk adds."""
    said = f"按规定不予受理，原因：{reason.label}。{reason.channel}"
    return f"{said}\n{added}" if added else said


def _accept(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    commands.accept(session, appeal, act)
    return f"{appeal.number} 已受理，还没有交办。办理时限从交办之日起算，请尽快交办。"


def _decline(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(DeclineForm, form)
    reason = form.decline_reason
    commands.decline(session, appeal, act, reason_text=decline_text(reason, form.text.data or ""))
    said = f"{appeal.number} 不予受理，原因和正确渠道已告知诉求人。"
    return said + ("请在“出具文书”中出具移交函。" if reason.by_transfer_letter else "")


def _dispatch(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(DispatchForm, form)
    level = Level(form.level.data)
    graded = "" if appeal.level is level else f"紧急程度：{LEVEL_LABELS[level]}。"
    note = graded + (form.note.data or "")
    commands.accept_and_dispatch(
        session, appeal, noted(act, internal=note), lead_unit=form.chosen, policy_code=form.policy.data or "",
        is_complex=bool(form.is_complex.data),
    )
    grade(session, appeal, level, act)
    asked = _ask_units(session, appeal, replace(act, expected_version=None), form)
    return f"{appeal.number} 已交办{form.chosen.short_name}，应于{cn_date(appeal.next_due_on)}前签收。{asked}"


def _ask_units(session: Session, appeal: Appeal, act: Act, form: DispatchForm | AssistForm) -> str:
    """One after the other; `failing` tells which of them was refused."""
    for name, task in form.tasks:
        form.failing = name
        assistance.assist(session, appeal, act, task)
    form.failing = ""
    units = "、".join(task.unit.short_name for _, task in form.tasks)
    return f"已请{units}协办。" if units else ""


def _assist(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    return _ask_units(session, appeal, act, cast(AssistForm, form)) + "主办单位的时限不变。"


def _end_assistance(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(EndAssistanceForm, form)
    assistance.end(session, appeal, noted(act, internal=form.reason.data or ""), no=form.chosen_no)
    return "已取消协办，该单位不再看到这件诉求。"


def _reclassify(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    reason = cast(ReclassifyForm, form).reason.data or ""
    commands.decide(session, appeal, noted(act, internal=reason), Action.RECLASSIFY)
    return f"已改按复杂事项办理，时限仍从交办之日起算：{cn_date(appeal.next_due_on)}前应有明确的初步结果。"


def _reject(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    replies.reject(session, appeal, noted(act, internal=cast(RejectForm, form).reason.data or ""))
    return f"已退回承办单位修改，原时限不变：{cn_date(appeal.next_due_on)}前办结。"


def _publish(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    slip = publish_reply(session, appeal, act, letterhead())
    number = number_text(slip.kind, slip.year, slip.number)
    return f"答复已向诉求人公开，答复书编号{number}，可在下方“文书”中打印。"


def _close(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    note = cast(CloseForm, form).note.data or ""
    closing.close(session, appeal, noted(act, internal=note))
    return "已办结归档，回访情况记在经过里。"


def _ask_supplement(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    supplements.ask_supplement(session, appeal, act, question=cast(AskForm, form).question.data or "")
    return f"{appeal.number} 已请诉求人补充，收到补充后回到受理交办。"


def _note(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    notes.note(session, appeal, act, text=cast(NoteForm, form).remark.data or "")
    return NOTED


def beside_unit(form: ActForm, error: DomainError) -> None:
    """A unit that may not have the appeal is told beside its picker; anything else above the form."""
    form = cast(DispatchForm, form)
    if form.failing and explain_task(form, form.failing, error):
        return
    if error.code in ("policy_not_for_this", "policy_for_complex", "policy_for_simple"):
        form.policy.errors = [*form.policy.errors, message(error.code)]
    elif error.code == "accused_unit_cannot_handle":
        form.unit.errors = [*form.unit.errors, message(error.code)]
    else:
        in_summary(form, error)


def beside_reply(form: ActForm, error: DomainError) -> None:
    """A reply too long to be printed: nothing on this page can be put right, it has to go back."""
    in_summary(form, error)
    if error.code == "slip_too_long":
        cast(PublishForm, form).refusal = CANNOT_BE_PUBLISHED


def beside_note(form: ActForm, error: DomainError) -> None:
    """Nobody asked the appellant: the reason is missing beside its field."""
    if error.code == "close_needs_reason":
        form["note"].errors = [message(error.code)]
    else:
        in_summary(form, error)


TRIAGE_ACTS = {
    Action.DISPATCH: ActView(Action.DISPATCH, DispatchForm, _dispatch, "受理并交办", explain=beside_unit),
    Action.ACCEPT: ActView(Action.ACCEPT, ActForm, _accept, "只受理，暂不交办", is_quiet=True),
    Action.DECLINE: ActView(Action.DECLINE, DeclineForm, _decline, "不予受理", is_quiet=True),
    Action.ASK_SUPPLEMENT: ActView(Action.ASK_SUPPLEMENT, AskForm, _ask_supplement, "请诉求人补充", is_quiet=True),
    Action.MERGE: linking.ACTS[Action.MERGE],
}
"""Done on the triage page, where suggestion, dates and similar appeals stand beside them."""
ACTS = {
    **self_registered.ACTS,
    Action.ACCEPT: ActView(Action.ACCEPT, ActForm, _accept, "去受理交办", page="office.triage_one"),
    Action.DISPATCH: ActView(Action.DISPATCH, DispatchForm, _dispatch, "去交办", page="office.triage_one"),
    Action.RECLASSIFY: ActView(
        Action.RECLASSIFY, ReclassifyForm, _reclassify, "改按复杂事项办理", template="office/_reclassify.html",
        is_quiet=True, is_plain=True,
    ),
    Action.PUBLISH: ActView(
        Action.PUBLISH, PublishForm, _publish, "审核通过，答复诉求人", template="office/_publish.html",
        explain=beside_reply,
    ),
    Action.REJECT: ActView(
        Action.REJECT, RejectForm, _reject, "退回承办单位", template="office/_reject.html", is_quiet=True, is_plain=True
    ),
    Action.CLOSE: ActView(
        Action.CLOSE, CloseForm, _close, "办结归档", template="office/_close.html", is_quiet=True, is_plain=True,
        explain=beside_note,
    ),
    Action.ASSIST: ActView(
        Action.ASSIST, AssistForm, _assist, "请该单位协办", template="office/_assist.html", is_quiet=True,
        is_folded=True, explain=beside_unit,
    ),
    Action.END_ASSISTANCE: ActView(
        Action.END_ASSISTANCE, EndAssistanceForm, _end_assistance, "取消协办", template="office/_end_assistance.html",
        is_quiet=True, is_folded=True,
    ),
    **ruling.ACTS,
    **linking.ACTS,
    Action.NOTE: ActView(
        Action.NOTE, NoteForm, _note, "保存内部说明", template="appeals/_note.html", is_quiet=True, is_folded=True,
        is_plain=True,
    ),
}
"""The acts of the appeal page."""
