"""What a unit asks the office for: forms, commands, and what to tell the person. Days and numbers: the policy's."""

from typing import cast

from sqlmodel import Session
from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from models.accounts.tables import Unit
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.errors import DomainError
from models.handling import adjustments
from models.handling.adjustment_types import PAUSE_LABELS, AdjustmentKind, AdjustmentStatus, PauseReason
from models.handling.adjustments import Request
from models.handling.commands import Act
from models.handling.queries import adjustment_rows
from models.handling.types import Action
from webapp.act_forms import ResumeForm
from webapp.acts import ActView, Command, in_summary, noted
from webapp.filters import cn_date
from webapp.forms import ActForm, Clean, Required, text_area, whole_number
from webapp.messages import message
from webapp.unit_picker import named_unit

MOST_WORKDAYS = 60
WAITS = {
    AdjustmentStatus.TO_SIGN_OFF: "申请已写好，等单位负责人签发后报市优办。",
    AdjustmentStatus.ASKED: "申请已报市优办，等待裁定；裁定以前时限不变。",
}


class WorkdaysForm(ActForm):
    """How many working days are asked for, and why."""

    workdays_name = ""

    @property
    def workdays(self) -> int:
        """0 for what is no number of days."""
        return whole_number(self[self.workdays_name].data or "", MOST_WORKDAYS) or 0


class ReturnForm(ActForm):
    """Why it is not ours, by which rule, and whose it is. `chosen` is that unit once the form is valid."""

    return_unit = StringField("建议的承办单位", [Required("请选择建议由哪个单位承办"), Clean(40, 1)])
    return_grounds = text_area("退回理由", max_chars=1000, required="请写明为什么不由本单位承办")
    return_basis = text_area("依据", max_chars=1000, required="请写明依据：三定方案、权责清单或者有关文件")
    chosen: Unit

    def validate_return_unit(self, field: StringField) -> None:
        self.chosen = named_unit(field.data or "")


class ExtensionForm(WorkdaysForm):
    workdays_name = "extension_workdays"
    extension_workdays = StringField("延长几个工作日", [Required("请填写延长几个工作日"), Clean(4, 1)])
    extension_grounds = text_area("延期理由", max_chars=1000, required="请写明为什么不能如期办结、已经办到哪一步")


class PauseForm(WorkdaysForm):
    workdays_name = "pause_workdays"
    pause_reason = RadioField(
        "等待什么", [Required("请选择中止计时的原因")], validate_choice=False,
        choices=[SelectChoice(value=one.value, label=text) for one, text in PAUSE_LABELS.items()],
    )
    pause_workdays = StringField("最多等待几个工作日", [Required("请填写最多等待几个工作日"), Clean(4, 1)])
    pause_grounds = text_area("情况说明", max_chars=1000, required="请写明委托了谁、什么时候有结果")

    def validate_pause_reason(self, field: RadioField) -> None:
        if field.data not in set(PauseReason):
            raise ValidationError("请选择中止计时的原因")


class ComplexForm(ActForm):
    complex_grounds = text_area("改办理由", max_chars=1000, required="请写明为什么不能在简单事项的期限内办结")


class SendForm(ActForm):
    send_note = text_area("签发意见", max_chars=500)


def _ask(session: Session, appeal: Appeal, act: Act, request: Request) -> str:
    adjustments.ask(session, appeal, act, request)
    return WAITS[adjustment_rows(session, appeal)[-1].status]


def _ask_return(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(ReturnForm, form)
    request = Request(
        AdjustmentKind.RETURN, form.return_grounds.data or "", form.return_basis.data or "", proposed=form.chosen
    )
    return _ask(session, appeal, act, request)


def _ask_extension(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(ExtensionForm, form)
    grounds = form.extension_grounds.data or ""
    return _ask(session, appeal, act, Request(AdjustmentKind.EXTENSION, grounds, workdays=form.workdays))


def _ask_pause(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(PauseForm, form)
    reason, grounds = PauseReason(form.pause_reason.data), form.pause_grounds.data or ""
    return _ask(session, appeal, act, Request(AdjustmentKind.PAUSE, grounds, workdays=form.workdays, reason=reason))


def _ask_complex(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    grounds = cast(ComplexForm, form).complex_grounds.data or ""
    return _ask(session, appeal, act, Request(AdjustmentKind.COMPLEX, grounds))


def _send(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    adjustments.send(session, appeal, noted(act, internal=cast(SendForm, form).send_note.data or ""))
    return WAITS[AdjustmentStatus.ASKED]


def _take_back(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    was_returned = appeal.state is State.RETURN_REQUESTED
    adjustments.take_back(session, appeal, act)
    return "申请已撤回，请尽快签收。" if was_returned else "申请已撤回，时限照常计算。"


def _resume(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    adjustments.resume(session, appeal, noted(act, internal=cast(ResumeForm, form).resume_note.data or ""))
    return f"已恢复计时，从明天起继续计算；现在的期限是{cn_date(appeal.next_due_on)}。"


BESIDE = {
    "extension_too_long": "extension_workdays", "pause_too_long": "pause_workdays",
    "pause_reason_missing": "pause_reason", "proposed_is_lead": "return_unit",
}
"""Refusals that concern one field."""


def beside(form: ActForm, error: DomainError) -> None:
    name = BESIDE.get(error.code)
    if name is None or name not in form:
        in_summary(form, error)
    else:
        form[name].errors = [*form[name].errors, message(error.code, **error.facts)]


def _asks(action: Action, form: type[ActForm], command: Command, button: str, template: str) -> ActView:
    return ActView(action, form, command, button, template=template, is_quiet=True, is_folded=True, explain=beside)


ACTS = {
    Action.ASK_RETURN: _asks(Action.ASK_RETURN, ReturnForm, _ask_return, "提出退回申请", "desk/_ask_return.html"),
    Action.ASK_EXTENSION: _asks(
        Action.ASK_EXTENSION, ExtensionForm, _ask_extension, "提出延期申请", "desk/_ask_extension.html"
    ),
    Action.ASK_PAUSE: _asks(Action.ASK_PAUSE, PauseForm, _ask_pause, "提出中止计时申请", "desk/_ask_pause.html"),
    Action.ASK_COMPLEX: _asks(Action.ASK_COMPLEX, ComplexForm, _ask_complex, "提出改办申请", "desk/_ask_complex.html"),
    Action.SEND_ADJUSTMENT: ActView(
        Action.SEND_ADJUSTMENT, SendForm, _send, "签发，报市优办", template="desk/_send_adjustment.html"
    ),
    Action.TAKE_BACK_ADJUSTMENT: ActView(
        Action.TAKE_BACK_ADJUSTMENT, ActForm, _take_back, "撤回申请", is_quiet=True, is_folded=True
    ),
    Action.RESUME: ActView(Action.RESUME, ResumeForm, _resume, "恢复计时", template="appeals/_resume.html"),
}
