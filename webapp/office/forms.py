"""Forms of the office's acts."""

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import BooleanField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from models.accounts.tables import Unit
from models.appeals.categories import DECLINE_REASONS, DeclineReason, find_decline_reason
from models.appeals.types import LEVEL_LABELS, Level
from models.handling.assistance import Task
from webapp.forms import ActForm, Clean, Required, text_area
from webapp.office.task_fields import FIRST, SECOND, late_field, read_task, task_fields
from webapp.unit_picker import named_unit

LEVELS = {level.value: text for level, text in LEVEL_LABELS.items()}


def one_of(values: set[str], text: str) -> Callable[[Any, Any], None]:
    """The choice must be one that was offered; says in Chinese what to do otherwise."""

    def check(form: Any, field: Any) -> None:
        if field.data not in values:
            raise ValidationError(text)

    return check


def choice(label: str, choices: dict[str, str], text: str, default: str | None = None) -> RadioField:
    offered = [SelectChoice(value=value, label=said) for value, said in choices.items()]
    return RadioField(label, [one_of(set(choices), text)], choices=offered, default=default, validate_choice=False)


class DispatchForm(ActForm):
    """Lead unit, level, and what the unit should know. `chosen` is the unit once the form is valid."""

    unit = StringField("承办单位", [Required("请选择承办单位"), Clean(40, 1)])
    level = choice("紧急程度", LEVELS, "请选择紧急程度", Level.NORMAL.value)
    policy = RadioField("办理时限", choices=[], validate_choice=False)
    is_complex = BooleanField("已经知道是复杂事项")
    note = text_area("给承办单位的说明", max_chars=1000)
    assist_unit, assist_task, assist_workdays = task_fields()
    assist2_unit, assist2_task, assist2_workdays = task_fields("第二个")
    late = late_field()
    chosen: Unit
    tasks: list[tuple[str, Task]]
    """What assisting units are asked for, with the name of the fields it came from."""
    failing: str = ""

    def offer(self, policies: Sequence[tuple[str, str]]) -> None:
        """Which terms may be chosen, the default first."""
        self.policy.choices = [SelectChoice(value=code, label=label) for code, label in policies]
        self.policy.data = self.policy.data or policies[0][0]

    def validate_unit(self, field: StringField) -> None:
        self.chosen = named_unit(field.data or "")

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        is_valid = super().validate(*args, **kwargs)
        found = [(name, read_task(self, name)) for name in (FIRST, SECOND)]
        self.tasks = [(name, task) for name, task in found if task is not None]
        return is_valid and not self.errors


class AssistForm(ActForm):
    """One more assisting unit, from the appeal's page."""

    tasks: list[tuple[str, Task]]
    failing: str = ""
    assist_unit, assist_task, assist_workdays = task_fields()
    late = late_field()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        is_valid = super().validate(*args, **kwargs)
        task = read_task(self, FIRST, is_required=True)
        self.tasks = [(FIRST, task)] if task is not None else []
        return is_valid and not self.errors


class EndAssistanceForm(ActForm):
    """Which unit is asked no more; `offer` gives those that still owe their contribution."""

    no = RadioField("取消哪个单位的协办", choices=[], validate_choice=False)
    reason = text_area("取消理由", max_chars=500, required="请写明取消协办的理由")

    def offer(self, units: Sequence[tuple[int, str]]) -> None:
        self.no.choices = [SelectChoice(value=str(no), label=unit) for no, unit in units]

    @property
    def chosen_no(self) -> int:
        """0, which is no task, for anything that is no number."""
        text = self.no.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


class DeclineForm(ActForm):
    reason = choice("不予受理的原因", {one.code: one.label for one in DECLINE_REASONS}, "请选择不予受理的原因")
    text = text_area("补充说明", max_chars=500)

    @property
    def decline_reason(self) -> DeclineReason:
        found = find_decline_reason(self.reason.data or "")
        assert found is not None, "read before the form was validated"
        return found


class PublishForm(ActForm):
    """`refusal` heads the reasons when nothing in the form can be put right."""

    refusal = ""


class RejectForm(ActForm):
    reason = text_area("退回理由", max_chars=1000, required="请写明退回理由：哪一点没有答清、要补什么")


class ReclassifyForm(ActForm):
    reason = text_area("改办理由", max_chars=1000, required="请写明理由：为什么不能在简单事项的期限内办结")


class CloseForm(ActForm):
    note = text_area("归档说明", max_chars=500)
