"""The machinery every acting form goes through: keys, versions, refusals and what stays of them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from sqlmodel import select

from models.accounts.types import Actor, Role
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.audit.tables import AuditRow
from models.handling import queries
from models.handling.rules import allowed
from models.handling.types import Action, Projection
from tests.support.factories import MORNING, Story
from tests.support.page import PageClient, find_form, hidden_fields
from webapp.acts import ActView, allowed_acts, with_own_ids
from webapp.db import Database
from webapp.forms import ActForm, text_area

SignIn = Callable[..., PageClient]


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 17, 3, 0, tzinfo=UTC), tick=False):
        yield


def dispatched(database: Database) -> str:
    with database.writing() as session:
        story = Story(session, at=MORNING)
        story.to(State.DISPATCHED)
        return story.appeal.uid


def form_of(client: PageClient, uid: str) -> dict[str, str]:
    return hidden_fields(find_form(client.soup(f"/desk/appeals/{uid}"), "/sign"))


def state_of(database: Database, uid: str) -> tuple[State, int]:
    with database.reading() as session:
        row = session.exec(select(Appeal).where(Appeal.uid == uid)).one()
        return row.state, len(queries.events(session, row))


def denials(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.facts["view"] for row in session.exec(select(AuditRow).where(AuditRow.action == "denied"))]


def test_a_key_that_somebody_else_used_is_no_key(database: Database, sign_in: SignIn) -> None:
    """Otherwise a guessed or copied key would answer "already done" for an act that never happened."""
    uid, other = dispatched(database), dispatched(database)
    first, second = sign_in(Role.HANDLER, unit="市监局"), sign_in(Role.HANDLER, unit="市监局")
    used = form_of(first, other)
    assert first.post(f"/desk/appeals/{other}/sign", data=used).status_code == 303
    own = form_of(second, uid)
    answer = second.post(f"/desk/appeals/{uid}/sign", data={**own, "submission_key": used["submission_key"]})
    assert answer.status_code == 422 and "页面已失效" in answer.get_data(as_text=True)
    assert state_of(database, uid)[0] is State.DISPATCHED
    fresh = hidden_fields(find_form(BeautifulSoup(answer.data, "html.parser"), "/sign"))
    assert fresh["submission_key"] != used["submission_key"]
    assert second.post(f"/desk/appeals/{uid}/sign", data=fresh).status_code == 303


def test_a_key_used_for_another_appeal_is_no_key(database: Database, sign_in: SignIn) -> None:
    uid, other = dispatched(database), dispatched(database)
    client = sign_in(Role.HANDLER, unit="市监局")
    used = form_of(client, other)
    client.post(f"/desk/appeals/{other}/sign", data=used)
    fields = form_of(client, uid) | {"submission_key": used["submission_key"]}
    answer = client.post(f"/desk/appeals/{uid}/sign", data=fields)
    assert answer.status_code == 422
    assert state_of(database, uid)[0] is State.DISPATCHED


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "不是钥匙不是钥匙不是钥匙不是钥匙"])
def test_a_form_without_a_proper_key_does_nothing(database: Database, sign_in: SignIn, key: str) -> None:
    uid = dispatched(database)
    client = sign_in(Role.HANDLER, unit="市监局")
    answer = client.post(f"/desk/appeals/{uid}/sign", data={**form_of(client, uid), "submission_key": key})
    assert answer.status_code == 422
    assert state_of(database, uid) == (State.DISPATCHED, 3)


@pytest.mark.parametrize("version", ["", "x", "99999999999999999999", "-1", "１"])
def test_a_version_that_is_none_is_a_conflict(database: Database, sign_in: SignIn, version: str) -> None:
    uid = dispatched(database)
    client = sign_in(Role.HANDLER, unit="市监局")
    answer = client.post(f"/desk/appeals/{uid}/sign", data={**form_of(client, uid), "version": version})
    assert answer.status_code == 409
    assert state_of(database, uid) == (State.DISPATCHED, 3)
    assert denials(database) == ["desk.sign:sign:changed_meanwhile"]


def test_a_refused_act_burns_no_key(database: Database, sign_in: SignIn) -> None:
    uid = dispatched(database)
    client = sign_in(Role.HANDLER, unit="市监局")
    fields = form_of(client, uid)
    assert client.post(f"/desk/appeals/{uid}/sign", data={**fields, "version": "1"}).status_code == 409
    assert client.post(f"/desk/appeals/{uid}/sign", data=fields).status_code == 303
    assert state_of(database, uid) == (State.VERIFYING, 4)


def test_an_act_on_an_invisible_appeal_is_not_found_and_writes_nothing(database: Database, sign_in: SignIn) -> None:
    uid = dispatched(database)
    stranger = sign_in(Role.HANDLER, unit="住建局")
    fields = form_of(sign_in(Role.HANDLER, unit="市监局"), uid)
    token = hidden_fields(stranger.soup("/desk").find("form"))["csrf_token"]
    answer = stranger.post(f"/desk/appeals/{uid}/sign", data={**fields, "csrf_token": token})
    assert answer.status_code == 404
    assert state_of(database, uid) == (State.DISPATCHED, 3)


def test_a_form_of_another_sign_in_is_refused_before_anything_happens(database: Database, sign_in: SignIn) -> None:
    uid = dispatched(database)
    client = sign_in(Role.HANDLER, unit="市监局")
    answer = client.post(f"/desk/appeals/{uid}/sign", data={**form_of(client, uid), "csrf_token": "fremd"})
    assert answer.status_code == 400
    assert state_of(database, uid) == (State.DISPATCHED, 3)


def test_the_acts_offered_are_those_of_the_table_that_the_feature_knows() -> None:
    actor = Actor(1, "张", frozenset({Role.HANDLER}), 7, "市监局", "/7/")
    now = Projection(State.DISPATCHED, lead_unit_id=7)
    view = ActView(Action.SIGN, ActForm, lambda *_: "", "签收")
    assert allowed(now, actor) == (Action.SIGN, Action.ASSIGN, Action.NOTE, Action.ASK_RETURN)
    assert allowed_acts(now, actor, {Action.SIGN: view, Action.VERIFY: view}) == [view]
    assert allowed_acts(now, actor, {}) == []


def test_two_acts_with_a_field_of_the_same_name_have_different_ids(app) -> None:
    class Noted(ActForm):
        note = text_area("说明", max_chars=10)

    with app.test_request_context():
        forms = [with_own_ids(Noted(formdata=None), action) for action in (Action.ACCEPT, Action.DECLINE)]
        assert [form.note.id for form in forms] == ["accept-note", "decline-note"]
        assert {form.note.name for form in forms} == {"note"}
