"""One request, one transaction: looking changes nothing (WEB-4), an act that fails leaves nothing (DUR-4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import event
from sqlmodel import Session

from models.accounts.types import Role
from models.appeals.types import State
from tests.support.factories import Story
from tests.support.page import hidden_fields
from tests.support.tables import content, counts

SEEN = ("login_sessions", "audit_log", "audit_head", "appeal_views")
"""Last-seen time, refusals in the log and the view log: all that looking may leave."""


def pages(app, uid: str) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods:
            values = dict.fromkeys(rule.arguments, uid)
            yield app.url_map.bind("localhost").build(rule.endpoint, values)


def test_looking_at_every_page_as_everybody_changes_no_row(app, database, sign_in, client):
    with database.writing() as session:
        uid = Story(session).to(State.REPLIED).appeal.uid
    people = [client, *(sign_in(role, unit="市监局") for role in Role)]
    before, denied = content(database, but=SEEN), set()
    for path in pages(app, uid):
        for who in people:
            for method in ("GET", "HEAD"):
                denied.add(who.open(path, method=method).status_code)
    assert content(database, but=SEEN) == before
    assert denied <= {200, 303, 401, 403, 404, 422}


class Broken(RuntimeError):
    """Thrown on purpose behind a flush."""


@dataclass(eq=False)
class Breaker:
    """Lets `left` flushes pass, then throws."""

    left: int
    seen: int = 0

    def __call__(self, session: Session, context: object) -> None:
        self.seen += 1
        if self.seen > self.left:
            raise Broken


@contextmanager
def breaking_after(flushes: int) -> Iterator[Breaker]:
    breaker = Breaker(flushes)
    event.listen(Session, "after_flush", breaker)
    try:
        yield breaker
    finally:
        event.remove(Session, "after_flush", breaker)


@pytest.mark.parametrize(("role", "state", "action", "fields"), [
    (Role.HANDLER, State.DISPATCHED, "sign", {}),
    (Role.HANDLER, State.VERIFYING, "verify", {"complexity": "simple", "facts": "已核实。"}),
    (Role.APPROVER, State.REPLY_SIGN_OFF, "sign-off", {}),
    (Role.APPROVER, State.REPLY_SIGN_OFF, "send-back", {"internal_note": "请补充。", "reason": "请补充。"}),
])
def test_an_act_that_fails_behind_any_flush_leaves_every_table_as_it_was(
    app, database, sign_in, role, state, action, fields,
):
    with database.writing() as session:
        uid = Story(session).to(state).appeal.uid
    client = sign_in(role, unit="市监局")
    path = f"/desk/appeals/{uid}"
    found = [one for one in client.soup(path).find_all("form") if str(one.get("action", "")).endswith(f"/{action}")]
    form = hidden_fields(found[0])
    before = counts(database)
    for flushes in range(30):
        with breaking_after(flushes) as breaker:
            try:
                response = client.post(f"{path}/{action}", data=form | fields)
            except Broken:
                assert counts(database) == before, f"{action} broken behind flush {flushes + 1}"
                continue
        break
    assert response.status_code == 303, response.get_data(as_text=True)[:500]
    assert breaker.seen >= 1 and flushes >= 1, "nothing was broken"
    assert counts(database)["appeal_events"] == before["appeal_events"] + 1


def test_a_repeated_form_leads_where_the_first_did_and_acts_once(app, database, sign_in):
    """DUR-5."""
    with database.writing() as session:
        uid = Story(session).to(State.DISPATCHED).appeal.uid
    client = sign_in(Role.HANDLER, unit="市监局")
    path = f"/desk/appeals/{uid}"
    [one] = [tag for tag in client.soup(path).find_all("form") if str(tag.get("action", "")).endswith("/sign")]
    form = hidden_fields(one)
    answers = [client.post(f"{path}/sign", data=form) for _ in range(2)]
    after = counts(database)
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    client.post(f"{path}/sign", data=form)
    assert counts(database) == after
