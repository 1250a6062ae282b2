"""The base of every form: Chinese messages, cleaned text, one-time key, row version."""

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, FieldList, HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional, StopValidation
from wtforms.widgets import TextArea

from models.accounts.rules import MOST_EMAIL, is_mailbox
from models.appeals.text import clean_text
from models.errors import Refused
from models.workdays.types import FIRST_YEAR, LAST_YEAR
from webapp.messages import message

MOST_ID = 2**31 - 1
"""What the column of a row's own number holds."""
PAGE_EXPIRED = "页面已失效，请刷新后重试。"
KEY_PATTERN = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_key() -> str:
    """A form's one-time key: 192 random bits (DUR-5)."""
    return secrets.token_urlsafe(24)


def row_id(text: str) -> int:
    """A row's own number as a form carries it; 0, which no row has, for anything that no column holds (INP-3)."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_ID))
    return int(text) if is_number and int(text) <= MOST_ID else 0


def whole_number(text: str, most: int) -> int | None:
    """A number from 1 to `most` in ASCII digits; None for anything else, "１２" among it."""
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    return int(text) if is_number and 1 <= int(text) <= most else None


def looked_for(text: str, most: int) -> str:
    """Words to look for, as a query carries them: one line, and nothing that neither page nor database takes."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable())[:most]


def key_digest(key: str) -> str:
    """What is stored of a one-time key."""
    return hashlib.sha256(key.encode()).hexdigest()


class Required:
    """Says what to fill in and why, instead of "this field is required". `field_flags` marks it for screen readers."""

    field_flags = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if not (field.data or "").strip():
            field.errors = []
            raise StopValidation(self.message)


class Clean:
    """Cleans text by INP-2 in place, or says what must go."""

    def __init__(self, max_chars: int, max_lines: int = 200) -> None:
        self.max_chars, self.max_lines = max_chars, max_lines
        self.field_flags = {"maxlength": max_chars}

    def __call__(self, form: Any, field: Any) -> None:
        try:
            field.data = clean_text(field.data or "", max_chars=self.max_chars, max_lines=self.max_lines)
        except Refused as refused:
            raise StopValidation(message(refused.code).format(**refused.facts)) from refused


class LongText(TextAreaField):
    """A textarea that knows its limit for the counter but never cuts what is pasted: the server says what is too
    long.
    """

    widget = TextArea()
    widget.validation_attrs = ["required", "disabled"]


def text_field(label: str, *, max_chars: int, required: str | None = None, **kwargs: Any) -> StringField:
    return StringField(label, [*_required(required), Clean(max_chars, 1)], **kwargs)


def email_field(label: str) -> StringField:
    """An address that may be left out."""
    return StringField(
        label, [Clean(MOST_EMAIL, 1), Mailbox()],
        render_kw={"type": "email", "autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"},
    )


class Mailbox:
    """The shape of an address, or nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.data and not is_mailbox(field.data):
            raise StopValidation(message("email_shape"))


def text_area(label: str, *, max_chars: int, required: str | None = None, **kwargs: Any) -> LongText:
    return LongText(label, [*_required(required), Clean(max_chars)], **kwargs)


def _required(text: str | None) -> Sequence[Callable[[Any, Any], None]]:
    return (Required(text),) if text else ()


class NumberedList(FieldList):
    """`demands-0`, `entries-1-facts` …: only plain numbers count, and no more rows than `max_entries` are made of them;
    what was written beyond is said to be `too_many`. WTForms itself fails on `demands-²` and on 5,000 digits, and makes
    ten thousand fields of ten thousand names.
    """

    def __init__(self, *args: Any, max_entries: int, too_many: str, **kwargs: Any) -> None:
        super().__init__(*args, max_entries=max_entries, **kwargs)
        self.too_many, self.is_cut = too_many, False

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        pattern = re.compile(re.escape(prefix) + "-([0-9]{1,4})(?:-.*)?", re.ASCII | re.DOTALL)
        named = [(int(found[1]), name) for name in formdata if (found := pattern.fullmatch(name))]
        kept = set(sorted({number for number, _ in named})[: self.max_entries])
        beyond = [text for number, name in named if number not in kept for text in formdata.getlist(name)]
        self.is_cut = any(str(text).strip() for text in beyond)
        yield from kept

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        is_valid = super().validate(form, extra_validators)
        if not self.is_cut:
            return is_valid
        self.errors = [self.too_many]
        return False


class Day(DateField):
    """A calendar day that may be left out; says in Chinese what is wrong with it (INP-3)."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, [Optional()], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except (ValueError, OverflowError) as error:
            raise ValueError("日期不完整，请按年、月、日重新选择") from error

    def _value(self) -> str:
        """What was typed, without what a page cannot carry back."""
        return "".join(character for character in super()._value() if character.isprintable())[:40]

    def pre_validate(self, form: Any) -> None:
        if isinstance(self.data, date) and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            raise ValidationError("日期超出范围，请核对年份")


class NeededDay(Day):
    """A day that may not be left out; `missing` says so in other words than usual."""

    def __init__(self, label: str, missing: str = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.missing = missing or f"请选择{label}"

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """A day that is left out ends the usual checks early; it is told all the same."""
        if self.data is None and not self.errors:
            raise ValidationError(self.missing)


class Form(FlaskForm):
    class Meta:
        locales = ["zh_CN", "zh"]


class ActForm(Form):
    """A form that acts once on a row of a known version."""

    submission_key = HiddenField(default=new_key)
    version = HiddenField()

    def validate_submission_key(self, field: HiddenField) -> None:
        if not KEY_PATTERN.fullmatch(field.data or ""):
            raise ValidationError(PAGE_EXPIRED)

    @property
    def expected_version(self) -> int | None:
        """The version the form was made from. Anything that is no version matches no row."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    @property
    def key_hash(self) -> str:
        return key_digest(self.submission_key.data or "")
