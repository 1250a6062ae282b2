"""Forms of the calendar desk."""

import re
from typing import Final

from flask import request
from wtforms import FileField, StringField, ValidationError

from models.appeals.text import canonical_digits
from models.workdays.notice import LARGEST_FILE, LONGEST_TEXT
from models.workdays.types import FIRST_YEAR, LAST_YEAR
from webapp.errors import UNSHOWABLE
from webapp.forms import ActForm, Clean, LongText, text_area, text_field
from webapp.text_files import decoded

LONGEST_NOTICE: Final = 20_000
LARGEST_BYTES: Final = 100_000
_YEAR = re.compile("[0-9]{4}")


class NoticeForm(ActForm):
    """The State Council's notice as text, or a file; and what the text itself may not say."""

    notice_text = LongText("通知正文", [Clean(LONGEST_NOTICE, LARGEST_FILE)])
    notice_file = FileField("或者选择文件")
    year = StringField("哪一年的安排", [Clean(8, 1)])
    source = text_field("依据", max_chars=LONGEST_TEXT)

    file_fault = ""

    def take_file(self) -> None:
        """A file's text takes the place of what was typed, so that an error brings it back to be corrected."""
        sent = request.files.get("notice_file")
        if sent is None or not sent.filename:
            return
        content = sent.stream.read(LARGEST_BYTES + 1)
        text = decoded(content) if len(content) <= LARGEST_BYTES else None
        if text is None or UNSHOWABLE.search(text.replace("\r\n", "\n")):
            self.file_fault = "这个文件读不了：应为 CSV 或者纯文本，不超过 100 KB"
        else:
            self.notice_text.data = text

    def validate_notice_file(self, field: FileField) -> None:
        if self.file_fault:
            raise ValidationError(self.file_fault)

    def validate_notice_text(self, field: LongText) -> None:
        if not field.data and not self.file_fault:
            raise ValidationError("请粘贴通知正文，或者选择文件")

    def validate_year(self, field: StringField) -> None:
        text = _plain_year(field.data)
        if text and not (_YEAR.fullmatch(text) and FIRST_YEAR <= int(text) <= LAST_YEAR):
            raise ValidationError(f"请填写四位年份，在{FIRST_YEAR}年至{LAST_YEAR}年之间，例如 2027")

    @property
    def asked_year(self) -> int | None:
        text = _plain_year(self.year.data)
        return int(text) if _YEAR.fullmatch(text) else None


def _plain_year(text: str | None) -> str:
    return canonical_digits(text or "").removesuffix("年")


class RefuseForm(ActForm):
    reason = text_area("不批准的理由", max_chars=500, required="请写明理由，提出人可以看到")
