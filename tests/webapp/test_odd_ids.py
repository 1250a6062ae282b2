"""Ids that no row has, in addresses and forms: the answer is that of what is not there, on both engines (INP-2, 3).

PostgreSQL takes no NUL in a text and no number beyond its column; SQLite takes both, so these also run with
`--engine postgres`.
"""

import re

import pytest
from flask.testing import FlaskClient
from sqlmodel import col, select

from models.accounts.types import Role
from models.appeals.types import State
from models.audit.tables import AuditRow
from tests.support.factories import Story
from tests.support.page import hidden_fields

NOTHING = "0" * 32
ODD = ("%00", "a%00b", "0" * 31, "0" * 33, "Z" * 32, "9" * 300, "%F0%9F%98%80")
KEY = "k" * 24
PLACES = {
    "/desk/appeals/{}": (Role.HANDLER, "市监局"),
    "/desk/assist/{}": (Role.HANDLER, "市监局"),
    "/office/appeals/{}": (Role.DIRECTOR, "市优办"),
    "/office/triage/{}": (Role.DIRECTOR, "市优办"),
    "/admin/accounts/{}": (Role.ADMINISTRATOR, ""),
    "/admin/enterprise-accounts/{}": (Role.ADMINISTRATOR, ""),
    "/admin/enterprises/{}": (Role.ADMINISTRATOR, ""),
    "/enterprise/appeals/{}": (Role.ENTERPRISE, ""),
    "/custody/{}": (Role.CUSTODIAN, ""),
}
CHANGING = re.compile(r'(name="(?:csrf_token|submission_key|next)"[^>]*value=")[^"]*')


def sent_to(client, path: str, **kwargs):
    """Without the look at the page: the way back to it in its head names the address as it was typed."""
    return FlaskClient.open(client, path, **kwargs)


def token(client, page: str) -> str:
    return client.soup(page).find("input", {"name": "csrf_token"})["value"]


@pytest.mark.parametrize("path", PLACES)
def test_an_id_of_another_shape_is_as_absent_as_one_that_nothing_has(database, sign_in, path):
    role, unit = PLACES[path]
    client = sign_in(role, unit=unit)
    pages = set()
    for uid in (NOTHING, *ODD):
        answer = sent_to(client, path.format(uid))
        assert answer.status_code == 404, uid
        pages.add(CHANGING.sub(r"\1", answer.get_data(as_text=True)))
    assert len(pages) == 1
    with database.reading() as session:
        rows = session.exec(select(AuditRow).where(col(AuditRow.action) == "denied")).all()
    assert [row.object_id for row in rows] == [NOTHING] + [""] * len(ODD), "each leaves its trace, none what was typed"


@pytest.mark.parametrize("path", ["/slips/%00/print", "/filters/desk/%00/rename", "/desk/appeals/%00/sign"])
def test_a_form_sent_to_such_an_address_too(sign_in, path):
    client = sign_in(Role.HANDLER, unit="市监局")
    sent = {"csrf_token": token(client, "/account"), "submission_key": KEY, "name": "x"}
    assert sent_to(client, path, method="POST", data=sent).status_code == 404


def test_a_stranger_learns_nothing_from_the_shape(client):
    assert client.get("/desk/appeals/%00").status_code == client.get(f"/desk/appeals/{NOTHING}").status_code == 303
    assert client.get("/desk/appeals/%00/files/%00").status_code == 303


def test_a_file_of_another_shape_is_not_there(session, sign_in):
    uid = Story(session, unit="市监局").to(State.HANDLING).appeal.uid
    session.commit()
    client = sign_in(Role.HANDLER, unit="市监局")
    assert sent_to(client, f"/desk/appeals/{uid}/files/%00").status_code == 404


def test_every_id_in_an_address_is_called_so(app):
    """What the check goes by: a new argument is an id and ends in `uid`, or is listed here with who judges it."""
    others = {"filename", "place", "audience", "name", "code", "number", "kind", "token", "question"}
    named = {argument for rule in app.url_map.iter_rules() for argument in rule.arguments}
    assert {name for name in named if not name.endswith("uid")} <= others


def test_the_next_to_triage_behind_an_odd_id_is_the_first(session, sign_in):
    Story(session)
    session.commit()
    client = sign_in(Role.DIRECTOR, unit="市优办")
    first = client.get("/office/triage?after=")
    for odd in ODD:
        answer = client.get(f"/office/triage?after={odd}")
        assert (answer.status_code, answer.headers.get("Location")) == (
            first.status_code, first.headers.get("Location"),
        )


@pytest.mark.parametrize(("role", "path", "page"), [
    (Role.HANDLER, "/desk/sign", "/desk"), (Role.APPROVER, "/desk/assign", "/desk"),
    (Role.DIRECTOR, "/office/dispatch", "/office"),
])
@pytest.mark.parametrize("step", ["", "check", "go", "assign"])
def test_odd_ids_picked_in_a_list_are_no_pick(sign_in, role, path, page, step):
    client = sign_in(role, unit="市监局" if page == "/desk" else "市优办")
    sent = {
        "csrf_token": token(client, "/account"), "submission_key": KEY, "step": step, "appeal": ["\0", "x" * 99],
        "row": ["\0"], "version-\0": "1", "unit-\0": "市监局", "colleague": "1",
    }
    answer = client.post(path, data=sent)
    assert answer.status_code == 303
    assert "请先勾选" in client.get(answer.headers["Location"]).get_data(as_text=True)


def test_a_user_name_with_what_nobody_can_see_comes_back_without_it(client):
    answer = client.send("/login", {"username": "li\0zi", "password": "x\0y"})
    assert answer.status_code == 422
    assert 'value="lizi"' in answer.get_data(as_text=True) and "看不见的特殊字符" in answer.get_data(as_text=True)


@pytest.mark.parametrize("use", [
    "0:999999999999999:999999999999999", "0:1:2147483648", "0:2147483648:1", f"0:{'9' * 300}:1",
])
def test_numbers_beyond_every_column_name_no_earlier_reply(session, sign_in, use):
    uid = Story(session, unit="市监局").to(State.HANDLING).appeal.uid
    session.commit()
    client = sign_in(Role.HANDLER, unit="市监局")
    page = f"/desk/appeals/{uid}/reply"
    form = hidden_fields(client.soup(page).find("form", id="reply-form") or client.soup(page).find("main").form)
    answer = client.post(f"/desk/appeals/{uid}/reuse", data={**form, "use": use})
    assert answer.status_code == 404


def test_a_demand_beyond_every_column_is_no_demand(session, sign_in):
    appeal = Story(session, unit="市监局").to(State.HANDLING).appeal
    uid, version = appeal.uid, appeal.version
    session.commit()
    client = sign_in(Role.HANDLER, unit="市监局")
    sent = {
        "csrf_token": token(client, "/account"), "submission_key": KEY, "version": str(version),
        "entries-0-demand_id": "999999999999999", "entries-0-facts": "x", "step": "propose",
    }
    assert client.post(f"/desk/appeals/{uid}/reply", data=sent).status_code == 422
    del sent["step"]
    assert client.post(f"/desk/appeals/{uid}/reply", data=sent).status_code == 422


@pytest.mark.parametrize(("role", "unit", "path"), [
    (Role.HANDLER, "市监局", "/desk"), (Role.DIRECTOR, "市优办", "/office/appeals"), (Role.ADMINISTRATOR, "", "/admin"),
    (Role.ENTERPRISE, "", "/enterprise"), (Role.HANDLER, "市监局", "/slips"),
])
def test_words_to_look_for_may_hold_anything(sign_in, role, unit, path):
    client = sign_in(role, unit=unit)
    for words in ("%00", "a%00b", "%01%1b", "%ed%a0%80", "%ff", "%e2%80%ae"):
        assert client.get(f"{path}?q={words}").status_code == 200, words


@pytest.mark.parametrize(("role", "unit", "place"), [
    (Role.HANDLER, "市监局", "desk"), (Role.DIRECTOR, "市优办", "office"),
])
def test_a_filter_with_such_words_can_be_saved(sign_in, role, unit, place):
    client = sign_in(role, unit=unit)
    sent = {"csrf_token": token(client, "/account"), "submission_key": KEY, "name": "常用", "query": "q=%00a%00"}
    assert sent_to(client, f"/filters/{place}", method="POST", data=sent).status_code in (200, 303, 404)
