"""One act on several appeals: each in a transaction of its own with its own audit row, each done or skipped with why.

The batch has one form key (DUR-5), burned at the end. A server that dies half way leaves the key unused; the form sent
again finds what is done already and skips it, so every act given here must refuse to be done twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask import flash, request
from sqlmodel import Session

from models.accounts.types import Actor
from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.errors import NotFound, Refused
from models.handling.commands import Act
from webapp import access, clock, db, keyed, notifying
from webapp.calendar import current_calendar
from webapp.forms import PAGE_EXPIRED, ActForm
from webapp.messages import message

MOST_AT_ONCE = 50
UNNAMED = "选中的一件"
Each = Callable[[Session, Appeal, Act], object]


@dataclass
class Outcome:
    """Numbers of those done, and by reason the numbers of those that were skipped."""

    done: list[str] = field(default_factory=list)
    skipped: dict[str, list[str]] = field(default_factory=dict)


def run(actor: Actor, form: ActForm, subject: str, each: Each, done: Callable[[Outcome], None]) -> None:
    """Carries the act out on every picked appeal and says what came of it; says so when it was done before."""
    if keyed.is_repeat(db.session(), actor, form, subject):
        flash(keyed.REPEATED, "info")
    elif not form.validate_on_submit():
        flash(PAGE_EXPIRED, "warning")
    else:
        act = Act(actor, clock.now(), current_calendar())
        db.release()  # from here each appeal has a writing transaction of its own: none may wait for the request's
        done(_each_of(act, picked(), each))
        keyed.burn(db.session(), actor, form, subject)


def picked() -> list[str]:
    """In one order for everybody, so that two people with the same appeals do not wait for each other for ever."""
    return sorted(access.picked_uids("appeal"))[:MOST_AT_ONCE]


def _each_of(act: Act, uids: Sequence[str], each: Each) -> Outcome:
    outcome = Outcome()
    for uid in uids:
        numbers = [UNNAMED]
        try:
            _one(act, uid, each, numbers)
            outcome.done.append(numbers[0])
        except (Refused, NotFound) as error:
            access.record_denied(act.actor, f"{request.endpoint}:{error.code}", uid)
            outcome.skipped.setdefault(message(error.code), []).append(numbers[0])
    return outcome


def _one(act: Act, uid: str, each: Each, numbers: list[str]) -> None:
    """`numbers` holds the appeal's number from the moment it is known, also when the act is then refused."""
    with db.database().writing() as session:
        appeal = visible_appeal(session, act.actor, uid, lock=True)
        numbers[0] = appeal.number
        with notifying.telling_of(session, appeal):
            each(session, appeal, act)


def say_skipped(outcome: Outcome, verb: str) -> None:
    """One message for each reason."""
    for reason, numbers in outcome.skipped.items():
        count = f"{len(numbers)} 件" if len(numbers) > 1 else ""
        named = [number for number in numbers if number != UNNAMED]
        flash(f"{count}{'、'.join(named) or ('' if count else UNNAMED)} 没有{verb}：{reason}".strip(), "warning")
