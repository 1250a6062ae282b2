"""Loading the demonstration into a database, all of it or nothing, and what is in a database already."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Final

from sqlmodel import Session, col, func, or_, select

from models.accounts import saved_filters
from models.accounts.commands import create_account
from models.accounts.queries import actor_of, unit_by_name
from models.accounts.tables import Account
from models.accounts.types import Actor, ListPlace, Role
from models.appeals import enterprises, reveals
from models.appeals.enterprise_queries import Membership, own_membership
from models.appeals.receipt import grouped
from models.appeals.tables import Appeal
from models.appeals.types import ENDED_STATES
from models.appeals.vault import Identity, IdentityVault
from models.audit.commands import append
from models.handling import assigning
from models.handling.commands import Act
from models.handling.rules import AT_WORK
from models.notices.telling import tell_since
from models.workdays.queries import load_calendar
from models.workdays.rules import local_day
from webapp.config import Config
from webapp.demo import around, cues, overseeing, papers
from webapp.demo.follow_up import follow_up
from webapp.demo.people import (
    ACCOUNTS,
    COLLEAGUES,
    COMPANY,
    COMPANY_CODE,
    HOME_UNIT,
    PASSWORD,
    SECOND_HANDLER,
    USERNAMES,
    account_of,
)
from webapp.demo.plans import Workdays, schedule
from webapp.demo.rated import rate_departments
from webapp.demo.ratings import open_rating
from webapp.demo.stage import Stage, code_of
from webapp.demo.stories import MARK, PASSED_ON, stories
from webapp.demo.together import work_together
from webapp.demo.work_errors import register_errors
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
    is_ours = or_(*(col(Appeal.source_ref).startswith(mark) for mark in (MARK, PASSED_ON)))
    is_real = or_(col(Appeal.source_ref).is_(None), ~is_ours)
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


@dataclass(frozen=True)
class Loaded:
    """How many appeals, and the batch print that may be done at once when all is committed."""

    appeals: int
    job_uid: str


def load(session: Session, config: Config, store: FileStore, *, now: datetime) -> Loaded:
    """Plays every story up to `now`, and what went on beside. The caller commits; on an error no file stays."""
    calendar = load_calendar(session)
    workdays = Workdays(local_day(now), calendar)
    steps = schedule(stories(), workdays, now)
    with ExitStack() as on_error:
        stage = Stage(
            session=session,
            calendar=calendar,
            vault=IdentityVault(config.identity_key),
            receipt_key=config.receipt_key,
            identity_key=config.identity_key,
            store=store,
            letterhead=for_slips(config.public_base_url),
            actors=_accounts(session, now=steps[0].at - timedelta(days=1)),
            members=_enterprise(session, config, now=steps[0].at - timedelta(hours=20)),
        )
        on_error.callback(_delete_all, store, stage.stored)
        rate_departments(stage, now)
        beside = (overseeing.cues(workdays), papers.cues(cues.moments(steps), workdays))
        cues.play(stage, chain(cues.of_stories(steps), *beside, around.cues(workdays, local_day(now))))
        job_uid = _up_to_now(stage, now)
        on_error.pop_all()
    return Loaded(len(stage.appeals), job_uid)


def _up_to_now(stage: Stage, now: datetime) -> str:
    """What happens at the very moment, and what time alone has caused by then. The uid of a job to do."""
    _ask_to_see(stage, now)
    _share_out(stage, now)
    work_together(stage, now)
    register_errors(stage, now)
    open_rating(stage, now)
    follow_up(stage, now)
    papers.dispatch_without_order(stage, now)
    _tell(stage)
    overseeing.climb(stage, now)
    return around.order_prints(stage, now)


def _delete_all(store: FileStore, stored_names: list[str]) -> None:
    for stored_name in stored_names:
        store.delete(stored_name)


def _ask_to_see(stage: Stage, now: datetime) -> None:
    """A request for a sealed identity that waits for the custodian."""
    handler = stage.actors[account_of(Role.HANDLER, "司法局").username]
    reveals.ask(stage.session, handler, stage.appeals[SEALED], reason=WHY_SEE, now=now)


def _share_out(stage: Stage, now: datetime) -> None:
    """Two appeals of the home unit are the second handler's; the first one keeps a filter for what nobody has."""
    handler, second = (stage.actors[one.username] for one in (account_of(Role.HANDLER, HOME_UNIT), SECOND_HANDLER))
    approver = stage.actors[account_of(Role.APPROVER, HOME_UNIT).username]
    own = [one for one in stage.appeals.values() if one.assignee_id == handler.account_id and one.state in AT_WORK]
    for appeal in own[:2]:
        assigning.assign(stage.session, appeal, Act(approver, now, stage.calendar), assignee_id=second.account_id)
    assert handler.account_id is not None
    saved_filters.save(stage.session, handler.account_id, ListPlace.DESK, "还没有人办的", "who=none", now=now)


def _tell(stage: Stage) -> None:
    """What happened last to each open appeal waits under its people's bell."""
    for appeal in stage.appeals.values():
        if appeal.state not in ENDED_STATES:
            tell_since(stage.session, appeal, appeal.version - 1, None)


def _accounts(session: Session, *, now: datetime) -> dict[str, Actor]:
    found = {}
    for one in ACCOUNTS:
        if one.role is Role.ENTERPRISE:
            continue
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


def _enterprise(session: Session, config: Config, *, now: datetime) -> dict[str, Membership]:
    """The demo enterprise: the first of its people registers it, the second joins by invitation."""
    vault, members = IdentityVault(config.identity_key), {}
    invited = ""
    for number, (name, username) in enumerate(COLLEAGUES.items(), start=1):
        person = enterprises.NewPerson(username, PASSWORD, name, f"138000009{number:02d}")
        if invited:
            account = enterprises.join(session, vault, invited, person, now=now)
        else:
            company = Identity(enterprise_name=COMPANY, credit_code=COMPANY_CODE)
            account = enterprises.register(session, vault, company, person, now=now)
        members[name] = own_membership(session, actor_of(session, account))
        code = enterprises.invite(session, config.receipt_key, members[name], now=now)
        invited = enterprises.invitation_hash(config.receipt_key, code)
    return members


def samples(session: Session, config: Config) -> list[Sample]:
    """Number and code of the two appeals to try."""
    found = []
    for story in stories():
        if story.key in SAMPLES:
            appeal = session.exec(select(Appeal).where(col(Appeal.source_ref) == story.source_ref)).one()
            found.append(Sample(appeal.number, grouped(code_of(config.receipt_key, story)), appeal.title))
    return found
