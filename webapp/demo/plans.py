"""What happens to a story and when: acts by working days after its dispatch, and the working days around today."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from models.workdays.rules import SHANGHAI
from models.workdays.types import WorkCalendar
from webapp.demo.stories import Story

LAGS: Final = tuple(timedelta(minutes=minutes) for minutes in (66, 870, 190, 2280, 1236, 41))
"""How long before the office's first act an appeal was filed: the same morning, the evening before, over a weekend."""


@dataclass(frozen=True)
class Beat:
    """One act: its name, the working day after the dispatch, the hour in Shanghai."""

    act: str
    after: int
    at: time


def _beats(*rows: tuple[str, int, str]) -> tuple[Beat, ...]:
    return tuple(Beat(act, after, time.fromisoformat(at)) for act, after, at in rows)


_ACCEPTED = _beats(("accept", 0, "08:40"))
_DISPATCHED = (*_ACCEPTED, *_beats(("dispatch", 0, "09:35")))
_SIGNED = (*_DISPATCHED, *_beats(("sign", 1, "08:50")))
_SIGNED_LATE = (*_DISPATCHED, *_beats(("sign", 2, "15:10")))
_VERIFIED = (*_SIGNED, *_beats(("verify", 2, "15:40")))
_VERIFIED_LATE = (*_SIGNED_LATE, *_beats(("verify", 5, "10:20")))
_COMPLEX = (*_SIGNED, *_beats(("verify_complex", 3, "15:40")))
_PRELIMINARY = (*_COMPLEX, *_beats(("propose_preliminary", 12, "10:15")))
_CONTINUING = (*_PRELIMINARY, *_beats(("sign_off", 13, "16:05")))
_CONTINUING_SOON = (*_COMPLEX, *_beats(("propose_preliminary", 3, "16:30"), ("sign_off", 4, "10:05")))
_CONTINUING_LATE = (*_COMPLEX, *_beats(("propose_preliminary", 16, "10:15"), ("sign_off", 17, "09:10")))
_PROPOSED = (*_VERIFIED, *_beats(("propose", 5, "10:30")))
_IN_REVIEW = (*_PROPOSED, *_beats(("sign_off", 5, "16:20")))
_REJECTED = (*_VERIFIED, *_beats(("propose", 4, "10:30"), ("sign_off", 5, "09:20"), ("reject", 6, "09:45")))
_REPLIED = (*_IN_REVIEW, *_beats(("publish", 6, "09:15")))
_REPLIED_LATE = (*_VERIFIED_LATE, *_beats(("propose", 8, "14:45"), ("sign_off", 9, "10:05"), ("publish", 9, "15:30")))
_CLOSED = _beats(("close", 9, "11:00"))
_FINAL_REPLY = _beats(("propose", 20, "10:30"), ("sign_off", 21, "09:40"), ("publish", 22, "10:10"))
_SECOND_REPLY = _beats(("propose", 6, "14:30"), ("sign_off", 6, "16:30"), ("publish", 7, "10:40"))

PLANS: Final[dict[str, tuple[Beat, ...]]] = {
    "submitted": (),
    "accepted": _ACCEPTED,
    "declined": _beats(("decline", 0, "10:05")),
    "declined_later": (*_ACCEPTED, *_beats(("decline", 0, "14:25"))),
    "awaiting_supplement": (*_ACCEPTED, *_beats(("ask", 0, "10:20"))),
    "dispatched": _DISPATCHED,
    "asked": (*_VERIFIED, *_beats(("ask_appellant", 3, "09:20"))),
    "withdrawn": (*_SIGNED, *_beats(("withdraw", 1, "16:10"))),
    "verifying": _SIGNED,
    "verifying_late": _SIGNED_LATE,
    "handling": _VERIFIED,
    "handling_late": _VERIFIED_LATE,
    "complex": _COMPLEX,
    "reclassified": (*_VERIFIED, *_beats(("reclassify", 4, "09:50"))),
    "preliminary_sign_off": _PRELIMINARY,
    "continuing": _CONTINUING,
    "continuing_soon": _CONTINUING_SOON,
    "continuing_late": _CONTINUING_LATE,
    "complex_replied": (*_CONTINUING, *_FINAL_REPLY),
    "reply_sign_off": _PROPOSED,
    "sent_back": (*_VERIFIED, *_beats(("propose", 4, "10:30"), ("send_back", 5, "08:55"))),
    "in_review": _IN_REVIEW,
    "rejected": _REJECTED,
    "replied": _REPLIED,
    "replied_late": _REPLIED_LATE,
    "replied_after_reject": (*_REJECTED, *_SECOND_REPLY),
    "closed": (*_REPLIED, *_CLOSED),
    "returned": (*_DISPATCHED, *_beats(("ask_return", 1, "08:45"))),
    "extension_asked": (*_VERIFIED, *_beats(("ask_extension", 4, "10:05"))),
    "extension_written": (*_VERIFIED, *_beats(("write_extension", 5, "14:20"))),
    "extended": (*_VERIFIED, *_beats(("ask_extension", 4, "10:05"), ("grant", 5, "09:10"))),
    "paused": (*_VERIFIED, *_beats(("ask_pause", 3, "09:15"), ("grant", 3, "15:20"))),
    "redone": (*_REPLIED, *_beats(("redo", 8, "10:30"))),
    "transferred": (*_VERIFIED, *_beats(("transfer", 4, "11:05"))),
    "self_waiting": (),
    "self_returned": _beats(("return_record", 1, "09:25")),
    "self_recognised": _beats(("recognise", 1, "09:40")),
    "self_late": _beats(("recognise", 1, "10:35")),
    "closed_late": (*_REPLIED_LATE, *_beats(("close", 13, "11:00"))),
}
BESIDE: Final = 100
"""What goes on beside the stories comes behind them where it is said to happen at the same moment."""


class Workdays:
    """Working days counted from today: 0 is today or, on a day off, the next one; -1 always lies in the past."""

    def __init__(self, today: date, calendar: WorkCalendar) -> None:
        self._working = calendar.working
        self._zero = bisect_left(calendar.working, today.toordinal())

    def __getitem__(self, offset: int) -> date:
        return date.fromordinal(self._working[self._zero + offset])


    def moment(self, offset: int, hour: str) -> datetime:
        """An hour in Shanghai of a working day, such as "15:20"."""
        return datetime.combine(self[offset], time.fromisoformat(hour), SHANGHAI)


@dataclass(frozen=True)
class Step:
    """One act of one story at its moment. Sorted by moment, then in the story's own order."""

    at: datetime
    place: int
    story: Story
    act: str


def schedule(stories: tuple[Story, ...], workdays: Workdays, now: datetime) -> list[Step]:
    """Every act of every story in the order of time, all of them before `now`."""
    steps = [step for index, story in enumerate(stories) for step in _steps(story, index, workdays, now)]
    return sorted(steps, key=lambda step: (step.at, step.place))


def _steps(story: Story, index: int, workdays: Workdays, now: datetime) -> list[Step]:
    jitter = timedelta(minutes=index * 7 % 50, seconds=index * 13 % 60)
    acts = [
        Step(datetime.combine(workdays[story.day + beat.after], beat.at, SHANGHAI) + jitter, place, story, beat.act)
        for place, beat in enumerate(PLANS[story.plan], start=1)
    ]
    filed_at = acts[0].at - LAGS[index % len(LAGS)] if acts else now - timedelta(minutes=story.minutes)
    return [Step(filed_at, 0, story, "submit"), *acts]
