"""The director's forms: a version with every limit in whole working days, and the last day of a policy."""

from collections.abc import Iterable
from typing import Any

from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from models.appeals.types import KIND_LABELS, AppealKind, Complexity
from models.handling.clock import Allowances
from models.handling.policy_rules import LEAST_AND_MOST, MOST_WORKDAYS, STAGES, Provision, problems
from models.handling.types import Stage
from webapp.forms import ActForm, Clean, NeededDay, text_field
from webapp.messages import message
from webapp.policies.words import ALLOWANCE_TEXTS, COMPLEXITY_TEXTS, LIMIT_TEXTS

MOST_NAME, MOST_BASIS = 30, 120
"""What a dispatch form and a slip's table have room for."""


def number(text: str) -> int | None:
    """A whole number in ASCII digits; None for anything else: "２", "1.5", "-1", "10 天"."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


class Between:
    """A whole number within bounds, in a text field: a number field would round what was typed."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, form: Any, field: Any) -> None:
        found = number(field.data or "")
        if found is None or not self.least <= found <= self.most:
            raise StopValidation(message("limit_out_of_range", least=self.least, most=self.most))


def number_field(label: str, least: int, most: int) -> StringField:
    return StringField(label, [Clean(20, 1), Between(least, most)], render_kw={"inputmode": "numeric"})


class Ticks(SelectMultipleField):
    """Any of what was offered; anything else is no choice."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [one.value for one in self.choices if one.value in valuelist]


def limit_name(stage: Stage) -> str:
    return f"limit_{stage.value}"


def _limit(stage: Stage) -> StringField:
    return number_field(LIMIT_TEXTS[stage], 1, MOST_WORKDAYS)


def _allowance(name: str) -> StringField:
    return number_field(ALLOWANCE_TEXTS[name], *LEAST_AND_MOST[name])


class VersionForm(ActForm):
    """What a version says. `is_default` is set by whoever makes the form: the default has neither kinds nor sort."""

    limit_sign, limit_verify, limit_conclude = _limit(Stage.SIGN), _limit(Stage.VERIFY), _limit(Stage.CONCLUDE)
    limit_preliminary, limit_final = _limit(Stage.PRELIMINARY), _limit(Stage.FINAL)
    limit_progress, limit_triage = _limit(Stage.PROGRESS), _limit(Stage.TRIAGE)
    limit_ruling, limit_review = _limit(Stage.RULING), _limit(Stage.REVIEW)
    return_workdays, extensions_most = _allowance("return_workdays"), _allowance("extensions_most")
    extension_workdays_most = _allowance("extension_workdays_most")
    pause_workdays_most = _allowance("pause_workdays_most")
    policy_name = text_field("名称", max_chars=MOST_NAME, required="请填写名称，交办时按名称选择")
    policy_basis = text_field("依据", max_chars=MOST_BASIS, required="请填写依据的文号和条款，会印在交办单上")
    kinds = Ticks(
        "适用的诉求类别", validate_choice=False,
        choices=[SelectChoice(value=kind.value, label=text) for kind, text in KIND_LABELS.items()],
    )
    complexity = RadioField(
        "适用的事项", validate_choice=False, default="",
        choices=[SelectChoice(value=value, label=text) for value, text in COMPLEXITY_TEXTS.items()],
    )
    in_force_from = NeededDay("施行日期")
    is_default = True

    def validate_complexity(self, field: RadioField) -> None:
        if not self.is_default and field.data not in COMPLEXITY_TEXTS:
            raise ValidationError("请选择适用的事项")

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """What does not fit together is told beside its field, once every field by itself is sound."""
        super().validate(*args, **kwargs)
        if not self.errors:
            for name, (code, facts) in problems(self.provision, is_default=self.is_default).items():
                field = self[f"limit_{name}"] if f"limit_{name}" in self else self[name]
                field.errors = [message(code, **facts)]
        return not self.errors

    @property
    def provision(self) -> Provision:
        sort = "" if self.is_default else self.complexity.data or ""
        return Provision(
            self.policy_name.data or "", self.policy_basis.data or "",
            {stage: self._number(limit_name(stage)) for stage in STAGES},
            Allowances(**{name: self._number(name) for name in LEAST_AND_MOST}),
            frozenset() if self.is_default else frozenset(AppealKind(one) for one in self.kinds.data or ()),
            Complexity(sort) if sort else None,
        )

    def _number(self, name: str) -> int:
        found = number(self[name].data or "")
        assert found is not None, "read before the form was validated"
        return found

    def fill(self, said: Provision) -> None:
        """With what another version says."""
        self.policy_name.data, self.policy_basis.data = said.name, said.basis
        self.kinds.data = [kind.value for kind in said.kinds]
        self.complexity.data = said.complexity.value if said.complexity else ""
        for stage in STAGES:
            self[limit_name(stage)].data = str(said.workdays[stage])
        for name in LEAST_AND_MOST:
            self[name].data = str(getattr(said.allowances, name))

    def fields(self, names: Iterable[str]) -> list[Any]:
        return [self[name] for name in names]


class EndForm(ActForm):
    last_on = NeededDay("最后适用日期")
