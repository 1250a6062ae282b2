"""Asking the appellant, the answer, and the appellant's own withdrawal.

The office asks for a supplement before it decides on admission, and the appeal waits. A unit's question changes neither
state nor clock: a question alone does not pause (domain.md §4 rule 5).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from models.accounts.types import PUBLIC
from models.appeals import commands as appeals
from models.appeals import queries
from models.appeals.attachment_rules import require_room
from models.appeals.tables import Appeal
from models.appeals.types import StoredFile
from models.handling import linking
from models.handling.commands import Act, perform
from models.handling.tables import AppealEvent
from models.handling.types import Action
from models.workdays.types import WorkCalendar


def ask_supplement(session: Session, appeal: Appeal, act: Act, *, question: str) -> AppealEvent:
    """The office waits for what is missing."""
    return perform(session, appeal, Action.ASK_SUPPLEMENT, replace(act, public_note=question))


def ask_appellant(session: Session, appeal: Appeal, act: Act, *, question: str) -> AppealEvent:
    """The unit asks and goes on working."""
    return perform(session, appeal, Action.ASK_APPELLANT, replace(act, public_note=question))


def answer(
    session: Session, appeal: Appeal, *, text: str, files: Sequence[StoredFile], now: datetime, calendar: WorkCalendar
) -> AppealEvent:
    """The appellant's answer to everything asked. Refused("no_open_question") when nobody asks (any more), Refused of
    `attachment_rules` when the appeal would hold too many files. The appeal is locked.
    """
    held = queries.attachments(session, appeal)
    if files:
        require_room([*(one.size for one in held), *(one.size for one in files)])
    first = max((one.no for one in held), default=0) + 1
    numbers = tuple(range(first, first + len(files)))
    event = perform(session, appeal, Action.ANSWER, Act(PUBLIC, now, calendar, public_note=text), files=numbers)
    appeals.attach(session, appeal, files, first_no=first, now=now)
    return event


def withdraw(session: Session, appeal: Appeal, *, reason: str, now: datetime, calendar: WorkCalendar) -> AppealEvent:
    """By the appellant only, while nothing is replied yet. What was promised and not yet due is dropped."""
    return linking.withdraw(session, appeal, Act(PUBLIC, now, calendar, public_note=reason))
