"""How the office presents itself on what supervision issues."""

from flask import current_app

from models.handling.commands import Act
from models.slips.commands import Letterhead
from webapp import access, clock
from webapp.calendar import current_calendar
from webapp.config import Config
from webapp.forms import ActForm
from webapp.letterhead import for_slips


def letterhead() -> Letterhead:
    config: Config = current_app.extensions["zhitongche.config"]
    return for_slips(config.public_base_url)


def act_of(form: ActForm | None = None) -> Act:
    """The person's act, now; with a form of a known row also the version it was made from."""
    act = Act(access.current_actor(), clock.now(), current_calendar())
    return act if form is None else Act(act.actor, act.now, act.calendar, expected_version=form.expected_version)
