"""Forms of follow-up: a call, the acts on a case, exclusions, the policy. None of them holds a grade."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from wtforms import RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation, ValidationError

from models.appeals.reveal_rules import names_somebody
from models.followup.calls import Told
from models.followup.tables import RANGES
from models.followup.types import (
    EXCLUSION_LABELS,
    RESULT_LABELS,
    UNREACHED_LABELS,
    CallResult,
    ContactWay,
    ExclusionReason,
    Unreached,
)
from webapp.forms import ActForm, Clean, LongText, NeededDay, Required, whole_number
from webapp.messages import message

WORDS_CHARS, EVIDENCE_CHARS, BASIS_CHARS = 1_000, 2_000, 200
POLICY_LABELS = {
    "rating_days": "答复后多少天内可以评价",
    "link_hours": "一次性链接有效小时数",
    "share_percent": "各单位抽取回访的比例（%）",
    "least_per_unit": "每个单位最少抽取（件）",
    "attempts_most": "每次答复最多打电话（次）",
    "contact_workdays": "不满意的联系期限（工作日）",
    "put_right_workdays": "不满意的整改期限（工作日）",
    "put_right_workdays_most": "延长以后合计最多（工作日）",
}
YES, NO, UNSAID = "yes", "no", "unsaid"


def nameless(form: Any, field: Any) -> None:
    """Others read it: no telephone, identity card or credit code in it."""
    if names_somebody(field.data or ""):
        raise StopValidation(message("case_words_identify"))


def spoken(label: str, max_chars: int = WORDS_CHARS, required: str | None = None) -> LongText:
    first = [Required(required)] if required else []
    return LongText(label, [*first, Clean(max_chars), nameless])


def offered(labels: Mapping[Any, str]) -> list[SelectChoice]:
    return [SelectChoice(value=str(one.value), label=label) for one, label in labels.items()]


def one_of(members: type[StrEnum], text: str) -> Callable[[Any, Any], None]:
    def check(form: Any, field: Any) -> None:
        if field.data not in set(members):
            raise ValidationError(text)

    return check


class CallForm(ActForm):
    """What came of a call. `version` is the number of the attempt."""

    reached = RadioField(
        "接通了吗？", validate_choice=False,
        choices=[SelectChoice(value=YES, label="接通了诉求人"), SelectChoice(value=NO, label="没有接通")],
    )
    unreached = SelectField(
        "没有接通的原因", validate_choice=False,
        choices=[SelectChoice(value="", label="请选择"), *offered(UNREACHED_LABELS)],
    )
    result = RadioField("诉求人满意吗？", validate_choice=False, choices=offered(RESULT_LABELS))
    solved = RadioField(
        "问题解决了吗？", validate_choice=False,
        choices=[
            SelectChoice(value=YES, label="解决了"), SelectChoice(value=NO, label="没有解决"),
            SelectChoice(value=UNSAID, label="没有说"),
        ],
    )
    words = spoken("通话记录")

    def validate_reached(self, field: RadioField) -> None:
        if field.data not in (YES, NO):
            raise ValidationError("请选择是否接通")

    def validate_unreached(self, field: SelectField) -> None:
        if self.reached.data == NO and field.data not in set(Unreached):
            raise ValidationError("请选择没有接通的原因")

    def validate_result(self, field: RadioField) -> None:
        if self.reached.data == YES and field.data not in set(CallResult):
            raise ValidationError("请选择诉求人怎样说；不愿意说的，选“不作评价”")

    def validate_solved(self, field: RadioField) -> None:
        if self.reached.data == YES and field.data not in (YES, NO, UNSAID):
            raise ValidationError("请选择问题是否解决")

    @property
    def told(self) -> Told:
        said = self.words.data or ""
        if self.reached.data == NO:
            return Told(unreached=Unreached(self.unreached.data), words=said)
        is_solved = None if self.solved.data == UNSAID else self.solved.data == YES
        return Told(result=CallResult(self.result.data), is_solved=is_solved, words=said)


# ---------------------------------------------------------------- cases

UNREACHED_WAY = "unreached"
WAYS = [
    SelectChoice(value=ContactWay.PHONE.value, label="打电话，联系上了"),
    SelectChoice(value=UNREACHED_WAY, label="打电话，没有接通"),
    SelectChoice(value=ContactWay.VISIT.value, label="当面谈了"),
    SelectChoice(value=ContactWay.PAGE.value, label="在诉求人的进度页面留言"),
]


class ContactForm(ActForm):
    way = RadioField("怎样联系的", validate_choice=False, choices=WAYS)
    told = spoken("给诉求人的留言")
    inner = spoken("联系情况")

    def validate_way(self, field: RadioField) -> None:
        if field.data not in {one.value for one in WAYS}:
            raise ValidationError("请选择怎样联系的")

    def validate_told(self, field: LongText) -> None:
        if self.way.data == ContactWay.PAGE and not (field.data or "").strip():
            raise ValidationError(message("case_message_missing"))

    def validate_inner(self, field: LongText) -> None:
        if self.way.data in (ContactWay.PHONE, ContactWay.VISIT) and not (field.data or "").strip():
            raise ValidationError("请写明诉求人怎样说")


class RedoForm(ActForm):
    words = spoken("重办理由", required="请写明为什么要重新办理：哪一点没有解决")
    told = spoken("告知诉求人", required="请写明要告诉诉求人的话")


class NoRedoForm(ActForm):
    words = spoken("不重办的理由", required="请写明为什么不重新办理，依据什么")
    told = spoken("告知诉求人", required="请写明要告诉诉求人的话")


class ExtendForm(ActForm):
    workdays = StringField("合计工作日", [Required("请填写合计多少个工作日"), Clean(3, 1)])
    words = spoken("延长的理由", required="请写明为什么要延长")
    told = spoken("告知诉求人", required="请写明要告诉诉求人的话")


class AnswerForm(ActForm):
    words = spoken("说明", required="请写明核实的情况和打算怎样整改")


class PutRightForm(ActForm):
    words = spoken("整改情况", required="请写明整改到位的情况，怎样核实的")
    told = spoken("告知诉求人", required="请写明要告诉诉求人的话")


class CloseForm(ActForm):
    words = spoken("了结意见", required="请写明诉求人现在的意见，为什么可以了结")
    told = spoken("告知诉求人")


# ---------------------------------------------------------------- exclusions


class ExclusionForm(ActForm):
    code = RadioField(
        "剔除的原因", [one_of(ExclusionReason, "请选择剔除的原因")], validate_choice=False,
        choices=offered(EXCLUSION_LABELS),
    )
    evidence = spoken("事实和证据", EVIDENCE_CHARS, "请写明核实的经过和证据，第二人据此审核")


class DecisionForm(ActForm):
    """The button says which: granted or refused."""

    remark = spoken("审核意见", required="请写明审核意见")


# ---------------------------------------------------------------- policy


def number_field(name: str) -> StringField:
    return StringField(POLICY_LABELS[name], [Required("请填写整数"), Clean(3, 1), within(name)])


def within(name: str) -> Callable[[Any, Any], None]:
    least, most = RANGES[name]

    def check(form: Any, field: Any) -> None:
        if number_in(field.data or "", least, most) is None:
            raise StopValidation(message("follow_up_out_of_range", least=least, most=most))

    return check


def number_in(text: str, least: int, most: int) -> int | None:
    if text == "0" and least == 0:
        return 0
    found = whole_number(text, most)
    return found if found is not None and found >= least else None


class PolicyForm(ActForm):
    rating_days = number_field("rating_days")
    link_hours = number_field("link_hours")
    share_percent = number_field("share_percent")
    least_per_unit = number_field("least_per_unit")
    attempts_most = number_field("attempts_most")
    contact_workdays = number_field("contact_workdays")
    put_right_workdays = number_field("put_right_workdays")
    put_right_workdays_most = number_field("put_right_workdays_most")
    in_force_from = NeededDay("施行日期", "请填写施行日期")
    basis = StringField("依据", [Required("请填写依据，例如市优办会议纪要"), Clean(BASIS_CHARS, 1), nameless])

    def number(self, name: str) -> int:
        least, most = RANGES[name]
        return number_in(self[name].data or "", least, most) or 0
