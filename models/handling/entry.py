"""The office writes down what somebody told it by telephone, letter or visit. Nothing is committed here."""

from datetime import datetime

from sqlmodel import Session

from models.appeals.entry_rules import ENTRY_CHANNELS, check_received_on, needs_reason
from models.appeals.tables import Appeal
from models.appeals.types import Filing
from models.appeals.vault import Identity, IdentityVault
from models.audit.commands import append
from models.errors import Refused
from models.handling import commands
from models.handling.rules import CLERKS
from models.workdays.rules import local_day, workdays_between
from models.workdays.types import WorkCalendar


def write_down(
    session: Session,
    filing: Filing,
    identity: Identity | None,
    vault: IdentityVault,
    *,
    reason: str,
    now: datetime,
    calendar: WorkCalendar,
) -> Appeal:
    """The appeal as the public would have filed it, with the recorder and the day it came.

    `reason` says why that day is not today; it stays in the first event, which nothing changes, and the audit row says
    how many working days lie between. Raises `Refused` for anybody but a clerk, the web channel, a day out of the
    window, or a missing reason.
    """
    today, recorder, came_on = local_day(now), filing.recorded_by, filing.paper_received_on
    if recorder is None or not recorder.roles & CLERKS:
        raise Refused("not_your_role")
    if filing.channel not in ENTRY_CHANNELS or came_on is None:
        raise Refused("channel_unknown")
    check_received_on(came_on, today, calendar)
    if needs_reason(came_on, today) and not reason:
        raise Refused("late_entry_reason_missing")
    note = f"收到日期早于登记日期的原因：{reason}" if needs_reason(came_on, today) else ""
    appeal = commands.submit(session, filing, identity, vault, now=now, internal_note=note)
    append(
        session, at=now, actor_id=recorder.account_id, action="appeal.enter", object_kind="appeal",
        object_id=appeal.uid,
        facts={
            "channel": filing.channel, "paper_received_on": came_on,
            "workdays_back": workdays_between(came_on, today, calendar),
        },
    )
    session.flush()
    return appeal
