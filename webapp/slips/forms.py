"""Forms of the register and of the verification page. Both are read only, so they carry no token."""

from datetime import date, timedelta
from typing import Any

from wtforms import DateField, Form, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from models.slips.kinds import SLIP_LABELS, SlipKind
from models.slips.queries import Period, Wanted

MONTHS_OFFERED = 13
STANDINGS = {"": "全部", "unsigned": "送达单位未签收", "signed": "已签收", "void": "已作废"}


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

    kind = SelectField("文种", validators=[Optional()], validate_choice=False)
    standing = SelectField("签收和状态", validators=[Optional()], validate_choice=False)
    month = SelectField("月份", validators=[Optional()], validate_choice=False)
    day = DateField("只看某一天", validators=[Optional()])

    def offer(self, today: date) -> None:
        self.kind.choices = [SelectChoice(value="", label="全部文种")] + [
            SelectChoice(value=kind.value, label=label) for kind, label in SLIP_LABELS.items()
        ]
        self.standing.choices = [SelectChoice(value=name, label=label) for name, label in STANDINGS.items()]
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
    def wanted(self) -> Wanted:
        """What the register is asked for; what stands in no list asks for nothing."""
        kind = SlipKind(self.kind.data) if self.kind.data in set(SlipKind) else None
        standing = self.standing.data if self.standing.data in STANDINGS else ""
        return Wanted(self.period, kind, standing or "")

    @property
    def asked(self) -> dict[str, Any]:
        """The filter as it stands in the address."""
        day = self.day.data.isoformat() if self.day.data else ""
        wanted = self.wanted
        named = (
            ("day", day), ("month", self.month.data or ""), ("kind", wanted.kind.value if wanted.kind else ""),
            ("standing", wanted.standing),
        )
        return {name: value for name, value in named if value}


class VerifyForm(Form):
    code = StringField("核验码")
