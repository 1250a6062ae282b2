"""Forms of supervision: beginning a record, acting on one, the thresholds."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from wtforms import RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError

from models.accounts.queries import handling_units
from models.accounts.tables import Unit
from models.appeals.reveal_rules import names_somebody
from models.supervision.ladder_types import GROUND_LABELS, Ground, RecordKind
from models.workdays.rules import due_date
from webapp import clock, db
from webapp.calendar import current_calendar
from webapp.forms import ActForm, Clean, Day, LongText, NeededDay, Required, text_area, text_field
from webapp.messages import message
from webapp.unit_picker import unknown_unit

MOST_WORKDAYS = 30
SHORTCOMINGS = (
    Ground.OVERDUE, Ground.REFUSES_TO_SIGN, Ground.NOT_SOLVED, Ground.POOR_HANDLING, Ground.OTHER,
)  # fmt: skip
"""The triggers of a 督办单 (domain.md §5)."""


class NamesNobody:
    """What is kept in clear and read by the unit holds no telephone number, identity card or credit code."""

    def __call__(self, form: Any, field: Any) -> None:
        if names_somebody(field.data or ""):
            raise ValidationError(message("reveal_words_identify"))


def words(label: str, required: str | None, *, max_chars: int = 2000) -> LongText:
    made = text_area(label, max_chars=max_chars, required=required)
    made.args[1].append(NamesNobody())
    return made


def whole_number(text: str, *, least: int = 1, most: int = MOST_WORKDAYS) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) < 4
    return int(text) if is_number and least <= int(text) <= most else None


class Workdays:
    """A number of working days in a text field."""

    def __init__(self, least: int = 1) -> None:
        self.least = least

    def __call__(self, form: Any, field: Any) -> None:
        if whole_number(field.data or "", least=self.least) is None:
            raise ValidationError(f"请填 {self.least} 到 {MOST_WORKDAYS} 的整数")


def workdays_field(label: str, default: str = "", *, least: int = 1) -> StringField:
    return StringField(label, [Clean(4, 1), Workdays(least)], default=default)


class HasTerm:
    """A term in working days, and the day it leads to."""

    workdays = workdays_field("整改期限（工作日）", "3")

    @property
    def due_on(self) -> date:
        count = whole_number(self.workdays.data or "")
        assert count is not None, "read before the form was validated"
        return due_date(clock.today(), count, current_calendar()).due_on


class GroundField(RadioField):
    """Only what was offered is a choice; says in Chinese what to do otherwise."""

    def __init__(self, label: str, grounds: Iterable[Ground] = (), **kwargs: Any) -> None:
        choices = [SelectChoice(value=one.value, label=GROUND_LABELS[one]) for one in grounds]
        super().__init__(label, choices=choices, validate_choice=False, **kwargs)

    def pre_validate(self, form: Any) -> None:
        if self.data not in {one.value for one in self.choices}:
            raise ValidationError("请选择事由")


class BeginForm(ActForm):
    """Why: a code and the facts. What further a kind asks for is in its own form."""

    ground = GroundField("事由", SHORTCOMINGS)
    grounds = words("事实和依据", "请写明事实和依据：哪一件事、哪一天、违反哪一条要求")

    def text(self, name: str) -> str:
        """A field that only some kinds have."""
        return str(self[name].data or "") if name in self else ""

    @property
    def day(self) -> date | None:
        """By when, for what has a clock of its own."""
        return self.due_on if isinstance(self, HasTerm) else None


class CardForm(BeginForm):
    pass


class ReminderForm(BeginForm):
    pass


class OrderForm(HasTerm, BeginForm):
    demand = words("整改要求", "请写明要整改什么、达到什么结果")
    responsible = text_field("责任领导", max_chars=60, required="请填写单位的责任领导和职务")


class InterviewForm(BeginForm):
    responsible = text_field("约谈对象", max_chars=60, required="请填写约谈谁，例如主要负责人")


class BulletinForm(BeginForm):
    demand = words("通报内容", "请写明通报内容")
    month = StringField("列入哪个月的通报", [Clean(7, 1)])

    def validate_month(self, field: StringField) -> None:
        year, _, month = (field.data or "").partition("-")
        is_month = len(year) == 4 and len(month) == 2 and f"{year}{month}".isascii() and f"{year}{month}".isdigit()
        if not is_month or not 1 <= int(month) <= 12 or not 2000 <= int(year) <= 2100:
            raise ValidationError("请按 2026-11 的样式填写年和月")


class TransferForm(BeginForm):
    ground = GroundField("事由", (Ground.DISCIPLINE, Ground.OTHER))
    recipient = text_field("移交给哪个机关", max_chars=80, required="请填写接收机关，例如沅江市纪委监委")
    demand = words("查实的情况", "请写明已经查实的情况")
    annexes = words("附件清单", None, max_chars=1000)


class InstructionForm(ActForm):
    """A leader's words on an appeal, with a day of their own."""

    demand = words("批示内容", "请写明批示内容")
    due_on = NeededDay("办理期限")

    def validate_due_on(self, field: Day) -> None:
        if field.data is not None and field.data <= clock.today():
            raise ValidationError(message("record_due_not_ahead"))


class OfUnit:
    """Which unit, where no appeal says it."""

    unit = StringField("单位", [Required("请选择单位"), Clean(40, 1)])
    chosen: Unit

    def validate_unit(self, field: StringField) -> None:
        units = handling_units(db.session())
        named = [unit for unit in units if field.data in (unit.short_name, unit.full_name)]
        if not named:
            raise ValidationError(unknown_unit(field.data or "", units))
        self.chosen = named[0]


class UnitOrderForm(OfUnit, OrderForm):
    pass


class UnitInterviewForm(OfUnit, InterviewForm):
    pass


class UnitBulletinForm(OfUnit, BulletinForm):
    pass


KIND = RecordKind
ON_APPEAL: Mapping[RecordKind, type[BeginForm]] = {
    KIND.REMINDER_SLIP: ReminderForm, KIND.YELLOW_CARD: CardForm, KIND.RED_CARD: CardForm,
    KIND.SUPERVISION_ORDER: OrderForm, KIND.INTERVIEW: InterviewForm, KIND.BULLETIN_ENTRY: BulletinForm,
    KIND.TRANSFER: TransferForm,
}
OF_UNIT: Mapping[RecordKind, type[BeginForm]] = {
    KIND.SUPERVISION_ORDER: UnitOrderForm, KIND.INTERVIEW: UnitInterviewForm, KIND.BULLETIN_ENTRY: UnitBulletinForm,
}


# ---------------------------------------------------------------- acts on a record


class AnswerForm(ActForm):
    words = words("情况说明", "请写明情况")


class ReportForm(ActForm):
    words = words("整改情况", "请写明整改了什么、结果如何")


class ContestForm(ActForm):
    words = words("申诉理由", "请写明申诉理由和依据")


class DecideForm(ActForm):
    words = words("复核意见", "请写明复核意见")


class RevokeForm(ActForm):
    words = words("撤销理由", "请写明撤销理由")


class FollowUpForm(ActForm):
    words = words("跟踪情况", "请写明跟踪情况")


class AcceptForm(ActForm):
    words = words("确认意见", None)


class SendBackForm(ActForm):
    words = words("退回理由", "请写明哪里还没有整改到位")


class ForwardForm(ActForm):
    words = words("转办意见", None)


class ReasonForm(ActForm):
    words = words("决定理由", "请写明决定的理由")


class CloseForm(ActForm):
    words = words("了结说明", None)


class NoticeForm(ActForm):
    """When, where, who, with what: what a 约谈通知书 says (domain.md §7)."""

    held_on = NeededDay("约谈日期")
    held_at = text_field("约谈时间", max_chars=20, required="请填写时间，例如上午9:30")
    place = text_field("约谈地点", max_chars=80, required="请填写地点")
    attend = text_field("参加人员", max_chars=120, required="请填写由谁参加")
    bring = text_field("携带材料", max_chars=200)

    def validate_held_on(self, field: Day) -> None:
        if field.data is not None and field.data < clock.today():
            raise ValidationError("约谈日期不能早于今天")


class MinutesForm(HasTerm, ActForm):
    words = words("约谈记录", "请写明谈了什么、单位怎样表态、要求整改什么", max_chars=5000)


class PolicyForm(ActForm):
    """The thresholds of the ladder; the labels are those of the page."""

    remind_workdays_before = workdays_field("到期前几个工作日催办")
    blue_workdays_left = workdays_field("剩余几个工作日亮蓝牌")
    reminder_slip_workdays_after = workdays_field("超期后第几个工作日发催办单")
    yellow_workdays_over = workdays_field("超期几个工作日亮黄牌（0 为超期即亮）", least=0)
    red_workdays_over = workdays_field("超期几个工作日亮红牌")
    contest_workdays = workdays_field("单位申诉期限（工作日）")
    in_force_from = NeededDay("施行日期")
    basis = text_field("依据", max_chars=200, required="请写明依据，例如会议纪要的文号")
