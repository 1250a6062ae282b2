"""One request, one transaction: looking changes nothing (WEB-4), a form sent again acts once (DUR-5)."""

from collections.abc import Iterator

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
