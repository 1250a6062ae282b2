"""What the office's page needs for asking units to assist, and for taking a task back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from sqlmodel import Session

from models.accounts.queries import handling_units
from models.accounts.tables import Unit
from models.appeals.tables import Appeal
from models.handling import queries
from models.handling.assistance import lead_due_on
from models.handling.types import Action, Stage
from models.workdays.rules import due_date
from webapp import clock
from webapp.act_panels import ActPanel
from webapp.assist_views import AssistanceView
from webapp.calendar import current_calendar
from webapp.filters import cn_date
from webapp.office.forms import AssistForm, EndAssistanceForm


@dataclass(frozen=True)
class AssistHelp:
    """Units to choose from, and which dates a task given today would have."""

    units: Sequence[Unit]
    dates: str


def assist_help(
    session: Session, appeal: Appeal, panels: Sequence[ActPanel], assistances: Sequence[AssistanceView]
) -> AssistHelp | None:
    """Fills the two forms with what they offer; None for whoever may not ask units to assist."""
    by_action = {panel.action: panel for panel in panels}
    if Action.END_ASSISTANCE in by_action:
        owed = [(one.no, one.unit) for one in assistances if one.is_owed]
        cast(EndAssistanceForm, by_action[Action.END_ASSISTANCE].form).offer(owed)
    if Action.ASSIST not in by_action:
        return None
    workdays = default_workdays(session, appeal)
    form = cast(AssistForm, by_action[Action.ASSIST].form)
    if not (form.assist_unit.data or form.assist_task.data or form.errors):
        form.assist_workdays.data = str(workdays)
    return AssistHelp(handling_units(session), _dates(session, appeal, workdays))


def default_workdays(session: Session, appeal: Appeal) -> int:
    """As long as the policy gives the lead unit to verify."""
    _, terms = queries.policy_of(session, appeal)
    return terms.workdays[Stage.VERIFY]


def _dates(session: Session, appeal: Appeal, workdays: int) -> str:
    due = due_date(clock.today(), workdays, current_calendar())
    lead = lead_due_on(queries.projection(session, appeal))
    said = f"从今天起算，{workdays} 个工作日到{cn_date(due.due_on)}{'（暂算）' if due.is_provisional else ''}"
    return f"{said}；主办单位的期限是{cn_date(lead)}。" if lead else f"{said}。"
