"""What every act on slips needs: who acts now, the office's letterhead, and a preview drawn one at a time."""

from threading import Lock
from typing import Final

from flask import current_app

from models.accounts.types import Actor
from models.handling.commands import Act
from models.slips.commands import Letterhead
from models.slips.paper import SlipContent
from webapp import clock, db, turns
from webapp.calendar import current_calendar
from webapp.config import Config
from webapp.letterhead import for_slips
from webapp.slip_drawing import Preview, draw

_composing: Final = Lock()


def act_of(actor: Actor) -> Act:
    return Act(actor, clock.now(), current_calendar())


def letterhead() -> Letterhead:
    config: Config = current_app.extensions["zhitongche.config"]
    return for_slips(config.public_base_url)


def drawn(slip: SlipContent) -> Preview:
    """The pages as the screen shows them. Composing the longest takes a second: no lock is held and others go on."""
    db.release()
    with turns.set_aside(), _composing:
        return draw(slip)
