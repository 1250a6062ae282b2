"""People whose sign-in ends while they write, and what was kept of it: for tests of kept forms and of autosave."""

from datetime import timedelta

import time_machine
from sqlmodel import col, select

from models.accounts.passwords import hash_password
from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals.tables import KeptForm
from models.appeals.types import State
from tests.support import actors
from tests.support.factories import Story
from tests.support.page import PageClient, find_form, hidden_fields
from webapp.db import Database

PASSWORD = "梧桐叶落知秋意-7412"
TYPED = "窗口系统显示材料流转到登记注册股，" + "雀字" * 3


def person(database: Database, username: str) -> Account:
    with database.writing() as session:
        row = actors.account(session, Role.HANDLER, unit="市监局")
        row.username, row.password_hash = username, hash_password(PASSWORD)
        session.add(row)
        return row


def told(database: Database, state: State) -> str:
    with database.writing() as session:
        return Story(session).to(state).appeal.uid


def kept(database: Database) -> list[KeptForm]:
    with database.reading() as session:
        return list(session.exec(select(KeptForm).order_by(col(KeptForm.id))).all())


def form_of(client: PageClient, path: str, action: str) -> dict[str, str]:
    return hidden_fields(find_form(client.soup(path), action))


def enter(client: PageClient, username: str = "zhang", next_: str = "") -> str:
    answer = client.send("/login" + (f"?next={next_}" if next_ else ""), {"username": username, "password": PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)[-500:]
    return str(answer.headers["Location"])


def idle(clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(minutes=31))
