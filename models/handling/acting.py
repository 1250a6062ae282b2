"""What one act of the workflow makes of an appeal: the whole of its effects, as the event will carry them. Pure."""

from dataclasses import replace

from models.handling.adjustment_types import Adjustment
from models.handling.clock import EFFECTS, Moment
from models.handling.reducer import joined
from models.handling.rules import Clock, Step
from models.handling.types import Effects, Projection

NOTHING = Effects()


def effects_of(now: Projection, step: Step, moment: Moment, own: Effects, more: Effects = NOTHING) -> Effects:
    """What the clock does, what the row of the table says, `own` (who leads, who works on it, files) and `more` (what
    it does to assistances, links and adjustments); of a value given twice the later counts.
    """
    said = replace(own, has_question=step.asks, adjustments=_closed(now, step))
    return joined(joined(EFFECTS[step.clock](now, moment), said), more)


def round_after(now: Projection, step: Step) -> int:
    """Handling it anew begins another round with terms of its own."""
    return now.round + (step.clock is Clock.START_AGAIN)


def _closed(now: Projection, step: Step) -> tuple[Adjustment, ...]:
    """What the unit has asked for and this act leaves behind."""
    if step.closes_asked is None or now.open_adjustment is None:
        return ()
    return (replace(now.open_adjustment, status=step.closes_asked),)
