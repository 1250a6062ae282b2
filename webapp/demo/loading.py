"""Loading the demonstration into a database, all of it or nothing, and what is in a database already."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlmodel import Session, col, func, or_, select

from models.accounts.commands import create_account
from models.accounts.queries import actor_of, unit_by_name
from models.accounts.tables import Account
from models.accounts.types import Actor, Role
from models.appeals import reveals
from models.appeals.receipt import grouped
from models.appeals.tables import Appeal
from models.appeals.vault import IdentityVault
from models.audit.commands import append
from models.workdays.queries import load_calendar
from models.workdays.rules import local_day
from webapp.config import Config
from webapp.demo.people import ACCOUNTS, PASSWORD, USERNAMES, account_of
from webapp.demo.plans import Step, Workdays, schedule
from webapp.demo.stage import Stage, code_of
from webapp.demo.stories import stories
from webapp.files import FileStore
from webapp.letterhead import for_slips

SAMPLES: Final = ("bakery-trademark", "elevator-maintenance")
"""One that was answered and one in work: their codes are told, to be tried on the follow-up page."""

SEALED: Final = "report-construction-permit-bribe"
WHY_SEE: Final = "需要当面核对处罚决定书的原件和车辆照片的拍摄时间，经市优办转达会耽误取证。"
"""Why the unit that handles this report asks to see who filed it."""


class Contents(StrEnum):
    """What a database holds, as far as a demonstration is concerned."""

    EMPTY = "empty"
    DEMO = "demo"
    REAL = "real"


@dataclass(frozen=True)
class Sample:
    number: str
    code: str
    title: str


def contents(session: Session) -> Contents:
    """Real as soon as one appeal or one account is not the demonstration's: its password is known to everybody."""
    is_real = or_(col(Appeal.source_ref).is_(None), ~col(Appeal.source_ref).startswith("demo:"))
    real_appeals = session.exec(select(func.count()).select_from(Appeal).where(is_real)).one()
    usernames = set(session.exec(select(Account.username)).all())
    if real_appeals or usernames - USERNAMES:
        return Contents.REAL
    return Contents.DEMO if usernames else Contents.EMPTY


def is_loaded(session: Session) -> bool:
    """Whether the demonstration's appeals are here, also beside what visitors have filed since."""
    wanted = [story.source_ref for story in stories() if story.key in SAMPLES]
    found = session.exec(select(func.count()).select_from(Appeal).where(col(Appeal.source_ref).in_(wanted))).one()
    return found == len(wanted)


def load(session: Session, config: Config, store: FileStore, *, now: datetime) -> int:
    """Plays every story up to `now`. Returns the number of appeals. The caller commits; on an error no file stays."""
    calendar = load_calendar(session)
    steps = schedule(stories(), Workdays(local_day(now), calendar), now)
    with ExitStack() as on_error:
        stage = Stage(
            session=session,
            calendar=calendar,
            vault=IdentityVault(config.identity_key),
            receipt_key=config.receipt_key,
            store=store,
            letterhead=for_slips(config.public_base_url),
            actors=_accounts(session, now=steps[0].at - timedelta(days=1)),
        )
        on_error.callback(_delete_all, store, stage.stored)
        _play(stage, steps)
        _ask_to_see(stage, now)
        on_error.pop_all()
    return len(stage.appeals)


def _delete_all(store: FileStore, stored_names: list[str]) -> None:
    for stored_name in stored_names:
        store.delete(stored_name)


def _play(stage: Stage, steps: list[Step]) -> None:
    for step in steps:
        stage.play(step)
    stage.session.flush()


def _ask_to_see(stage: Stage, now: datetime) -> None:
    """A request for a sealed identity that waits for the custodian."""
    handler = stage.actors[account_of(Role.HANDLER, "司法局").username]
    reveals.ask(stage.session, handler, stage.appeals[SEALED], reason=WHY_SEE, now=now)


def _accounts(session: Session, *, now: datetime) -> dict[str, Actor]:
    found = {}
    for one in ACCOUNTS:
        unit = unit_by_name(session, one.unit) if one.unit else None
        account = create_account(
            session, one.username, one.display_name, PASSWORD, (one.role,), now=now, unit=unit, is_one_time=False
        )
        facts = {"roles": [one.role.value], "unit_id": account.unit_id}
        append(
            session, at=now, actor_id=None, action="account.create", object_kind="account", object_id=account.uid,
            facts=facts,
        )  # fmt: skip
        found[one.username] = actor_of(session, account)
    return found


def samples(session: Session, config: Config) -> list[Sample]:
    """Number and code of the two appeals to try."""
    found = []
    for story in stories():
        if story.key in SAMPLES:
            appeal = session.exec(select(Appeal).where(col(Appeal.source_ref) == story.source_ref)).one()
            found.append(Sample(appeal.number, grouped(code_of(config.receipt_key, story)), appeal.title))
    return found
