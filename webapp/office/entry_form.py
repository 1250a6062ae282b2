"""The office's entry of an appeal: the public's form with how and when it came."""

from typing import Any

from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation

from models.appeals.entry_rules import ENTRY_CHANNELS, check_received_on, earliest_received_on, needs_reason
from models.appeals.types import Channel
from models.errors import Refused
from webapp import clock
from webapp.calendar import calendar_for
from webapp.db import database
from webapp.filing_form import FilingForm, OneOf, appellant_kind_told, line
from webapp.filters import cn_date
from webapp.forms import Day
from webapp.messages import message

REASON_CHARS = 200


class EntryForm(FilingForm):
    """Sentences speak of the appellant to the clerk; rules and fields are those of the public's form."""

    appellant_kind = appellant_kind_told()
    channel = SelectField(
        "渠道",
        [OneOf(list(ENTRY_CHANNELS), "请选择诉求渠道")],
        validate_choice=False,
        default=Channel.CALL.value,
        choices=[SelectChoice(one.value, label) for one, label in ENTRY_CHANNELS.items()],
    )
    paper_received_on = Day("收到日期", default=clock.today)
    late_reason = line("没有当天登记的原因", REASON_CHARS)

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        field = self.paper_received_on
        if field.data is None and not field.errors:
            field.errors = ["请填写收到日期；今天收到的填今天"]
        if field.data is not None and not field.errors:
            self._require_reason()
        return not self.errors

    def _require_reason(self) -> None:
        is_late = needs_reason(self.paper_received_on.data, clock.today())
        if is_late and not self.late_reason.data and not self.late_reason.errors:
            self.late_reason.errors = [message("late_entry_reason_missing")]

    def validate_paper_received_on(self, field: Day) -> None:
        """Judged by the server's day and the working-day calendar (CLK-2)."""
        if field.data is None or field.errors:
            return
        with database().reading() as session:
            calendar = calendar_for(session)
        try:
            check_received_on(field.data, clock.today(), calendar)
        except Refused as refused:
            earliest = cn_date(earliest_received_on(clock.today(), calendar))
            raise StopValidation(message(refused.code).format(earliest=earliest)) from refused

    def hidden_values(self) -> list[tuple[str, str]]:
        """What this form says, for telling a repeat from something else."""
        day = self.paper_received_on.data
        return [
            *super().hidden_values(),
            ("channel", self.channel.data or ""),
            ("paper_received_on", day.isoformat() if day else ""),
            ("late_reason", self.late_reason.data or ""),
        ]
