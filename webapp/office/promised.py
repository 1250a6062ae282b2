"""What a dispatch today would promise, under each policy the office may choose: the very calculation it makes."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models.appeals.types import AppealKind, Complexity
from models.errors import Refused
from models.handling import clock as policy
from models.handling.queries import is_meant_for, policies_in_force, policy_in_force, terms_under
from models.handling.tables import Policy
from models.handling.types import Stage
from models.workdays.types import WorkCalendar
from webapp import presenting
from webapp.filters import cn_date

PROMISES = {
    Stage.SIGN: "承办单位签收", Stage.VERIFY: "核实到位", Stage.CONCLUDE: "简单事项办结",
    Stage.PRELIMINARY: "复杂事项有初步结果", Stage.FINAL: "复杂事项办结",
}


@dataclass(frozen=True)
class PromisedDate:
    label: str
    workdays: int
    date_text: str
    iso: str
    is_provisional: bool


@dataclass(frozen=True)
class Promises:
    """What a dispatch on `start_text` would promise, and the days that lead there."""

    start_text: str
    dates: tuple[PromisedDate, ...]
    days: tuple[presenting.DayView, ...]
    basis: str
    code: str
    name: str
    complexity: Complexity | None = None

    @property
    def label(self) -> str:
        """The policy as the form offers it, with its shortest result, and for which matters only."""
        if self.complexity is Complexity.COMPLEX:
            return f"{self.name}（只用于复杂事项，{self._day(Stage.PRELIMINARY)}前有初步结果）"
        only = "只用于简单事项，" if self.complexity else "简单事项"
        return f"{self.name}（{only}{self._day(Stage.CONCLUDE)}前办结）"

    def _day(self, stage: Stage) -> str:
        return next(one.date_text for one in self.dates if one.label == PROMISES[stage])

    @property
    def is_provisional(self) -> bool:
        return any(one.is_provisional for one in self.dates)

    def workdays_of(self, stage: Stage) -> int:
        return next(one.workdays for one in self.dates if one.label == PROMISES[stage])


def offered(session: Session, today: date, calendar: WorkCalendar, kind: AppealKind) -> list[Promises]:
    """What the office may choose for an appeal of this kind, the default first: the very calculation a dispatch makes.
    """
    found = [one for one in policies_in_force(session, today) if is_meant_for(one, kind)]
    if not found or found[0].kinds:
        raise Refused("no_policy_in_force")
    return [_promised(one, terms_under(session, one), today, calendar) for one in found]


def promises(session: Session, today: date, calendar: WorkCalendar) -> Promises:
    """Under the default policy, which fits every kind of appeal."""
    return _promised(*policy_in_force(session, today), today, calendar)


def _promised(in_force: Policy, terms: policy.Terms, today: date, calendar: WorkCalendar) -> Promises:
    ahead = policy.preview(today, policy.Moment(today, calendar, terms))
    dates = tuple(
        PromisedDate(PROMISES[one.stage], one.workdays, cn_date(one.due_on), one.due_on.isoformat(), one.is_provisional)
        for one in ahead
    )
    longest = max(ahead, key=lambda one: one.workdays)
    days = presenting.explanation(today, longest.workdays, calendar)
    return Promises(
        cn_date(today), dates, days, f"{in_force.name}：{in_force.basis}", in_force.code, in_force.name,
        in_force.complexity,
    )
