"""What the demonstration shows beside appeals: somebody away with a colleague standing in, mails that did not go out, a
calendar that waits for its second person, batch prints.
"""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Final

from models.accounts import substitutes
from models.accounts.queries import account_by_id
from models.accounts.types import Actor, Role
from models.audit.commands import append
from models.handling import arranging
from models.jobs import commands as jobs
from models.notices import outbox
from models.notices.commands import tell
from models.notices.types import NoticeKind
from models.slips import queries as slips
from models.slips.kinds import SlipKind
from models.slips.queries import Wanted
from models.workdays.reading import read
from models.workdays.rules import SHANGHAI
from webapp.demo.cues import Cue
from webapp.demo.people import HOME_UNIT, SECOND_HANDLER, account_of
from webapp.demo.plans import Workdays
from webapp.demo.stage import Stage
from webapp.demo.stories import FOLDER
from webapp.slips.batches import JOB, MOST_SLIPS, facts_of
from webapp.standing_in import trace_both

ABSENT: Final = account_of(Role.APPROVER, HOME_UNIT).username
MAILBOXES: Final = {ABSENT: "chenliqun@example.com", SECOND_HANDLER.username: "shenyifan@example.com"}
"""Of a domain that nobody can own."""
FAULTS: Final = {NoticeKind.STANDS_IN: "mail_refused", NoticeKind.REPLY_PROPOSED: "mail_timeout"}
"""Kinds of mail that did not go out, and why."""


def cues(workdays: Workdays, today: date) -> list[Cue]:
    return [
        Cue(workdays.moment(-6, "08:20"), _give_mailboxes),
        Cue(workdays.moment(-1, "16:50"), partial(_stand_in, today, workdays[4])),
        Cue(workdays.moment(-1, "17:05"), _mails_that_failed),
        Cue(workdays.moment(-1, "17:25"), _propose_calendar),
    ]


def _give_mailboxes(stage: Stage, at: datetime) -> None:
    for username, address in MAILBOXES.items():
        account = account_by_id(stage.session, stage.actors[username].account_id)
        account.email = address
        append(
            stage.session, at=at, actor_id=account.id, action="account.email", object_kind="account",
            object_id=account.uid, facts={"has_email": True},
        )


def _stand_in(first: date, last: date, stage: Stage, at: datetime) -> None:
    """From today on: whoever signs in as the colleague signs for the head of the unit."""
    actor, second = stage.actors[ABSENT], stage.actors[SECOND_HANDLER.username]
    colleague = account_by_id(stage.session, second.account_id)
    starts_at, ends_at = (datetime.combine(day, time(), SHANGHAI) for day in (first, last + timedelta(days=1)))
    made = substitutes.name(stage.session, actor, colleague.uid, starts_at=starts_at, ends_at=ends_at, now=at)
    trace_both(stage.session, actor, "substitution.name", made, now=at)
    _tell_by_mail(stage, second, NoticeKind.STANDS_IN, f"substitution:{made.substitution.uid}", at)


def _tell_by_mail(stage: Stage, to: Actor, kind: NoticeKind, key: str, at: datetime) -> None:
    """Queued for sending whether or not this installation has a mail server."""
    was, stage.session.info["sends_mail"] = stage.session.info.get("sends_mail", False), True
    tell(stage.session, [to.account_id or 0], kind, dedupe_key=key, now=at)
    stage.session.info["sends_mail"] = was


def _mails_that_failed(stage: Stage, at: datetime) -> None:
    """What was queued so far was tried and given up."""
    _tell_by_mail(stage, stage.actors[ABSENT], NoticeKind.REPLY_PROPOSED, "demo:proposed", at)
    for mail in outbox.claim(stage.session, due_at=at, now=at):
        fault = FAULTS.get(NoticeKind(mail.kind), "mail_timeout")
        outbox.not_sent(stage.session, mail, fault, is_final=True, now=at)


def _propose_calendar(stage: Stage, at: datetime) -> None:
    text = (FOLDER / "office" / "notice_2027.txt").read_text(encoding="utf-8")
    found = read(text, year=None, source="", calendar=stage.calendar)
    actor = stage.actors[account_of(Role.SUPERVISOR).username]
    arranging.propose(stage.session, found.days, actor=actor, now=at, text=text)


# ---------------------------------------------------------------- batch prints


def order_prints(stage: Stage, now: datetime) -> str:
    """One that the caller does at once, for the director (its uid is the answer); one that waits for the consumer."""
    done = _order(stage, Role.DIRECTOR, Wanted(kind=SlipKind.SUPERVISION_ORDER), now)
    _order(stage, Role.SUPERVISOR, Wanted(), now)
    return done


def _order(stage: Stage, role: Role, wanted: Wanted, now: datetime) -> str:
    actor = stage.actors[account_of(role).username]
    total = len(slips.to_print(stage.session, actor, wanted, limit=MOST_SLIPS))
    return jobs.order(stage.session, actor, JOB, facts_of(wanted), total=total, now=now).uid
