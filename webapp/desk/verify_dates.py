"""By when a simple matter must be concluded, and a complex one: shown beside the two choices of the verify form."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.appeals.types import Complexity
from models.handling import clock as policy
from models.handling import queries
from models.handling.types import Action, Stage
from models.workdays.rules import is_overdue
from webapp import clock
from webapp.act_panels import ActPanel
from webapp.calendar import current_calendar
from webapp.filters import cn_date
from webapp.messages import message


def verify_dates(session: Session, appeal: Appeal, acts: Sequence[ActPanel]) -> dict[str, str]:
    """A sentence for each choice; nothing when there is nothing to verify. Counted from the day of dispatch."""
    if appeal.dispatched_on is None or all(panel.action is not Action.VERIFY for panel in acts):
        return {}
    today = clock.today()
    moment = policy.Moment(today, current_calendar(), queries.terms_of(session, appeal))
    ahead = policy.preview(appeal.dispatched_on, moment)
    due = {one.stage: one.due_on for one in ahead}
    return {
        Complexity.SIMPLE.value: f"{cn_date(due[Stage.CONCLUDE])}前办结",
        Complexity.COMPLEX.value: _complex_text(due, today),
    }


def _complex_text(due: dict[Stage, date], today: date) -> str:
    if is_overdue(today, due[Stage.VERIFY]):
        return message("complex_after_verify_due")
    return f"{cn_date(due[Stage.PRELIMINARY])}前给出初步结果，{cn_date(due[Stage.FINAL])}前办结"
