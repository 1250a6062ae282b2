"""Forms of the office: a campaign's plan, and the few things that change while it is open."""

from collections.abc import Iterable
from typing import Any, Final

from wtforms import Form, FormField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from models.accounts.queries import handling_units
from models.accounts.tables import Unit
from models.appeals.text import canonical_digits
from models.ratings.rules import MOST_DIMENSIONS, MOST_UNITS, WEIGHTS
from models.ratings.types import (
    CONDUCT_LABELS,
    HALF_LABELS,
    SCALE_LABELS,
    Campaign,
    ConductQuestion,
    Dimension,
    Half,
    Plan,
    Scale,
)
from webapp import clock, db
from webapp.forms import (
    ActForm,
    Clean,
    Day,
    LongText,
    NeededDay,
    NumberedList,
    Required,
    row_id,
    text_field,
    whole_number,
)
from webapp.unit_picker import named_unit

MOST_LETTER: Final = 300
"""Characters of the letter's text: it stays on one page."""
LETTER_LINES: Final = 6
TOO_MANY_DIMENSIONS: Final = f"最多 {MOST_DIMENSIONS} 个评议方面"


def number_of(field: Any, most: int) -> int | None:
    return whole_number(canonical_digits(field.data or ""), most)


class WholeNumber:
    def __init__(self, most: int, text: str) -> None:
        self.most, self.text = most, text

    def __call__(self, form: Any, field: Any) -> None:
        if number_of(field, self.most) is None:
            raise ValidationError(self.text)


class Ticks(SelectMultipleField):
    """Boxes; what is none of the choices is no choice."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        """In the order of the choices, once they are known."""
        if self.choices is None:
            self.data = list(valuelist)
            return
        ticked = set(valuelist)
        self.data = [str(one.value) for one in self.choices if str(one.value) in ticked]


class DimensionForm(Form):
    """A line of the table; one without a name is none."""

    name = StringField("评议方面", [Clean(20, 1)])
    weight = StringField("权重", [Clean(4, 1)])
    explanation = StringField("说明", [Clean(120, 1)])

    def validate_weight(self, field: StringField) -> None:
        if self.name.data and number_of(field, WEIGHTS) is None:
            raise ValidationError("权重填 1 至 100 的整数")
        if field.data and not self.name.data:
            raise ValidationError("填了权重的，请写明评议方面")


class PlanForm(ActForm):
    """Everything that is set while the campaign is a draft. `plan` once the form is valid."""

    title = text_field("名称", max_chars=80, required="请填写评议的名称，评议信上印这个名称")
    opens_on = NeededDay("开始日期", "请填写开始日期")
    closes_on = NeededDay("截止日期", "请填写截止日期")
    scale = RadioField(
        "评分方式", validate_choice=False, default=Scale.SCORE.value,
        choices=[SelectChoice(value=one.value, label=label) for one, label in SCALE_LABELS.items()],
    )
    minimum_n = StringField("最少票数", [WholeNumber(1000, "最少票数填 1 至 1000 的整数")])
    dimensions = NumberedList(
        FormField(DimensionForm), min_entries=MOST_DIMENSIONS, max_entries=MOST_DIMENSIONS,
        too_many=TOO_MANY_DIMENSIONS,
    )
    units = Ticks("参评单位", validate_choice=False)
    asked_conduct = Ticks(
        "行为问题", validate_choice=False,
        choices=[SelectChoice(value=one.value, label=label) for one, label in CONDUCT_LABELS.items()],
    )
    letter = LongText("评议信正文", [Clean(MOST_LETTER, LETTER_LINES)])

    def offer(self, offered: Iterable[Unit]) -> "PlanForm":
        """The units that may be ticked; those that were ticked stay so."""
        self.units.choices = [SelectChoice(value=str(one.id), label=one.short_name) for one in offered]
        self.units.process_formdata([str(one) for one in self.units.data or ()])
        return self

    def validate_closes_on(self, field: Day) -> None:
        if self.opens_on.data and field.data and field.data < self.opens_on.data:
            raise ValidationError("截止日期不能早于开始日期")

    def validate_scale(self, field: RadioField) -> None:
        if field.data not in set(Scale):
            raise ValidationError("请选择评分方式")

    def validate_dimensions(self, field: NumberedList) -> None:
        names = [one.form.name.data for one in field if one.form.name.data]
        if len(set(names)) < len(names):
            raise ValidationError("有两个评议方面名称相同，请改正")

    def validate_units(self, field: Ticks) -> None:
        if len(field.data or ()) > MOST_UNITS:
            raise ValidationError(f"一次评议最多 {MOST_UNITS} 个单位")

    @property
    def weight_sum(self) -> int:
        return sum(number_of(one.form.weight, WEIGHTS) or 0 for one in self.dimensions if one.form.name.data)

    @property
    def plan(self) -> Plan:
        assert self.opens_on.data is not None and self.closes_on.data is not None
        named = [one.form for one in self.dimensions if one.form.name.data]
        return Plan(
            title=self.title.data or "", opens_on=self.opens_on.data, closes_on=self.closes_on.data,
            scale=Scale(self.scale.data), minimum_n=number_of(self.minimum_n, 1000) or 1,
            dimensions=tuple(
                Dimension(no, one.name.data, number_of(one.weight, WEIGHTS) or 1, one.explanation.data)
                for no, one in enumerate(named, start=1)
            ),
            units=tuple(row_id(one) for one in self.units.data or ()),
            asked_conduct=tuple(ConductQuestion(one) for one in self.asked_conduct.data or ()),
            letter=self.letter.data or "",
        )


class NewForm(PlanForm):
    """A draft is for one half-year, which never changes."""

    year = SelectField("年度", validate_choice=False)
    half = RadioField(
        "半年", validate_choice=False,
        choices=[SelectChoice(value=one.value, label=label) for one, label in HALF_LABELS.items()],
    )

    def offer(self, offered: Iterable[Unit]) -> "NewForm":
        super().offer(offered)
        this_year = clock.today().year
        years = range(this_year - 1, this_year + 2)
        self.year.choices = [SelectChoice(value=str(one), label=f"{one}年") for one in years]
        return self

    def validate_year(self, field: SelectField) -> None:
        if field.data not in [one.value for one in field.choices or []]:
            raise ValidationError("请选择年度")

    def validate_half(self, field: RadioField) -> None:
        if field.data not in set(Half):
            raise ValidationError("请选择上半年或者下半年")


def plan_data(campaign: Campaign, letter: str) -> dict[str, Any]:
    """A campaign as the fields of its form."""
    return {
        "title": campaign.title, "opens_on": campaign.opens_on, "closes_on": campaign.closes_on,
        "scale": campaign.scale.value, "minimum_n": str(campaign.minimum_n), "letter": letter,
        "dimensions": dimension_data(campaign.dimensions),
        "units": [str(one.unit_id) for one in campaign.units],
        "asked_conduct": [one.value for one in campaign.asked_conduct],
    }


def dimension_data(dimensions: Iterable[Dimension]) -> list[dict[str, str]]:
    return [{"name": one.name, "weight": str(one.weight), "explanation": one.explanation} for one in dimensions]


class OpenForm(ActForm):
    pass


class CloseForm(ActForm):
    closing_reason = LongText("提前截止的理由", [Clean(300)])


class ExtendForm(ActForm):
    closes_on = NeededDay("新的截止日期", "请填写新的截止日期")
    extend_reason = LongText("延长的理由", [Required("请写明为什么延长"), Clean(300)])


class AddUnitForm(ActForm):
    """`found_unit` once the form is valid."""

    unit = StringField("单位", [Required("请选择单位"), Clean(80, 1)])
    found_unit: Unit

    def validate_unit(self, field: StringField) -> None:
        self.found_unit = named_unit(field.data or "")


def offered_units() -> list[Unit]:
    return list(handling_units(db.session()))
