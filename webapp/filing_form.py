"""The form of an appeal, shared by the public's filing and the office's entry: fields, sentences, rules."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from wtforms import BooleanField, MultipleFileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import HiddenField, SelectChoice
from wtforms.validators import StopValidation

from models.accounts.tables import Unit
from models.appeals.categories import CATEGORIES, find_category
from models.appeals.text import canonical_digits, canonical_phone, is_phone, search_key
from models.appeals.types import APPELLANT_KIND_LABELS, KIND_LABELS, AppealKind, AppellantKind
from webapp.forms import KEY_PATTERN, Clean, Form, NumberedList, Required, new_key
from webapp.messages import message
from webapp.unit_picker import near

TITLE_CHARS, BODY_CHARS, BODY_LEAST, DEMAND_CHARS, MOST_DEMANDS = 60, 5_000, 10, 500, 20
IDENTITY_FIELDS = ("appellant_name", "phone", "address", "enterprise_name", "credit_code")
ENTERPRISE_FIELDS = ("enterprise_name", "credit_code")
UNASKED: Mapping[str | None, tuple[str, ...]] = {
    AppellantKind.ANONYMOUS: IDENTITY_FIELDS,
    AppellantKind.PERSON: ENTERPRISE_FIELDS,
}
STALE_KEY = "页面停留太久，已经为您更新。请核对内容后重新提交。"
REQUIRED: Mapping[AppellantKind, Mapping[str, str]] = {
    AppellantKind.PERSON: {
        "appellant_name": "请填写姓名，以便核实情况和送达答复",
        "phone": "请填写联系电话，以便核实情况",
    },
    AppellantKind.ENTERPRISE: {
        "enterprise_name": "请填写企业名称，与营业执照一致",
        "appellant_name": "请填写联系人姓名，以便核实情况和送达答复",
        "phone": "请填写联系电话，以便核实情况",
    },
    AppellantKind.ANONYMOUS: {},
}
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_UNSEEN_CODES = frozenset({"text_has_nul", "text_has_control", "text_has_surrogate", "text_has_bidi"})
UNSEEN_REMOVED = "这里有看不见的特殊字符，已经替您去掉。请核对内容，没有问题就再提交一次"


class CleanForPublic(Clean):
    """As `Clean`; but nobody can find an invisible character, so it is taken out and the person asked to look again."""

    def __call__(self, form: Any, field: Any) -> None:
        text = field.data or ""
        try:
            super().__call__(form, field)
        except StopValidation as stop:
            field.data = _UNSEEN.sub("", text.replace("\r\n", "\n"))
            if field.data != text.replace("\r\n", "\n") and str(stop) in {message(code) for code in _UNSEEN_CODES}:
                raise StopValidation(UNSEEN_REMOVED) from stop
            raise


class OneOf:
    """One of the offered values, or a sentence that says what to choose."""

    def __init__(self, values: Iterator[str] | list[str], text: str) -> None:
        self.values, self.text = frozenset(values), text

    def __call__(self, form: Any, field: Any) -> None:
        if field.data not in self.values:
            field.errors = []
            raise StopValidation(self.text)


def shown(text: str) -> str:
    """Text as a page can carry it back: characters that HTML cannot hold are left out."""
    return _UNSEEN.sub("", text)


def make_showable(fields: Iterable[Any]) -> None:
    """Takes out of every text what HTML cannot carry, for pages that show a form without judging it."""
    for field in fields:
        if isinstance(field, StringField) and isinstance(field.data, str):
            field.data = shown(field.data)


def line(
    label: str, max_chars: int, *checks: Callable[[Any, Any], None], required: str | None = None, **kw: Any
) -> StringField:
    first = [Required(required)] if required else []
    return StringField(label, [*first, CleanForPublic(max_chars, 1), *checks], render_kw={"maxlength": max_chars, **kw})


def check_phone(form: Any, field: Any) -> None:
    if field.data and not is_phone(canonical_digits(field.data)):
        raise StopValidation("请填写 11 位手机号，或者带区号的固定电话，例如 0737-2700000")


def check_body(form: Any, field: Any) -> None:
    if len(field.data) < BODY_LEAST:
        raise StopValidation(f"请写得具体一些，至少 {BODY_LEAST} 个字：什么时间、在哪里、哪个单位、怎么回事")


def to_category(value: str) -> str:
    """A code for a code or a Chinese label; what is neither stays as it is, for the validator to refuse."""
    found = find_category(value)
    return found.code if found else value


def by_name(units: Iterable[Unit]) -> dict[str, Unit]:
    """Each unit under the search keys of its full and its short name."""
    return {search_key(name): unit for unit in units for name in (unit.full_name, unit.short_name)}


def rows_of_demands(field: Any, label: str) -> NumberedList:
    """One field for each demand; at least one, and no more than a person may ask for."""
    too_many = f"最多可写 {MOST_DEMANDS} 点诉求，超出的没有收下；请把相近的合并后再提交"
    return NumberedList(field, label, min_entries=1, max_entries=MOST_DEMANDS, too_many=too_many)


def appellant_kind_told() -> RadioField:
    """As staff choose it for somebody else."""
    return RadioField(
        "诉求人是",
        [OneOf(list(AppellantKind), "请选择诉求人是个人、企业还是匿名")],
        validate_choice=False,
        choices=[SelectChoice(kind.value, label) for kind, label in APPELLANT_KIND_LABELS.items()],
    )


class FilingForm(Form):
    """One page, five blocks. Who is needed depends on `appellant_kind` (table REQUIRED)."""

    appellant_kind = RadioField(
        "您是谁",
        [OneOf(list(AppellantKind), "请选择您以个人、企业还是匿名的方式反映")],
        validate_choice=False,
        choices=[SelectChoice(kind.value, APPELLANT_KIND_LABELS[kind]) for kind in AppellantKind],
    )
    enterprise_name = line("企业名称", 80, autocomplete="organization")
    credit_code = line("统一社会信用代码", 40, autocomplete="off", autocapitalize="characters")
    confidential = BooleanField("要求保密", false_values=("", "n", "no", "0", "false"))
    against_unit = line("被反映单位", 80)
    kind = RadioField(
        "类型",
        [OneOf(list(AppealKind), "请选择是咨询、求助、建议、投诉还是举报")],
        validate_choice=False,
        choices=[SelectChoice(kind.value, KIND_LABELS[kind]) for kind in AppealKind],
    )
    category = SelectField(
        "事项类别",
        [OneOf(["", *(one.code for one in CATEGORIES)], "请从列表中选择事项类别；不清楚的选第一项")],
        coerce=to_category,
        validate_choice=False,
        default="",
        choices=[SelectChoice("", "不清楚，由市优办判断"), *(SelectChoice(one.code, one.label) for one in CATEGORIES)],
    )
    title = line("标题", TITLE_CHARS, required="请用一句话写明标题")
    body = TextAreaField(
        "情况说明",
        [Required("请写明情况：什么时间、在哪里、哪个单位、怎么回事"), CleanForPublic(BODY_CHARS), check_body],
        render_kw={"data-count": BODY_CHARS},
    )
    demands = rows_of_demands(TextAreaField("诉求点", [CleanForPublic(DEMAND_CHARS, 20)]), "诉求点")
    attachments = MultipleFileField("证据材料")
    appellant_name = line("姓名", 40, autocomplete="name")
    phone = line("联系电话", 40, check_phone, autocomplete="tel", inputmode="tel")
    address = line("联系地址", 120, autocomplete="street-address")
    submission_key = HiddenField(default=new_key)

    units: Mapping[str, Unit] = {}
    """Units that may be named, by search key of short and full name."""

    def renew_stale_key(self) -> bool:
        """True when the form's one-time key was none of ours; it has a fresh one now."""
        if KEY_PATTERN.fullmatch(self.submission_key.data or ""):
            return False
        self.submission_key.data = new_key()
        return True

    def renew_key(self) -> None:
        """What stands in the form becomes a form of its own."""
        self.submission_key.data = new_key()

    @property
    def offered_units(self) -> list[Unit]:
        """Each once, though it answers to two names."""
        return list({unit.id: unit for unit in self.units.values()}.values())

    def validate_against_unit(self, field: Any) -> None:
        if field.data and search_key(field.data) not in self.units:
            meant = near(field.data, self.offered_units)
            hint = f"您要找的是不是：{'、'.join(meant)}" if meant else "请从列表中选择"
            raise StopValidation(f"没有找到这个单位，{hint}；不清楚的可以不填，由市优办判断")

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        for name in UNASKED.get(self.appellant_kind.data, ()):
            self[name].errors = ()  # the page hides these fields; what stands in them is neither judged nor kept
        for name, text in self._needed().items():
            if not (self[name].data or "").strip():
                self[name].errors = [text]
        if not self.phone.errors:
            self.phone.data = canonical_phone(self.phone.data or "")
        return not self.errors

    def _needed(self) -> Mapping[str, str]:
        kind = self.appellant_kind.data
        return REQUIRED[AppellantKind(kind)] if kind in set(AppellantKind) else {}

    @property
    def is_anonymous(self) -> bool:
        return self.appellant_kind.data == AppellantKind.ANONYMOUS

    @property
    def is_enterprise(self) -> bool:
        return self.appellant_kind.data == AppellantKind.ENTERPRISE

    @property
    def accused(self) -> Unit | None:
        return self.units.get(search_key(self.against_unit.data or ""))

    @property
    def demand_texts(self) -> tuple[str, ...]:
        """Blank ones dropped; none at all means the title is what is asked for."""
        return tuple(text for text in self.demands.data if text) or (self.title.data,)

    def add_demand(self) -> None:
        if len(self.demands) < MOST_DEMANDS:
            self.demands.append_entry()

    def remove_demand(self, which: str) -> None:
        """`which` is the index as the button sent it; anything else removes nothing."""
        is_index = re.fullmatch("[0-9]{1,4}", which, re.ASCII) is not None
        if is_index and int(which) < len(self.demands):
            self.demands.pop_entry(int(which))
        if not len(self.demands):
            self.demands.append_entry()

    def press(self, pressed: Mapping[str, str]) -> None:
        """The buttons that change the form without judging it."""
        self.make_showable()
        if "add_demand" in pressed:
            self.add_demand()
        if "remove_demand" in pressed:
            self.remove_demand(pressed["remove_demand"])

    def hidden_values(self) -> list[tuple[str, str]]:
        """What the check page carries; what an anonymous person typed of themselves stays behind."""
        names = ["appellant_kind", "against_unit", "kind", "category", "title", "body", "submission_key"]
        names += [name for name in IDENTITY_FIELDS if name not in UNASKED.get(self.appellant_kind.data, ())]
        values = [(name, self[name].data or "") for name in names]
        values += [(f"demands-{no}", text) for no, text in enumerate(filter(None, self.demands.data))]
        return values + ([("confidential", "y")] if self.confidential.data else [])

    def make_showable(self) -> None:
        make_showable((*self, *self.demands))
