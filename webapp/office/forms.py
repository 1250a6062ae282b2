"""Forms of the office's acts."""

from collections.abc import Callable
from typing import Any

from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from models.accounts.queries import handling_units
from models.accounts.tables import Unit
from models.appeals.categories import DECLINE_REASONS, DeclineReason, find_decline_reason
from models.appeals.types import LEVEL_LABELS, Level
from webapp import db
from webapp.forms import ActForm, Clean, Required, text_area
from webapp.unit_picker import unknown_unit

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
    note = text_area("给承办单位的说明", max_chars=1000)
    chosen: Unit

    def validate_unit(self, field: StringField) -> None:
        units = handling_units(db.session())
        named = [unit for unit in units if field.data in (unit.short_name, unit.full_name)]
        if not named:
            raise ValidationError(unknown_unit(field.data or "", units))
        self.chosen = named[0]


class DeclineForm(ActForm):
    reason = choice("不予受理的原因", {one.code: one.label for one in DECLINE_REASONS}, "请选择不予受理的原因")
    text = text_area("补充说明", max_chars=500)

    @property
    def decline_reason(self) -> DeclineReason:
        found = find_decline_reason(self.reason.data or "")
        assert found is not None, "read before the form was validated"
        return found


class RejectForm(ActForm):
    reason = text_area("退回理由", max_chars=1000, required="请写明退回理由：哪一点没有答清、要补什么")


class ReclassifyForm(ActForm):
    reason = text_area("改办理由", max_chars=1000, required="请写明理由：为什么不能在简单事项的期限内办结")


class CloseForm(ActForm):
    note = text_area("归档说明", max_chars=500)
