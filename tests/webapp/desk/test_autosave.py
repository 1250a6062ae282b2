"""Typing in the reply editor saves the draft by itself, and says so when it could not."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlmodel import select

from models.accounts.tables import Account
from models.accounts.types import PUBLIC
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling import commands, queries
from models.handling.types import Action, ReplyKind
from models.workdays.shipped import shipped_calendar
from tests.conftest import SignIn
from tests.support.page import PageClient
from tests.support.writers import TYPED, enter, form_of, idle, kept, person, told
from webapp.db import Database

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def handler(database: Database) -> Account:
    return person(database, "zhang")


def autosave(client: PageClient, path: str, data: dict[str, str], **changes: str):  # type: ignore[no-untyped-def]
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{path}"}
    return client.post(path, data=data | changes | {"step": "autosave"}, headers=headers)


@pytest.fixture
def editor(database: Database) -> str:
    return f"/desk/appeals/{told(database, State.HANDLING)}/reply"


def version_in(answer) -> str:  # type: ignore[no-untyped-def]
    return str(BeautifulSoup(answer.data, "html.parser").select_one("[name=draft_version]")["value"])  # type: ignore[index]


def test_typing_saves_the_draft_and_says_when(
    sign_in: SignIn, database: Database, handler: Account, editor: str
) -> None:
    client = sign_in(account=handler)
    data = form_of(client, editor, "/reply")
    answer = autosave(client, editor, data, **{"entries-0-facts": TYPED})
    assert answer.status_code == 200 and "已自动保存 10:00" in answer.get_data(as_text=True)
    assert b"<html" not in answer.data
    again = autosave(client, editor, data | {"draft_version": version_in(answer)}, **{"entries-0-facts": TYPED + "。"})
    assert again.status_code == 200 and version_in(again) == "2"
    assert client.soup(editor).select_one("[name=entries-0-facts]").get_text().strip() == TYPED + "。"  # type: ignore[union-attr]


def test_two_windows_typing_at_once_overwrite_nothing(sign_in: SignIn, handler: Account, editor: str) -> None:
    client = sign_in(account=handler)
    first, second = form_of(client, editor, "/reply"), form_of(client, editor, "/reply")
    assert autosave(client, editor, first, **{"entries-0-facts": "第一个窗口"}).status_code == 200
    answer = autosave(client, editor, second, **{"entries-0-facts": "第二个窗口"})
    assert answer.status_code == 409 and "没有自动保存" in answer.get_data(as_text=True)
    assert version_in(answer) == second["draft_version"], "the next one must meet the conflict too"
    text = client.post(editor, data=second | {"entries-0-facts": "第二个窗口", "step": "save"}).get_data(as_text=True)
    assert "第一个窗口" in text and "第二个窗口" in text


def test_what_cannot_be_saved_by_itself_says_so(
    sign_in: SignIn, database: Database, handler: Account, editor: str
) -> None:
    client = sign_in(account=handler)
    data = form_of(client, editor, "/reply")
    answer = autosave(client, editor, data, **{"entries-0-facts": "字" * 20_000})
    assert answer.status_code == 422 and "没有自动保存" in answer.get_data(as_text=True)
    with database.reading() as session:
        assert queries.reply(session, session.exec(select(Appeal)).one(), ReplyKind.FINAL) is None


def test_typing_on_after_the_sign_in_has_ended_is_kept_without_leaving_the_page(
    sign_in: SignIn, database: Database, handler: Account, editor: str, clock: time_machine.Traveller
) -> None:
    client = sign_in(account=handler)
    data = form_of(client, editor, "/reply")
    idle(clock)
    for text in (TYPED, TYPED + "续写"):
        answer = autosave(client, editor, data, **{"entries-0-facts": text})
        assert answer.status_code == 401 and "HX-Redirect" not in answer.headers
        said = answer.get_data(as_text=True)
        assert "已为您保留" in said and f"/login?next={editor}" in said and "<html" not in said
    assert len(kept(database)) == 1
    enter(client, next_=editor)
    assert client.soup(editor).select_one("[name=entries-0-facts]").get_text().strip() == TYPED + "续写"  # type: ignore[union-attr]


def test_a_draft_that_may_not_be_written_any_more_is_refused(
    sign_in: SignIn, database: Database, handler: Account, editor: str
) -> None:
    client = sign_in(account=handler)
    data = form_of(client, editor, "/reply")
    with database.writing() as session:
        appeal = session.exec(select(Appeal)).one()
        commands.perform(session, appeal, Action.WITHDRAW, commands.Act(PUBLIC, NOW, shipped_calendar()))
    answer = autosave(client, editor, data, **{"entries-0-facts": TYPED})
    assert answer.status_code == 422 and "没有自动保存" in answer.get_data(as_text=True)
