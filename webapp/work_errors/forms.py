"""Forms of the register: what is written of an error, its change with a reason, revoking, the unit's answer."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from wtforms import MultipleFileField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from models.accounts.queries import handling_units
from models.accounts.tables import Unit
from models.appeals.reveal_rules import names_somebody
from models.supervision.work_error_queries import in_order
from models.supervision.work_error_rules import problems
from models.supervision.work_error_types import (
    CLAUSES,
    GRADE_LABELS,
    REVOKE_LABELS,
    SOURCE_LABELS,
    Finding,
    Grade,
    RevokeReason,
    Source,
)
from webapp import clock, db
from webapp.forms import ActForm, Clean, Day, LongText, Required
from webapp.messages import message
from webapp.unit_picker import unknown_unit

CONTENT_CHARS, WORDS_CHARS, REASON_CHARS = 2_000, 1_000, 500


def nameless(form: Any, field: Any) -> None:
    """The unit reads it and reports print it: no telephone, identity card or credit code in it."""
    if names_somebody(field.data or ""):
        raise StopValidation(message("work_error_words_identify"))


def words(label: str, max_chars: int, required: str | None = None) -> LongText:
    first = [Required(required)] if required else []
    return LongText(label, [*first, Clean(max_chars), nameless])


def offered(labels: Mapping[Any, str]) -> list[SelectChoice]:
    return [SelectChoice(value=one.value, label=label) for one, label in labels.items()]


def one_of(members: type[StrEnum], text: str) -> Callable[[Any, Any], None]:
    """One of the values that were offered, or what to do."""

    def check(form: Any, field: Any) -> None:
        if field.data not in set(members):
            raise ValidationError(text)

    return check


class Ticks(SelectMultipleField):
    """Any number of circumstances; what is none of them is no choice."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [one.value for one in in_order(valuelist)]


class UnitForm(ActForm):
    """The responsible unit, as it is picked. `found_unit` once the form is valid."""

    unit = StringField("责任单位", [Required("请选择责任单位"), Clean(80, 1)])
    found_unit: Unit

    def validate_unit(self, field: StringField) -> None:
        units = handling_units(db.session())
        named = [unit for unit in units if field.data in (unit.short_name, unit.full_name)]
        if not named:
            raise ValidationError(unknown_unit(field.data or "", units))
        self.found_unit = named[0]


class FindingForm(ActForm):
    """What article 11 wants registered. `finding` once the form is valid, without the appeal it names."""

    occurred_on = Day("错情时间")
    content = words("错情内容", CONTENT_CHARS, "请写明错情内容：什么工作、错在哪里、怎样发现、怎样纠正")
    source = SelectField(
        "错情来源", [one_of(Source, "请选择错情来源")], validate_choice=False,
        choices=[SelectChoice(value="", label="请选择"), *offered(SOURCE_LABELS)],
    )
    circumstances = Ticks(
        "认定情形", validate_choice=False, choices=offered({one: clause.label for one, clause in CLAUSES.items()})
    )
    basis = words("认定说明", REASON_CHARS)
    grade = RadioField(
        "错情类型", [one_of(Grade, "请选择错情类型")], validate_choice=False,
        choices=offered({one: f"{label}差错" for one, label in GRADE_LABELS.items()}),
    )
    accountability = words("责任追究", WORDS_CHARS)
    appeal_number = StringField("关联的诉求", [Clean(20, 1)])

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """What the law does not allow is told beside its field, all of it at once."""
        super().validate(*args, **kwargs)
        if self.occurred_on.data is None and not self.occurred_on.errors:
            self.occurred_on.errors = ["请填写错情发生的日期"]
        if not self.errors:
            for name, (code, facts) in problems(self.finding, clock.today()).items():
                self[name].errors = [message(code, **facts)]
        return not self.errors

    @property
    def finding(self) -> Finding:
        assert self.occurred_on.data is not None
        return Finding(
            self.occurred_on.data, self.content.data or "", Source(self.source.data), Grade(self.grade.data),
            in_order(self.circumstances.data or ()), self.basis.data or "", self.accountability.data or "",
        )


class RegisterForm(UnitForm, FindingForm):
    pass


class ChangeForm(FindingForm):
    reason = words("更正理由", REASON_CHARS, "请写明为什么更正，依据什么")


class RevokeForm(ActForm):
    code = RadioField(
        "撤销原因", [one_of(RevokeReason, "请选择撤销原因")], validate_choice=False, choices=offered(REVOKE_LABELS)
    )
    reason = words("撤销理由", REASON_CHARS, "请写明核实的情况和依据，责任单位可以看到")


class EvidenceForm(ActForm):
    evidence = MultipleFileField("佐证材料")


class AnswerForm(ActForm):
    statement = words("说明", WORDS_CHARS, "请写明要说明的情况；说明只能作一次")
