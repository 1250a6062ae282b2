"""Who held an appeal for how long, as desk and office show it: a line for each step, and the days of each holder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.handling.adjustment_types import Adjustment, PauseReason
from models.handling.queries import happening
from models.handling.responsibility import Holder, Holding, Pause, Span, Whose, spans, totals
from models.handling.tables import AppealEvent
from models.workdays.types import WorkCalendar
from webapp.filters import cn_date

WHO: Mapping[Holder, str] = {Holder.OFFICE: "市优办", Holder.APPELLANT: "诉求人", Holder.NOBODY: "不计"}
SHARE = 100


@dataclass(frozen=True)
class SpanView:
    """One step. `start` and `length` are its place in the whole time, in hundredths, for the bar."""

    who: str
    tone: str
    doing: str
    from_text: str
    from_iso: str
    to_text: str
    workdays: int
    start: float
    length: float


@dataclass(frozen=True)
class Responsibility:
    """`sums`: holder and working days, whoever held it first in front; `total` of them all."""

    spans: tuple[SpanView, ...]
    sums: tuple[tuple[str, int], ...]
    total: int


def responsibility_view(
    history: Sequence[AppealEvent], units: Mapping[int, str], today: date, calendar: WorkCalendar,
    adjustments: Sequence[Adjustment] = (),
) -> Responsibility:
    """From events that were read already: no statement of its own."""
    found = spans((happening(event) for event in history), today, calendar, _pauses(adjustments))
    sums = totals(found)
    total, shown, before = sum(sums.values()), [], 0
    for span in found:
        shown.append(_span_view(span, units, before, total))
        before += span.workdays
    return Responsibility(tuple(shown), tuple((_name(whose, units), days) for whose, days in sums.items()), total)


def _pauses(adjustments: Sequence[Adjustment]) -> list[Pause]:
    """While the clock stood it was nobody's time, or the appellant's whose supplement was waited for."""
    return [
        Pause(one.ruled_on, one.ends_on if one.is_over else None, _standing(one))
        for one in adjustments if one.is_pause and one.ruled_on is not None
    ]


def _standing(one: Adjustment) -> Holding:
    is_waiting = one.reason is PauseReason.SUPPLEMENT
    return Holding(Holder.APPELLANT, "等待补正") if is_waiting else Holding(Holder.NOBODY, "中止计时")


def _span_view(span: Span, units: Mapping[int, str], before: int, total: int) -> SpanView:
    def share(days: int) -> float:
        return round(SHARE * days / total, 2) if total else 0

    return SpanView(
        _name(span.whose, units), span.holder.value, span.doing, cn_date(span.from_on), span.from_on.isoformat(),
        _until(span), span.workdays, share(before), share(span.workdays),
    )


def _until(span: Span) -> str:
    """The second half of "10月20日—10月21日"; nothing where it came and went on one day."""
    if span.to_on is None:
        return "—至今"
    return "" if span.to_on == span.from_on else f"—{cn_date(span.to_on)}"


def _name(whose: Whose, units: Mapping[int, str]) -> str:
    holder, unit_id = whose
    return WHO[holder] if holder in WHO else units.get(unit_id or 0, "承办单位")
