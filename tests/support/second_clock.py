"""The clock of domain.md §4 once more, day by day, without any of our code: what invented histories must come to.

Every act answers whether it is allowed; what is not allowed changes nothing. Days only: a day is what the office's
wall calendar says, and a term is counted by walking.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = timedelta(days=1)
UNIT = ("sign", "verify", "conclude", "preliminary", "progress", "final")
RESULTS = ("conclude", "preliminary", "final")
OFFICE_DAYS = {"triage": 1, "ruling": 1, "review": 2, "progress": 10}
POLICIES = {"3-7-15": 7, "5-30": 5}
MOST_PAUSED, MOST_EXTENDED = 30, 10


@dataclass
class Promise:
    start: date
    workdays: int
    first: date | None = None
    extended: int = 0
    status: str = "pending"
    reached: date | None = None


@dataclass
class SecondClock:
    is_workday: Callable[[date], bool]
    promises: dict[tuple[int, str, int], Promise] = field(default_factory=dict)
    round: int = 0
    state: str = "new"
    pauses: list[list[date]] = field(default_factory=list)
    is_paused: bool = False
    open: tuple[str, int, date] | None = None
    """What is asked for: kind, working days, the day."""
    has_returned: bool = False
    extensions: int = 0
    is_complex: bool | None = None
    conclude_days: int = 7

    # ------------------------------------------------------------ counting

    def walk(self, start: date, workdays: int, *, minds_pauses: bool) -> date:
        on = start
        while workdays:
            on += DAY
            stands = minds_pauses and any(after < on <= through for after, through in self.pauses)
            workdays -= self.is_workday(on) and not stands
        return on

    def due(self, stage: str, promise: Promise) -> date:
        return self.walk(promise.start, promise.workdays + promise.extended, minds_pauses=stage in UNIT)

    def pending(self, *stages: str) -> list[tuple[str, Promise]]:
        return [
            (stage, one) for (round_, stage, _), one in self.promises.items()
            if round_ == self.round and one.status == "pending" and stage in (stages or UNIT)
        ]

    def first_due(self, *stages: str) -> date | None:
        return min((self.due(stage, one) for stage, one in self.pending(*stages)), default=None)

    def paused_days(self) -> int:
        days = 0
        for after, through in self.pauses:
            on = after
            while on < through:
                on += DAY
                days += self.is_workday(on)
        return days

    # ------------------------------------------------------------ writing

    def promise(self, stage: str, start: date, workdays: int) -> None:
        number = 1 + sum(key[:2] == (self.round, stage) for key in self.promises)
        made = Promise(start, workdays)
        made.first = self.due(stage, made)
        self.promises[self.round, stage, number] = made

    def reach(self, on: date, *stages: str) -> None:
        for stage, one in self.pending(*stages):
            one.status, one.reached = ("met" if on <= self.due(stage, one) else "missed"), on

    def give_up(self, on: date, *stages: str, owed_until: date | None = None) -> None:
        for stage, one in self.pending(*stages):
            is_late = (owed_until or on) > self.due(stage, one)
            one.status, one.reached = ("missed", on) if is_late else ("dropped", None)

    def start(self, on: date) -> None:
        self.round += 1
        self.state, self.pauses, self.has_returned, self.extensions = "dispatched", [], False, 0
        self.is_complex = None
        for stage, workdays in (("sign", 1), ("verify", 3), ("conclude", self.conclude_days)):
            self.promise(stage, on, workdays)

    def lapse(self, on: date) -> None:
        if self.open is not None:
            self.give_up(on, "ruling")
            self.open = None

    # ------------------------------------------------------------ acts

    def dispatch(self, on: date, filed: date, policy: str) -> bool:
        self.conclude_days = POLICIES[policy]
        self.start(on)
        self.promise("triage", filed, OFFICE_DAYS["triage"])
        self.reach(on, "triage")
        return True

    def ask_return(self, on: date) -> bool:
        start = self.promises[self.round, "sign", 1].start
        if self.state != "dispatched" or self.has_returned or on > self.walk(start, 1, minds_pauses=False):
            return False
        self.state, self.has_returned, self.open = "returned", True, ("return", 0, on)
        self.promise("ruling", on, OFFICE_DAYS["ruling"])
        return True

    def rule(self, on: date) -> bool:
        if self.state != "returned" or self.open is None:
            return False
        self.reach(on, "ruling")
        self.give_up(on, "sign", owed_until=self.open[2])
        self.promise("sign", on, 1)
        self.state, self.open = "dispatched", None
        return True

    def sign(self, on: date) -> bool:
        if self.state != "dispatched":
            return False
        self.reach(on, "sign")
        self.state = "verifying"
        return True

    def verify(self, on: date, is_complex: bool) -> bool:
        verify = dict(self.pending("verify")).get("verify")
        if self.state != "verifying" or self.is_paused or verify is None:
            return False
        if is_complex and on > self.due("verify", verify):
            return False
        self.reach(on, "verify")
        self.state, self.is_complex = "handling", is_complex
        if is_complex:
            self.turn_complex(on)
        return True

    def turn_complex(self, on: date) -> None:
        zero = self.promises[self.round, "verify", 1].start
        self.give_up(on, "conclude")
        self.promise("preliminary", zero, 15)
        self.promise("final", zero, 30)
        self.is_complex = True

    def ask_extension(self, on: date, workdays: int) -> bool:
        due = self.first_due(*RESULTS)
        if self.state not in ("verifying", "handling") or self.is_paused or self.open or due is None:
            return False
        if on >= due or self.extensions or not 1 <= workdays <= MOST_EXTENDED:
            return False
        return self.ask(("extension", workdays, on))

    def ask_pause(self, on: date, workdays: int) -> bool:
        if self.state not in ("verifying", "handling") or self.is_paused or self.open:
            return False
        return self.may_pause(on, workdays) and self.ask(("pause", workdays, on))

    def may_pause(self, on: date, workdays: int) -> bool:
        first = self.first_due()
        return first is not None and on < first and 1 <= workdays <= MOST_PAUSED - self.paused_days()

    def ask_complex(self, on: date) -> bool:
        due = self.first_due(*RESULTS)
        if self.state != "handling" or self.is_complex or self.is_paused or self.open or due is None or on > due:
            return False
        return self.ask(("complex", 0, on))

    def ask(self, what: tuple[str, int, date]) -> bool:
        self.open = what
        self.promise("ruling", what[2], OFFICE_DAYS["ruling"])
        return True

    def grant(self, on: date) -> bool:
        if self.open is None or self.state not in ("verifying", "handling"):
            return False
        kind, workdays, _ = self.open
        if kind == "pause" and not self.may_pause(on, workdays):
            return False
        self.reach(on, "ruling")
        self.open = None
        if kind == "pause":
            self.pauses.append([on, self.walk(on, workdays, minds_pauses=False)])
            self.is_paused = True
        elif kind == "complex":
            self.turn_complex(on)
        else:
            nearest = min(self.pending(*RESULTS), key=lambda pair: self.due(*pair))[1]
            nearest.extended, self.extensions = nearest.extended + workdays, self.extensions + 1
        return True

    def refuse(self, on: date) -> bool:
        if self.open is None or self.state not in ("verifying", "handling"):
            return False
        self.reach(on, "ruling")
        self.open = None
        return True

    def resume(self, on: date) -> bool:
        if not self.is_paused:
            return False
        self.pauses[-1][1] = min(self.pauses[-1][1], on)
        self.is_paused = False
        return True

    def sweep(self, on: date) -> bool:
        if self.is_paused and on > self.pauses[-1][1]:
            self.is_paused = False
        return True

    def propose(self, on: date) -> bool:
        if self.state != "handling" or self.is_paused:
            return False
        self.lapse(on)
        self.state = "proposed"
        return True

    def sign_off(self, on: date) -> bool:
        if self.state != "proposed":
            return False
        self.promise("review", on, OFFICE_DAYS["review"])
        self.state = "in_review"
        return True

    def reject(self, on: date) -> bool:
        if self.state != "in_review":
            return False
        self.reach(on, "review")
        self.state = "handling"
        return True

    def publish(self, on: date) -> bool:
        if self.state != "in_review":
            return False
        self.reach(on, "review", *RESULTS)
        self.state = "replied"
        return True

    def redo(self, on: date) -> bool:
        if self.state != "replied":
            return False
        self.conclude_days = POLICIES["3-7-15"]
        self.start(on)
        return True
