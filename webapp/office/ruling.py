"""What the office rules: requests of units, the end of a pause, doing a matter again, handing it to another body."""

from collections.abc import Sequence
from typing import cast

from sqlmodel import Session
from wtforms import StringField

from models.accounts.queries import handling_units
from models.accounts.tables import Unit
from models.appeals.tables import Appeal
from models.errors import DomainError
from models.followup import cases
from models.handling import adjustments, commands, queries
from models.handling.adjustment_types import ADJUSTMENT_LABELS, AdjustmentKind
from models.handling.commands import Act
from models.handling.types import Action
from webapp.act_forms import ResumeForm
from webapp.act_panels import ActPanel
from webapp.acts import ActView, in_summary, noted
from webapp.filters import cn_date
from webapp.forms import ActForm, Clean, Required, text_area, text_field, whole_number
from webapp.messages import message
from webapp.notifying import telling_of_cases
from webapp.unit_picker import named_unit

MOST_WORKDAYS = 60
WITH_DAYS = frozenset({AdjustmentKind.EXTENSION, AdjustmentKind.PAUSE})


class GrantForm(ActForm):
    """As asked, or fewer days; and what the appellant is told, whose date moves."""

    granted_workdays = StringField("同意几个工作日", [Clean(4, 1)])
    told_reason = text_area("告知诉求人的理由", max_chars=500, required="请写明理由，诉求人会在进度页面看到")
    grant_note = text_area("内部意见", max_chars=500)

    @property
    def workdays(self) -> int:
        """0: as asked."""
        return whole_number(self.granted_workdays.data or "", MOST_WORKDAYS) or 0

    def validate_granted_workdays(self, field: StringField) -> None:
        if field.data and not self.workdays:
            field.errors = [*field.errors, f"请填 1 到 {MOST_WORKDAYS} 的整数，或者留空按申请的天数"]


class RefuseForm(ActForm):
    refusal = text_area("不同意的理由", max_chars=500, required="请写明为什么不同意")


class RuleForm(ActForm):
    """Who has it from here on."""

    ruled_unit = StringField("由哪个单位承办", [Required("请选择承办单位"), Clean(40, 1)])
    ruling = text_area("裁定理由", max_chars=1000, required="请写明裁定的理由和依据")
    chosen: Unit

    def validate_ruled_unit(self, field: StringField) -> None:
        self.chosen = named_unit(field.data or "")


class RedoForm(ActForm):
    redo_reason = text_area("重办理由", max_chars=1000, required="请写明为什么要重新办理：哪一点没有解决")
    redo_told = text_area("告知诉求人", max_chars=500, required="请写明要告诉诉求人的话")


BODIES = ("市公安局", "市人民检察院", "市信访局", "上级主管部门")


class TransferForm(ActForm):
    """To whom, and why it is theirs."""

    transfer_to = text_field("移送给哪个机关", max_chars=40, required="请填写接收机关的全称")
    transfer_reason = text_area("移送理由", max_chars=1000, required="请写明移送的理由和依据")


def _grant(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(GrantForm, form)
    said = noted(act, public=form.told_reason.data or "", internal=form.grant_note.data or "")
    adjustments.grant(session, appeal, said, workdays=form.workdays, ruling=form.told_reason.data or "")
    return f"已同意申请，并告知诉求人。现在的期限是{cn_date(appeal.next_due_on)}。"


def _refuse(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    adjustments.refuse(session, appeal, act, ruling=cast(RefuseForm, form).refusal.data or "")
    return "没有同意申请，时限不变；理由已告知承办单位。"


def _rule(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(RuleForm, form)
    adjustments.rule_return(session, appeal, act, lead_unit=form.chosen, ruling=form.ruling.data or "")
    return f"已裁定由{form.chosen.short_name}承办，应于{cn_date(appeal.next_due_on)}前签收；对诉求人承诺的期限不变。"


def _end_pause(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    adjustments.end_pause(session, appeal, noted(act, internal=cast(ResumeForm, form).resume_note.data or ""))
    return f"已恢复计时，从明天起继续计算；现在的期限是{cn_date(appeal.next_due_on)}。"


def _redo(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(RedoForm, form)
    said = noted(act, internal=form.redo_reason.data or "", public=form.redo_told.data or "")
    with telling_of_cases(session, appeal):  # an open case of "not satisfied" is decided by the same act
        cases.redo_appeal(session, appeal, said)
    return f"已交原承办单位重新办理，时限从今天重新起算，应于{cn_date(appeal.next_due_on)}前签收；原答复仍然保留。"


def _transfer(session: Session, appeal: Appeal, act: Act, form: ActForm) -> str:
    form = cast(TransferForm, form)
    recipient = form.transfer_to.data or ""
    commands.transfer(session, appeal, noted(act, internal=form.transfer_reason.data or ""), recipient=recipient)
    return f"已移送{recipient}，并告知诉求人。请在“出具文书”中出具移交函。"


BESIDE = {
    "more_than_asked": "granted_workdays", "pause_too_long": "granted_workdays",
    "accused_unit_cannot_handle": "ruled_unit",
}


def beside(form: ActForm, error: DomainError) -> None:
    name = BESIDE.get(error.code)
    if name is None or name not in form:
        in_summary(form, error)
    else:
        form[name].errors = [*form[name].errors, message(error.code, **error.facts)]


ACTS = {
    Action.GRANT_ADJUSTMENT: ActView(
        Action.GRANT_ADJUSTMENT, GrantForm, _grant, "同意", template="office/_grant.html", explain=beside
    ),
    Action.REFUSE_ADJUSTMENT: ActView(
        Action.REFUSE_ADJUSTMENT, RefuseForm, _refuse, "不同意", template="office/_refuse.html", is_quiet=True,
    ),
    Action.RULE_RETURN: ActView(
        Action.RULE_RETURN, RuleForm, _rule, "作出裁定", template="office/_rule.html", explain=beside
    ),
    Action.END_PAUSE: ActView(
        Action.END_PAUSE, ResumeForm, _end_pause, "恢复计时", template="appeals/_resume.html", is_quiet=True,
        is_folded=True,
    ),
    Action.REDO: ActView(
        Action.REDO, RedoForm, _redo, "重新办理", template="office/_redo.html", is_quiet=True, is_folded=True
    ),
    Action.TRANSFER: ActView(
        Action.TRANSFER, TransferForm, _transfer, "移送其他机关", template="office/_transfer.html", is_quiet=True,
        is_folded=True,
    ),
}


def ruling_context(
    session: Session, appeal: Appeal, panels: Sequence[ActPanel], units: dict[int, str]
) -> dict[str, object]:
    """What the forms offer: the unit that the one asking proposes, the days asked for, the units to choose from."""
    by_action = {panel.action: panel for panel in panels}
    found: dict[str, object] = {"bodies": BODIES, "asked": None}
    if Action.RULE_RETURN in by_action:
        found["picked_units"] = handling_units(session)
    if not {Action.RULE_RETURN, Action.GRANT_ADJUSTMENT} & set(by_action):
        return found
    row = queries.adjustment_rows(session, appeal)[-1]
    rule = by_action.get(Action.RULE_RETURN)
    if rule is not None and rule.form is not None and not (rule.form["ruled_unit"].data or rule.is_failed):
        rule.form["ruled_unit"].data = units.get(row.proposed_unit_id or 0, "")
    return found | {"asked": row, "asked_label": ADJUSTMENT_LABELS[row.kind], "asks_days": row.kind in WITH_DAYS}
