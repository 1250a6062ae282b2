"""SES-1: a hundred captured cookies, replayed after each act that ends sign-ins. None is accepted."""

import pytest
from flask.testing import FlaskClient

from models.accounts.commands import begin_session
from models.accounts.passwords import hash_password
from models.accounts.staff_list import live_sessions
from models.accounts.tables import Account
from models.accounts.types import Role
from tests.support import enterprises
from webapp import clock

OLD, NEW = "湘江北去橘子洲头看万山", "漫江碧透百舸争流鹰击长空"
HUNDRED = 100


def captured(database, account: Account) -> list[str]:
    with database.writing() as session:
        return [begin_session(session, account, now=clock.now()) for _ in range(HUNDRED)]


def accepted(app, tokens: list[str]) -> int:
    """How many of these cookies still open the account's own page."""
    found = 0
    for token in tokens:
        client = FlaskClient(app)  # the page itself is checked elsewhere: two thousand are fetched here
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        found += client.get("/account").status_code == 200
    return found


def act_by_admin(action: str | None, fields: dict[str, object] | None = None):
    def act(admin, colleague, sign_in):
        response = admin.send(f"/admin/accounts/{colleague.uid}", fields or {}, action=action or colleague.uid)
        assert response.status_code in (200, 303), response.get_data(as_text=True)[:500]

    return act


def change_role(admin, colleague, sign_in):
    """In the same unit."""
    fields = {"display_name": "张经办", "unit": str(colleague.unit_id), "roles": ["approver"]}
    act_by_admin(None, fields)(admin, colleague, sign_in)


def change_unit(admin, colleague, sign_in):
    """With the same role."""
    other = next(one["value"] for one in admin.soup(f"/admin/accounts/{colleague.uid}").select("#unit option")
                 if one["value"] not in ("", str(colleague.unit_id)))
    fields = {"display_name": "张经办", "unit": other, "roles": ["handler"]}
    act_by_admin(None, fields)(admin, colleague, sign_in)


def change_password(admin, colleague, sign_in):
    fields = {"current": OLD, "password": NEW, "repeated": NEW}
    assert sign_in(account=colleague).send("/password", fields).status_code == 303


def disable_and_enable(admin, colleague, sign_in):
    """The account is in use again; who was signed in before it was disabled is not."""
    act_by_admin("/disable")(admin, colleague, sign_in)
    act_by_admin("/enable")(admin, colleague, sign_in)


ACTS = {
    "disabling": act_by_admin("/disable"),
    "disabling and enabling": disable_and_enable,
    "a role change": change_role,
    "a unit change": change_unit,
    "a password reset": act_by_admin("/password"),
    "a sign-out everywhere": act_by_admin("/sign-out"),
    "a password change": change_password,
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_no_cookie_outlives(app, admin, colleague, sign_in, database, act):
    with database.writing() as session:
        row = session.get(Account, colleague.id)
        row.password_hash = hash_password(OLD)
        session.add(row)
    tokens = captured(database, colleague)
    assert accepted(app, tokens) == len(set(tokens)) == HUNDRED
    act(admin, colleague, sign_in)
    assert accepted(app, tokens) == 0


def test_no_cookie_outlives_its_own_sign_out(app, sign_in, database):
    clients = [sign_in(Role.CLERK) for _ in range(HUNDRED)]
    tokens = []
    for client in clients:
        with client.session_transaction() as cookie:
            tokens.append(cookie["_user_id"])
        assert accepted(app, tokens[-1:]) == 1
        token = client.soup("/account").find("input", attrs={"name": "csrf_token"})["value"]
        assert client.post("/logout", data={"csrf_token": token}).status_code == 303
    assert accepted(app, tokens) == 0 and len(set(tokens)) == HUNDRED


def test_no_cookie_outlives_its_place_in_an_enterprise(app, sign_in, database):
    """Removed by a colleague, and going by oneself."""
    with database.writing() as session:
        company = enterprises.enterprise(session)
        stays, removed, leaves = (enterprises.person(session, company) for _ in range(3))
    hundreds = [captured(database, one) for one in (removed, leaves)]
    assert [accepted(app, tokens[:3]) for tokens in hundreds] == [3, 3]
    path = f"/enterprise/people/{removed.uid}/remove"
    assert sign_in(account=stays).send("/enterprise/people", action=path).status_code == 303
    answer = sign_in(account=leaves).send("/enterprise/people", {"confirmed": "y"}, action="/leave")
    assert answer.status_code == 303
    assert [accepted(app, tokens) for tokens in hundreds] == [0, 0]


def test_ending_the_other_devices_keeps_this_one(app, sign_in, colleague, database):
    client = sign_in(account=colleague)
    tokens = captured(database, colleague)
    assert "本机" in client.soup("/account").find("main").get_text()
    assert client.send("/account", action="/end").status_code == 303
    assert accepted(app, tokens) == 0
    assert client.get("/account").status_code == 200
    with database.reading() as session:
        assert len(live_sessions(session, colleague.id, clock.now())) == 1
