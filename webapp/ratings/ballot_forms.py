"""Forms of the ballot: the code, and one unit's questions as the campaign asks them."""

from typing import Any, Final

from wtforms import Field, HiddenField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from models.appeals.receipt import normalise_code
from models.appeals.text import canonical_digits
from models.ratings.rules import MOST_REMARK
from models.ratings.types import (
    CONDUCT_LABELS,
    GRADE_LABELS,
    HIGHEST,
    NO_OPINION,
    Answer,
    Campaign,
    ConductAnswer,
    ConductQuestion,
    Scale,
    UnitAnswers,
)
from webapp.forms import Clean, Form, LongText, Required, row_id

YES, NO = "yes", "no"
CONDUCT_CHOICES: Final = (("", "不清楚"), (NO, "没有"), (YES, "有"))


class CodeForm(Form):
    """`found` once the form is valid: the code in one spelling, or None for what is no code at all."""

    code = StringField("评议码", [Required("请填写评议信上的评议码")])

    @property
    def found(self) -> str | None:
        return normalise_code(self.code.data or "")


class UnitForm(Form):
    """The base of what `unit_form` makes: fields value_1 …, conduct_rough …, remark_rough … ."""

    unit = HiddenField()
    campaign: Campaign

    @property
    def unit_no(self) -> int:
        return row_id(self.unit.data or "")

    def values(self) -> list[Field]:
        return [self[f"value_{one.no}"] for one in self.campaign.dimensions]

    def conduct(self) -> list[tuple[ConductQuestion, Field, Field]]:
        asked = self.campaign.asked_conduct
        return [(one, self[f"conduct_{one.value}"], self[f"remark_{one.value}"]) for one in asked]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A text stands under a yes."""
        super().validate(*args, **kwargs)
        for _, answer, remark in self.conduct():
            if remark.data and answer.data != YES and not remark.errors:
                remark.errors = ["没有选择“有”的，请删去所写的内容；确有其事的，请改选“有”"]
        return not self.errors

    @property
    def said(self) -> UnitAnswers:
        numbers = [canonical_digits(field.data or "").strip() for field in self.values()]
        answers = [
            Answer(one.no, int(text) if text else None)
            for one, text in zip(self.campaign.dimensions, numbers, strict=True)
        ]
        conduct = [
            ConductAnswer(question, answer.data == YES, remark.data or "")
            for question, answer, remark in self.conduct() if answer.data
        ]
        return UnitAnswers(self.unit_no, tuple(answers), tuple(conduct))


class Score:
    """Nothing, or a whole number from 0 to 100."""

    def __call__(self, form: Any, field: Any) -> None:
        text = canonical_digits(field.data or "").strip()
        is_number = text.isascii() and text.isdigit() and len(text) <= 3
        if text and not (is_number and int(text) <= HIGHEST[Scale.SCORE]):
            raise ValidationError("请填 0 至 100 的整数；不了解的不填")


class OneOf:
    def __init__(self, *values: str) -> None:
        self.values = values

    def __call__(self, form: Any, field: Any) -> None:
        if field.data not in self.values:
            raise ValidationError("请重新选择")


def unit_form(campaign: Campaign, said: UnitAnswers | None = None, *, is_sent: bool = False) -> UnitForm:
    """The form of one unit, empty or with what was said; `is_sent`: as this request has it."""
    fields: dict[str, Any] = {"campaign": campaign}
    for one in campaign.dimensions:
        fields[f"value_{one.no}"] = _value_field(campaign.scale, one.name)
    for question in campaign.asked_conduct:
        fields[f"conduct_{question.value}"] = _choice_field(f"有没有{CONDUCT_LABELS[question]}", CONDUCT_CHOICES)
        fields[f"remark_{question.value}"] = LongText("具体情况", [Clean(MOST_REMARK, 20)])
    made = type("AskedForm", (UnitForm,), fields)
    if is_sent:
        return made()
    return made(formdata=None, data=_data(said) if said else {})


def _value_field(scale: Scale, label: str) -> Field:
    if scale is Scale.SCORE:
        return StringField(label, [Score()])
    grades = [(str(no), text) for no, text in GRADE_LABELS.items()]
    return _choice_field(label, [*grades, ("", NO_OPINION)])


def _choice_field(label: str, choices: Any) -> RadioField:
    offered = [SelectChoice(value=value, label=text) for value, text in choices]
    values = [value for value, _ in choices]
    return RadioField(label, [OneOf(*values)], choices=offered, validate_choice=False, default="")


def _data(said: UnitAnswers) -> dict[str, str]:
    found = {"unit": str(said.unit_no)}
    for answer in said.answers:
        found[f"value_{answer.dimension_no}"] = "" if answer.value is None else str(answer.value)
    for one in said.conduct:
        found[f"conduct_{one.question.value}"] = YES if one.is_yes else NO
        found[f"remark_{one.question.value}"] = one.text
    return found
