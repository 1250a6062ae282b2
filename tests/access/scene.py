"""The people, units and appeals that the matrix and the insider's script speak of by name."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from models.accounts.commands import create_unit
from models.accounts.queries import unit_by_name
from models.accounts.staff import set_active
from models.accounts.tables import Account, Unit
from models.accounts.types import Role, UnitKind
from models.appeals import enterprises as commands
from models.appeals import queries as appeals
from models.appeals import receipt
from models.appeals.enterprise_tables import Enterprise
from models.appeals.tables import Appeal, Demand
from models.appeals.types import AppealKind, Channel, Complexity, State, StoredFile
from models.appeals.vault import Identity
from models.audit.tables import AuditRow
from models.handling import adjustments, assistance, linking
from models.handling.adjustment_types import AdjustmentKind, PauseReason
from models.handling.queries import assistance_rows
from models.slips.commands import keep_pdf
from models.slips.tables import Slip
from tests.support import actors, enterprises
from tests.support.factories import VAULT, Story
from tests.support.matters import matter
from webapp import clock
from webapp.db import Database

UNITS = {
    "lead": "税务局", "other": "住建局", "accused": "市监局", "parent": "上级单位", "child": "下属单位",
    "former": "科工局", "office": "市优办", "assisting": "人社局",
}
"""Where somebody sits, as the matrix calls it; `none` is an account without a unit."""
KINDS = {
    "report": (AppealKind.REPORT, "lead"),
    "accused_leads": (AppealKind.REPORT, "accused"),
    "complaint": (AppealKind.COMPLAINT, "accused"),
    "closed": (AppealKind.REPORT, "lead"),
    "listed": (AppealKind.COMPLAINT, "lead"),
    "task_at_work": (AppealKind.REPORT, "lead"),
    "merged": (AppealKind.REPORT, "lead"),
    "linked": (AppealKind.REPORT, "lead"),
    "task_to_sign_off": (AppealKind.REPORT, "lead"),
    "confidential": (AppealKind.COMPLAINT, "lead"),
    "entered": (AppealKind.REPORT, "lead"),
    "entered_complaint": (AppealKind.COMPLAINT, "accused"),
    "drafted": (AppealKind.REPORT, "lead"),
    "drafted_complaint": (AppealKind.COMPLAINT, "accused"),
    "asked": (AppealKind.REPORT, "lead"),
    "paused": (AppealKind.REPORT, "lead"),
    "paused_complaint": (AppealKind.COMPLAINT, "accused"),
    "returned": (AppealKind.REPORT, "lead"),
    "matter": (AppealKind.REPORT, "lead"),
    "matter_of_accused": (AppealKind.REPORT, "accused"),
    "matter_complaint": (AppealKind.COMPLAINT, "accused"),
}
"""What kind of appeal, and who leads it. Every one of them accuses the same unit."""
SECRET = Identity("隋密佳", "13973799999", "密语巷九十九号", "", "")
"""Who filed the confidential appeal, like nobody else of the scene."""
WRITTEN_DOWN = {"channel": Channel.VISIT, "paper_received_on": date(2026, 11, 16)}
"""What the office says of an appeal that it entered for somebody."""
MATTERS = frozenset({"matter", "matter_of_accused", "matter_complaint"})
"""What the unit received and completed itself (自办件)."""
TASKS = {"report": 0, "closed": 0, "task_at_work": 1, "task_to_sign_off": 2}
"""Where the unit called "assisting" assists, and how many acts it has done there: signed, contribution proposed."""
ENTERPRISES = {
    "colleague": enterprises.CODE, "removed": enterprises.CODE, "disabled": enterprises.CODE,
    "other_enterprise": enterprises.OTHER_CODE,
}
"""Places of enterprise accounts, and the credit code of the enterprise."""


def _remove(session: Session, account: Account) -> None:
    company = session.get_one(Enterprise, enterprises.member(session, account).enterprise_id)
    colleague = enterprises.person(session, company)
    commands.remove(session, enterprises.member(session, colleague), account.uid, now=clock.now())


def _disable(session: Session, account: Account) -> None:
    boss = actors.actor(session, Role.ADMINISTRATOR)
    set_active(session, boss, session.get_one(Account, account.id), False, version=None, now=clock.now())


GOING = {"removed": _remove, "disabled": _disable}
"""What happens to somebody after signing in."""
CODE = "0123456789ABCDEF"
"""The receipt code of every appeal of the scene."""
BEFORE_DISPATCH = frozenset({State.SUBMITTED, State.ACCEPTED})
PDF = b"%PDF-1.7 a kept print\n%%EOF\n"


@dataclass(frozen=True)
class Subject:
    """An appeal with the ids that addresses and forms need."""

    uid: str
    number: str
    version: int
    file_uid: str
    slip_uid: str
    demand_ids: tuple[int, ...]
    handler_id: int = 0
    """A handler of the unit that leads it."""
    task_version: int = 0
    """The row version of the assisting unit's task."""
    linked_number: str = ""
    """Of what it is linked with or merged into."""


@dataclass
class Person:
    client: FlaskClient
    account: Account
    csrf: str = ""


@dataclass
class Scene:
    app: Flask
    database: Database
    people: dict[tuple[frozenset[Role], str], Person] = field(default_factory=dict)
    subjects: dict[tuple[str, State, bool], Subject] = field(default_factory=dict)
    keys: int = 0
    code_hash: str = ""

    def __post_init__(self) -> None:
        self.code_hash = receipt.hash_code(self.app.extensions["zhitongche.config"].receipt_key, CODE)
        with self.database.writing() as session:
            accused = unit_by_name(session, UNITS["accused"])
            assert accused is not None
            parent = create_unit(session, UNITS["parent"], UNITS["parent"], UnitKind.DEPARTMENT)
            create_unit(session, UNITS["child"], UNITS["child"], UnitKind.DEPARTMENT, parent=accused)
            _move_below(session, accused, parent)

    def person(self, roles: frozenset[Role], place: str) -> Person:
        """Somebody of these roles who sits there, signed in. The public is somebody without roles."""
        key = (roles, place)
        if key not in self.people:
            self.people[key] = self.newcomer(roles, place)
        return self.people[key]

    def newcomer(self, roles: frozenset[Role], place: str) -> Person:
        client = FlaskClient(self.app)
        account = Account(username="", display_name="", password_hash="", created_at=None)
        if roles:
            with self.database.writing() as session:
                account = actors.account(session, *roles, unit=UNITS.get("lead" if place == "former" else place, ""))
                token = actors.token(session, account)
                if place == "former":
                    move(session, account, place)
                if place in ENTERPRISES:
                    self._hire(session, account, ENTERPRISES[place])
            with client.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = token, True
        page = client.get("/password" if roles else "/login")
        tag = BeautifulSoup(page.data, "html.parser").find("input", attrs={"name": "csrf_token"})
        if place in GOING:
            with self.database.writing() as session:
                GOING[place](session, account)
        return Person(client, account, str(tag["value"]) if tag else "")

    def _hire(self, session: Session, account: Account, code: str) -> None:
        """The account belongs to the enterprise of this code; the first one of it founds it."""
        found = session.exec(select(Enterprise).where(col(Enterprise.code_index) == VAULT.index(code))).one_or_none()
        enterprises.hire(session, found or enterprises.enterprise(session, code=code), account)

    def _list(self, session: Session, appeal: Appeal) -> None:
        """On the list of the first enterprise, put there by somebody of it who is not asked about."""
        account = actors.account(session, Role.ENTERPRISE)
        self._hire(session, account, ENTERPRISES["colleague"])
        commands.link(session, enterprises.member(session, account), appeal, how="file", now=clock.now())

    def subject(self, kind: str, state: State, *, is_complex: bool = False, is_fresh: bool = False) -> Subject:
        """The appeal of that kind in that state; a fresh one for a request that may change it."""
        state = State.CLOSED if kind == "closed" else state
        if is_fresh:
            return self._tell(kind, state, is_complex)
        key = (kind, state, is_complex)
        if key not in self.subjects:
            self.subjects[key] = self._tell(kind, state, is_complex)
        return self.subjects[key]

    def _tell(self, kind: str, state: State, is_complex: bool) -> Subject:
        appeal_kind, lead = KINDS[kind]
        with self.database.writing() as session:
            accused = unit_by_name(session, UNITS["accused"])
            assert accused is not None
            if kind in MATTERS:
                own = matter(session, state, unit=UNITS[lead], files=(self._file(),))
                own.kind, own.against_unit_id = appeal_kind, accused.id
                session.add(own)
                session.flush()
                return _subject(session, own, None, 0)
            more: dict[str, Any] = dict(WRITTEN_DOWN) if kind.startswith("entered") else {}
            if kind == "confidential":
                more = {"is_confidential": True, "identity": SECRET}
            story = Story(
                session, unit=UNITS[lead], files=(self._file(),), receipt_code_hash=self.code_hash, **more,
                complexity=Complexity.COMPLEX if is_complex else Complexity.SIMPLE,
            )
            if kind in (*TASKS, "confidential") and state not in BEFORE_DISPATCH:
                ask_to_assist(story.to(State.DISPATCHED), TASKS.get(kind, 0))
            appeal = story.to(state).appeal
            if kind in REQUESTS:
                REQUESTS[kind](story)
            linked = _link(kind, story, self._main(session)) if kind in ("merged", "linked") else ""
            appeal.kind, appeal.against_unit_id = appeal_kind, accused.id  # however it came to the unit that leads it
            session.add(appeal)
            session.flush()
            if kind in ("listed", "confidential"):
                self._list(session, appeal)
            if story.slip is not None:
                name = self.app.extensions["zhitongche.files"].put(PDF)
                keep_pdf(session, story.slip, pdf_name=name, pdf_sha256=hashlib.sha256(PDF).hexdigest())
            found = _subject(session, appeal, story.slip, story.handler.account_id or 0)
            return replace(found, linked_number=linked)

    def _main(self, session: Session) -> Appeal:
        """An appeal of a unit that nobody accuses, into which others may be merged."""
        return Story(session, unit="财政局", title="主件").to(State.HANDLING).appeal

    def main_number(self) -> str:
        with self.database.writing() as session:
            return self._main(session).number

    def _file(self) -> StoredFile:
        store, copy = self.app.extensions["zhitongche.files"], b"%PDF-1.7 a copy\n%%EOF\n"
        return StoredFile(
            store.put(PDF), "材料.pdf", "pdf", len(PDF), hashlib.sha256(PDF).hexdigest(),
            store.put(copy), hashlib.sha256(copy).hexdigest(), len(copy),
        )

    def denials(self, since: int = 0) -> list[AuditRow]:
        with self.database.reading() as session:
            found = select(AuditRow).where(col(AuditRow.seq) > since, col(AuditRow.action) == "denied")
            return list(session.exec(found.order_by(col(AuditRow.seq))).all())

    def last_seq(self) -> int:
        with self.database.reading() as session:
            newest = session.exec(select(AuditRow).order_by(col(AuditRow.seq).desc()).limit(1)).first()
            return newest.seq if newest else 0

    def form(self, who: Person, about: Subject, fields: dict[str, str]) -> dict[str, str]:
        """What a browser would send: the person's token, a new one-time key, the row's version, and what was typed."""
        self.keys += 1
        hidden = {"csrf_token": who.csrf, "submission_key": f"scene-key-{self.keys:06d}", "version": str(about.version)}
        fields = {name: self.main_number() if value == "{main}" else value for name, value in fields.items()}
        filled = {name: value.format(*about.demand_ids, about=about, key=self.keys) for name, value in fields.items()}
        return hidden | {"draft_version": "0"} | filled


def _ask(story: Story, kind: AdjustmentKind, *, is_sent: bool = True) -> None:
    days, reason = (0, None) if kind is AdjustmentKind.RETURN else (3, PauseReason.TEST)
    request = adjustments.Request(kind, "等检测结果。", "有关规定", days, reason)
    adjustments.ask(story.session, story.appeal, story.act(story.approver if is_sent else story.handler), request)


def _pause(story: Story) -> None:
    _ask(story, AdjustmentKind.PAUSE)
    adjustments.grant(story.session, story.appeal, story.act(story.supervisor), ruling="同意")


REQUESTS = {
    "drafted": partial(_ask, kind=AdjustmentKind.EXTENSION, is_sent=False),
    "drafted_complaint": partial(_ask, kind=AdjustmentKind.EXTENSION, is_sent=False),
    "asked": partial(_ask, kind=AdjustmentKind.EXTENSION),
    "returned": partial(_ask, kind=AdjustmentKind.RETURN),
    "paused": _pause,
    "paused_complaint": _pause,
}
"""What the unit asks of the office, and the office has ruled."""


def _link(kind: str, story: Story, main: Appeal) -> str:
    act = story.act(story.clerk)
    if kind == "merged":
        linking.merge(story.session, story.appeal, act, main=main)
    else:
        linking.link(story.session, story.appeal, act, other=main)
    return main.number


def ask_to_assist(story: Story, acts: int) -> None:
    session, unit = story.session, unit_by_name(story.session, UNITS["assisting"])
    assert unit is not None
    task = assistance.Task(unit, "请核对社保缴纳记录。", 3)
    assistance.assist(session, story.appeal, story.act(story.clerk), task)
    handler = actors.actor(session, Role.HANDLER, unit=unit.short_name)
    steps = (assistance.sign, partial(assistance.propose, text="记录属实。"))
    for step in steps[:acts]:
        step(session, story.appeal, story.act(handler))


def _move_below(session: Session, unit: Unit, parent: Unit) -> None:
    """`unit` and everything under it get a parent."""
    old, new = unit.path, f"{parent.path}{unit.id}/"
    for one in session.exec(select(Unit).where(col(Unit.path).startswith(old))).all():
        one.path = new + one.path.removeprefix(old)
        session.add(one)
    unit.parent_id = parent.id
    session.flush()


def _subject(session: Session, appeal: Appeal, slip: Slip | None, handler_id: int) -> Subject:
    tasks = assistance_rows(session, appeal)
    demands: list[Demand] = list(appeals.demands(session, appeal))
    return Subject(
        appeal.uid, appeal.number, appeal.version, appeals.attachments(session, appeal)[0].uid,
        slip.uid if slip else "0" * 32, tuple(one.id or 0 for one in demands), handler_id,
        tasks[-1].version if tasks else 0,
    )


def move(session: Session, account: Account, place: str) -> None:
    """A transfer to another unit."""
    unit = unit_by_name(session, UNITS[place])
    assert unit is not None
    row = session.get_one(Account, account.id)
    row.unit_id = unit.id
    session.add(row)
