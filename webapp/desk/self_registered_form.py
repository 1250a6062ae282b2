"""Forms of the matters that a unit completed itself (自办件): the report and its amendment."""

import re
from itertools import zip_longest
from typing import Any

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice

from models.appeals.entry_rules import ENTRY_CHANNELS
from models.appeals.types import Channel
from models.handling.self_registered import Report
from models.handling.self_registered_rules import KINDS, OUTCOMES, day_problems
from models.handling.types import ATTITUDE_LABELS, Attitude, Outcome
from webapp import clock
from webapp.filing_form import (
    MOST_DEMANDS,
    CleanForPublic,
    FilingForm,
    OneOf,
    appellant_kind_told,
    make_showable,
    rows_of_demands,
)
from webapp.forms import ActForm, Day, NumberedList, text_area
from webapp.messages import message

SAID = (
    "appellant_kind", "appellant_name", "phone", "address", "enterprise_name", "credit_code", "kind", "category",
    "channel", "attitude", "title", "body",
)
DONE_CHARS, NOTE_CHARS = 2_000, 500
OUTCOME_MISSING, DONE_MISSING, DEMAND_MISSING = "请选择这一点的结果", "请写明做了什么、结果怎样", "请写明这一点诉求"


def _attitude() -> RadioField:
    return RadioField(
        "诉求人的态度",
        [OneOf(list(Attitude), "请选择诉求人的态度；没有问到的，选“没有问到”")],
        validate_choice=False,
        choices=[SelectChoice(one.value, label) for one, label in ATTITUDE_LABELS.items()],
    )


def _outcomes() -> NumberedList:
    choices = [SelectChoice("", "请选择"), *(SelectChoice(one.value, label) for one, label in OUTCOMES.items())]
    return rows_of_demands(SelectField("结果", validate_choice=False, choices=choices), "结果")


def _done() -> NumberedList:
    return rows_of_demands(TextAreaField("办理情况", [CleanForPublic(DONE_CHARS)]), "办理情况")


def _answer_errors(form: Any, numbers: list[int]) -> bool:
    """Puts what an answer lacks beside its field. True when there was anything."""
    found = False
    for no in numbers:
        outcome, done = form.outcomes[no], form.done[no]
        if outcome.data not in set(OUTCOMES):
            outcome.errors, found = [OUTCOME_MISSING], True
        if not (done.data or "").strip() and not done.errors:
            done.errors, found = [DONE_MISSING], True
    return found


def _report(form: Any, numbers: list[int]) -> Report:
    answers = tuple((Outcome(form.outcomes[no].data), form.done[no].data) for no in numbers)
    return Report(form.completed_on.data, Attitude(form.attitude.data), answers)


class SelfRegisteredForm(FilingForm):
    """The public's form without unit and files, with the unit's answer to each demand beside it."""

    against_unit = None
    attachments = None
    appellant_kind = appellant_kind_told()
    kind = RadioField(
        "类型",
        [OneOf([one.value for one in KINDS], "请选择是咨询、求助、建议还是投诉；举报请转市优办，不作为自办件登记")],
        validate_choice=False,
        choices=[SelectChoice(one.value, label) for one, label in KINDS.items()],
    )
    channel = SelectField(
        "渠道",
        [OneOf([one.value for one in ENTRY_CHANNELS], "请选择诉求渠道")],
        validate_choice=False,
        default=Channel.VISIT.value,
        choices=[SelectChoice(one.value, label) for one, label in ENTRY_CHANNELS.items()],
    )
    received_on = Day("收到日期", default=clock.today)
    completed_on = Day("办结日期", default=clock.today)
    attitude = _attitude()
    outcomes = _outcomes()
    done = _done()

    def even_rows(self) -> None:
        """Demand, result and answer of a row stand in three lists; a browser sends them together, others may not."""
        lists = (self.demands, self.outcomes, self.done)
        most = max(len(one) for one in lists)
        for one in lists:
            while len(one) < most:
                one.append_entry()

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        for name, code in day_problems(self.received_on.data, self.completed_on.data, clock.today()).items():
            if not self[name].errors:
                self[name].errors, is_valid = [message(code)], False
        for no in self._used()[1:]:
            if not (self.demands[no].data or "").strip() and not self.demands[no].errors:
                self.demands[no].errors, is_valid = [DEMAND_MISSING], False
        return not _answer_errors(self, self._used()) and is_valid

    def _used(self) -> list[int]:
        """Rows with anything in them; the first always."""
        rows = zip_longest(self.demands.data, self.outcomes.data, self.done.data, fillvalue="")
        return [no for no, row in enumerate(rows) if not no or any((text or "").strip() for text in row)]

    @property
    def accused(self) -> None:
        return None

    @property
    def demand_texts(self) -> tuple[str, ...]:
        """An empty first one means the title is what was asked for."""
        return tuple(self.demands[no].data or self.title.data for no in self._used())

    @property
    def report(self) -> Report:
        return _report(self, self._used())

    def hidden_values(self) -> list[tuple[str, str]]:
        """What this form says, for telling a repeat from something else."""
        days = [(one.name, str(one.data)) for one in (self.received_on, self.completed_on)]
        rows = zip_longest(self.demands.data, self.outcomes.data, self.done.data, fillvalue="")
        answers = [(str(no), str(row)) for no, row in enumerate(rows)]
        return [*((name, self[name].data or "") for name in SAID), *days, *answers]

    def add_demand(self) -> None:
        if len(self.demands) < MOST_DEMANDS:
            for one in (self.demands, self.outcomes, self.done):
                one.append_entry()

    def remove_demand(self, which: str) -> None:
        if re.fullmatch("[0-9]{1,4}", which, re.ASCII) and 0 < int(which) < len(self.demands):
            for one in (self.demands, self.outcomes, self.done):
                one.pop_entry(int(which))

    def make_showable(self) -> None:
        make_showable((*self, *self.demands, *self.done))


class AmendForm(ActForm):
    """What may be mended of a report that came back: the end of the matter, not what was said."""

    completed_on = Day("办结日期")
    attitude = _attitude()
    outcomes = _outcomes()
    done = _done()
    remark = text_area("补正说明", max_chars=NOTE_CHARS, required="请写明这次补正了什么")

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid = super().validate(extra_validators)
        code = day_problems(None, self.completed_on.data, clock.today()).get("completed_on")
        if code and not self.completed_on.errors:
            self.completed_on.errors, is_valid = [message(code)], False
        return not _answer_errors(self, self.numbers) and is_valid

    @property
    def numbers(self) -> list[int]:
        return list(range(min(len(self.outcomes), len(self.done))))

    @property
    def report(self) -> Report:
        return _report(self, self.numbers)
