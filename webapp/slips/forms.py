"""Forms of the register and of the verification page. Both are read only, so they carry no token."""

from datetime import date, timedelta
from typing import Any

from wtforms import DateField, Form, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from models.slips.queries import Period

MONTHS_OFFERED = 13


def month_start(day: date) -> date:
    return day.replace(day=1)


def month_end(start: date) -> date:
    return month_start(start + timedelta(days=31)) - timedelta(days=1)


def recent_months(today: date) -> list[date]:
    """The first days of this month and the twelve before, newest first."""
    found = [month_start(today)]
    while len(found) < MONTHS_OFFERED:
        found.append(month_start(found[-1] - timedelta(days=1)))
    return found


class RegisterFilter(Form):
    """A day, or a month, or everything. A day that is no day is told beside the field."""

    month = SelectField("月份", validators=[Optional()], validate_choice=False)
    day = DateField("只看某一天", validators=[Optional()])

    def offer(self, today: date) -> None:
        self.month.choices = [SelectChoice(value="", label="全部月份")] + [
            SelectChoice(value=f"{first:%Y-%m}", label=f"{first.year}年{first.month}月")
            for first in recent_months(today)
        ]

    def check(self) -> bool:
        if self.validate():
            return True
        self.day.errors = ["请填写有效的日期，例如 2026-11-20"]
        return False

    @property
    def period(self) -> Period | None:
        """The days asked for; None for the whole register."""
        if self.day.data is not None:
            return Period(self.day.data, self.day.data)
        try:
            first = date.fromisoformat(f"{self.month.data}-01")
        except ValueError:
            return None
        return Period(first, month_end(first)) if 1949 <= first.year <= 2100 else None

    @property
    def asked(self) -> dict[str, Any]:
        """The filter as it stands in the address."""
        day = self.day.data.isoformat() if self.day.data else ""
        month = self.month.data or ""
        return {name: value for name, value in (("day", day), ("month", month)) if value}


class VerifyForm(Form):
    code = StringField("核验码")
