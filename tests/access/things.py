"""What an address of the matrix names beside an appeal: a filter, a colleague, a request, an account.

Each is made anew for the one who asks, or, where its maker is called `of_another`, so that it is theirs not at all.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.accounts import saved_filters
from models.accounts.commands import create_unit
from models.accounts.queries import actor_of
from models.accounts.rules import Permission, permits
from models.accounts.tables import Account, Substitution, Unit
from models.accounts.types import ListPlace, Role, UnitKind
from models.appeals import enterprise_queries, enterprises
from models.appeals.enterprise_tables import Enterprise, EnterpriseInvitation
from models.appeals.reveals import IdentityReveal
from models.appeals.tables import Appeal
from models.base import new_uid
from models.handling import arranging
from models.handling.commands import Act
from models.jobs.tables import Job
from models.jobs.types import JobState
from models.notices.tables import Notice, OutgoingMail
from models.notices.types import MailState
from models.slips.kinds import SlipKind, SlipStatus
from models.slips.paper import Paper
from models.slips.registering import Issue, Place, enter
from models.slips.tables import Slip, SlipScan
from models.supervision.ladder_types import RecordAction, RecordKind
from models.supervision.work_error_tables import WorkError, WorkErrorFile
from models.workdays.shipped import shipped_calendar
from tests.access.followed_things import FOLLOWED
from tests.access.rated_things import RATED
from tests.access.scene import CODE, UNITS, Person, Scene, Subject
from tests.support import actors, supervised
from tests.support import enterprises as people
from tests.support.factories import VAULT
from tests.support.notices import days_2027
from tests.support.work_errors import work_error
from tests.webapp.pdf.papers import make_paper
from webapp import clock

Values = dict[str, str]
Maker = Callable[[Scene, Session, Person, Subject], Values]
FREED_CODE = "91430981MA4L000027"
"""As the matrix writes it."""
PEPPER = b"p" * 32
_number = count(1)


def _filter(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    owner = who.account.id or actors.account(session, Role.HANDLER).id or 0
    for one in saved_filters.saved(session, owner, ListPlace.DESK):
        saved_filters.delete(session, owner, one.uid)
    saved_filters.save(session, owner, ListPlace.DESK, f"筛选{next(_number)}", "q=欠款", now=clock.now())
    return {"uid": saved_filters.saved(session, owner, ListPlace.DESK)[0].uid}


def _filter_of_another(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    return _filter(scene, session, Person(who.client, actors.account(session, Role.HANDLER)), about)


def _enterprise(session: Session, who: Person, code: str) -> Enterprise:
    """The one this person belongs to, or else the one of that code."""
    own = who.account.id and enterprise_queries.membership(session, actor_of(session, who.account))
    if own:
        return session.get_one(Enterprise, own.enterprise_id)
    found = session.exec(select(Enterprise).where(col(Enterprise.code_index) == VAULT.index(code))).one_or_none()
    return found or people.enterprise(session, code=code)


def _foreign_enterprise(session: Session, who: Person) -> Enterprise:
    own, other = _enterprise(session, who, people.CODE), people.OTHER_CODE
    is_other = own.code_index == VAULT.index(other)
    return _enterprise(session, Person(who.client, actors.account(session)), people.CODE if is_other else other)


def _colleague_in(session: Session, of: Enterprise) -> Values:
    return {"uid": people.person(session, of).uid}


def _invitation_of(session: Session, of: Enterprise) -> Values:
    member = people.member(session, people.person(session, of))
    for one in enterprise_queries.open_invitations(session, member, clock.now()):
        enterprises.revoke(session, member, one.uid, now=clock.now())
    enterprises.invite(session, PEPPER, member, now=clock.now())
    session.flush()
    newest = select(EnterpriseInvitation.uid).order_by(col(EnterpriseInvitation.id).desc()).limit(1)
    return {"uid": session.exec(newest).one()}


def _request(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    """By a handler of the unit that leads."""
    appeal = session.exec(select(Appeal).where(col(Appeal.uid) == about.uid)).one()
    asker = actors.account(session, Role.HANDLER)
    asker.unit_id = appeal.lead_unit_id
    row = IdentityReveal(
        appeal_id=appeal.id, requester_id=asker.id, unit_id=asker.unit_id, reason="需要当面核对材料的原件。",
        asked_at=clock.now(),
    )
    session.add_all([asker, row])
    session.flush()
    return {"uid": row.uid}


def _unit(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    name = f"新设单位{next(_number)}"
    return {"number": str(create_unit(session, name, f"{name}全称", UnitKind.DEPARTMENT).id)}


def _idle_unit(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    found = _unit(scene, session, who, about)
    unit = session.get_one(Unit, int(found["number"]))
    unit.is_active = False
    session.add(unit)
    return found


def _staff(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    return {"uid": actors.account(session, Role.HANDLER, unit="司法局").uid}


def _disabled(values: Values, session: Session) -> Values:
    row = session.exec(select(Account).where(col(Account.uid) == values["uid"])).one()
    row.is_active = False
    session.add(row)
    return values


def _of_an_enterprise(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    return _colleague_in(session, _enterprise(session, Person(who.client, who.account), people.CODE))


def _registration(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    """Of a code of its own: nobody of the scene belongs to it."""
    found = enterprise_queries.holder(session, VAULT, FREED_CODE) or people.enterprise(session, code=FREED_CODE)
    return {"uid": found.uid}


def _freed(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    uid = _registration(scene, session, who, about)["uid"]
    row = session.exec(select(Enterprise).where(col(Enterprise.uid) == uid)).one()
    row.code_index = None
    session.add(row)
    return {"uid": row.uid}


def _work_error(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    """About the lead unit, registered by a director who is nobody of the scene: any keeper is a second person."""
    by = actors.actor(session, Role.DIRECTOR, unit=UNITS["office"])
    return {"uid": work_error(session, UNITS["lead"], by=by).uid}


def _evidence(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    """Of such an entry, with a copy for those who may not have the original."""
    found = _work_error(scene, session, who, about)
    error = session.exec(select(WorkError).where(col(WorkError.uid) == found["uid"])).one()
    store, by = scene.app.extensions["zhitongche.files"], actors.account(session, Role.DIRECTOR)
    row = WorkErrorFile(
        error_id=error.id, no=1, stored_name=store.put(b"%PDF-1.7"), display_name="佐证.pdf", kind="pdf", size=8,
        sha256="0" * 64, derivative_name=store.put(b"%PDF-1.7"), derivative_size=8, added_at=clock.now(),
        added_by_id=by.id, added_by_name="某人",
    )
    session.add(row)
    session.flush()
    return found | {"file_uid": row.uid}


def _record(kind: RecordKind, *acts: RecordAction) -> Maker:
    """About the unit that leads, issued by somebody who is not asked about, as far as these acts."""

    def make(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
        appeal = session.exec(select(Appeal).where(col(Appeal.uid) == about.uid)).one()
        unit = session.get_one(Unit, appeal.lead_unit_id)
        return {"uid": supervised.record(session, kind, unit, appeal, acts).uid}

    return make


def _job(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    owner = who.account.id or actors.account(session, Role.CLERK).id
    now = clock.now()
    job = Job(kind="unknown", account_id=owner, created_at=now, touched_at=now)
    session.add(job)
    session.flush()
    return {"uid": job.uid}


def _done_job(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    """With its result."""
    found = _job(scene, session, who, about)
    job = session.exec(select(Job).where(col(Job.uid) == found["uid"])).one()
    job.state, job.result_name, job.finished_at = JobState.DONE, "结果.csv", clock.now()
    session.add(job)
    results = scene.app.extensions["zhitongche.jobs"].results
    results.mkdir(exist_ok=True)
    (results / job.uid).write_text("编号", encoding="utf-8")
    return found


def _job_of_another(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    return _job(scene, session, Person(who.client, actors.account(session, Role.CLERK)), about)


def _appeal_of(session: Session, about: Subject) -> Appeal:
    return session.exec(select(Appeal).where(col(Appeal.uid) == about.uid)).one()


def _reminder(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    """Sent to the lead unit, whatever the appeal has become since."""
    appeal = _appeal_of(session, about)
    unit = session.get_one(Unit, appeal.lead_unit_id)
    act = Act(actors.actor(session, Role.SUPERVISOR), clock.now(), shipped_calendar())
    paper = make_paper(SlipKind.REMINDER, to=unit.full_name)

    def draw(given: Issue) -> Paper:
        return replace(paper, number=given.number, verification_code=given.code)

    return {"uid": enter(session, SlipKind.REMINDER, draw, act, Place(appeal, unit)).uid}


def _void_slip(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    found = _reminder(scene, session, who, about)
    slip = session.exec(select(Slip).where(col(Slip.uid) == found["uid"])).one()
    slip.status, slip.voided_at, slip.void_reason = SlipStatus.VOID, clock.now(), "文号有误。"
    session.add(slip)
    return found


def _scan(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    slip = session.exec(select(Slip).where(col(Slip.uid) == about.slip_uid)).one()
    clerk = actors.account(session, Role.CLERK)
    no = session.exec(select(func.count()).where(col(SlipScan.slip_id) == slip.id)).one() + 1
    name = scene.app.extensions["zhitongche.files"].put(b"%PDF-1.7")
    row = SlipScan(
        slip_id=slip.id, no=no, stored_name=name, display_name="回执.pdf", kind="pdf", size=8, sha256="0" * 64,
        added_at=clock.now(), added_by_id=clerk.id,
    )
    session.add(row)
    session.flush()
    return {"uid": slip.uid, "scan_uid": row.uid}


def _notice(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    owner, now, uid = who.account.id or actors.account(session, Role.CLERK).id, clock.now(), new_uid()
    session.add(Notice(uid=uid, account_id=owner, kind="dispatched", created_at=now, dedupe_key=uid))
    return {"uid": uid}


def _notice_of_another(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    return _notice(scene, session, Person(who.client, actors.account(session, Role.CLERK)), about)


def _mail(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    uid, now, owner = new_uid(), clock.now(), actors.account(session, Role.HANDLER).id or 0
    session.add(OutgoingMail(
        uid=uid, account_id=owner, kind="dispatched", state=MailState.FAILED, last_error="mail_timeout", attempts=5,
        created_at=now, next_try_at=now, dedupe_key=uid,
    ))
    return {"uid": uid}


def _substitution(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    absent, now = who.account.id or actors.account(session, Role.CLERK).id or 0, clock.now()
    row = Substitution(
        absent_id=absent, substitute_id=actors.account(session, Role.CLERK).id or 0, starts_at=now + timedelta(days=30),
        ends_at=now + timedelta(days=31), named_at=now,
    )
    session.add(row)
    return {"uid": row.uid}


def _substitution_of_another(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    return _substitution(scene, session, Person(who.client, actors.account(session, Role.CLERK)), about)


def _proposal(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    """An arrangement that somebody else proposed."""
    proposer = actors.actor(session, Role.DIRECTOR)
    return {"uid": arranging.propose(session, days_2027(), actor=proposer, now=clock.now()).uid}


def _own_proposal(scene: Scene, session: Session, who: Person, about: Subject) -> Values:
    """Of whoever asks, where they may propose."""
    if not who.account.id or not permits(actor_of(session, who.account).roles, Permission.KEEP_CALENDAR):
        return _proposal(scene, session, who, about)
    own = actor_of(session, who.account)
    return {"uid": arranging.propose(session, days_2027(), actor=own, now=clock.now()).uid}


THINGS: dict[str, Maker] = {
    **FOLLOWED,
    **RATED,
    "proposal": _proposal,
    "own proposal": _own_proposal,
    "card": _record(RecordKind.YELLOW_CARD),
    "contested card": _record(RecordKind.YELLOW_CARD, RecordAction.CONTEST),
    "bulletin entry": _record(RecordKind.BULLETIN_ENTRY),
    "order": _record(RecordKind.SUPERVISION_ORDER),
    "reported order": _record(RecordKind.SUPERVISION_ORDER, RecordAction.REPORT),
    "transfer": _record(RecordKind.TRANSFER),
    "instruction": _record(RecordKind.INSTRUCTION),
    "interview": _record(RecordKind.INTERVIEW),
    "decided interview": _record(RecordKind.INTERVIEW, RecordAction.HOLD_INTERVIEW),
    "announced interview": _record(RecordKind.INTERVIEW, RecordAction.HOLD_INTERVIEW, RecordAction.NOTIFY),
    "filter": _filter,
    "filter of another": _filter_of_another,
    "mail": _mail,
    "substitution": _substitution,
    "substitution of another": _substitution_of_another,
    "notice": _notice,
    "notice of another": _notice_of_another,
    "job": _job,
    "done job": _done_job,
    "done job of another": lambda scene, session, who, about: _done_job(
        scene, session, Person(who.client, actors.account(session, Role.CLERK)), about),
    "job of another": _job_of_another,
    "colleague": lambda scene, session, who, about: _colleague_in(session, _enterprise(session, who, people.CODE)),
    "colleague of another": lambda scene, session, who, about: _colleague_in(
        session, _foreign_enterprise(session, who)),
    "invitation": lambda scene, session, who, about: _invitation_of(session, _enterprise(session, who, people.CODE)),
    "invitation of another": lambda scene, session, who, about: _invitation_of(
        session, _foreign_enterprise(session, who)),
    "request": _request,
    "appeal": lambda scene, session, who, about: {"appeal_uid": about.uid},
    "reminder": _reminder,
    "void slip": _void_slip,
    "scan": _scan,
    "unit": _unit,
    "idle unit": _idle_unit,
    "staff": _staff,
    "disabled staff": lambda *asked: _disabled(_staff(*asked), asked[1]),
    "staff of another": _of_an_enterprise,
    "disabled staff of another": _of_an_enterprise,
    "enterprise account": _of_an_enterprise,
    "disabled enterprise account": lambda *asked: _disabled(_of_an_enterprise(*asked), asked[1]),
    "enterprise account of another": _staff,
    "disabled enterprise account of another": _staff,
    "work error": _work_error,
    "evidence": _evidence,
    "registration": _registration,
    "registration of another": _freed,
}  # fmt: skip
"""By the name that a line of the matrix gives. An account of the other kind is as foreign as another's filter."""


def made(scene: Scene, thing: str, who: Person, about: Subject) -> Values:
    """What the address says once the thing is there."""
    if thing.startswith("opened"):
        return _opened(who, about) if thing == "opened" else {}
    with scene.database.writing() as session:
        return THINGS[thing](scene, session, who, about)


def _opened(who: Person, about: Subject) -> Values:
    """The appeal itself, opened in this browser by number and code before: only for whoever has business with it."""
    if who.account.id and who.csrf:
        who.client.post("/appeals/track", data={"csrf_token": who.csrf, "number": about.number, "code": CODE})
    return {}


def is_somebodys(thing: str) -> bool:
    """Whether the same thing may be another's."""
    return thing == "opened" or f"{thing} of another" in THINGS
