"""Everything that happens in the demonstration, in the order of time: acts of the stories, and what goes on beside."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from webapp.demo.plans import BESIDE, Step
from webapp.demo.stage import Stage

Do = Callable[[Stage, datetime], None]
Moments = Mapping[tuple[str, str], datetime]
"""When an act of a story happens, by the story's key and the act's name."""


@dataclass(frozen=True)
class Cue:
    at: datetime
    do: Do
    place: int = BESIDE


def of_stories(steps: Iterable[Step]) -> list[Cue]:
    return [Cue(step.at, partial(_play, step), step.place) for step in steps]


def _play(step: Step, stage: Stage, at: datetime) -> None:
    stage.play(step)


def moments(steps: Iterable[Step]) -> Moments:
    return {(step.story.key, step.act): step.at for step in steps}


def play(stage: Stage, cues: Iterable[Cue]) -> None:
    for cue in sorted(cues, key=lambda cue: (cue.at, cue.place)):
        cue.do(stage, cue.at)
    stage.session.flush()
