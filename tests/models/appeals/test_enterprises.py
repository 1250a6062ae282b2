"""Enterprise accounts: one for each credit code however spelt, colleagues by one-time code, and a list on which an
appeal comes by filing or by number and code, never by a credit code that somebody typed.
"""

from datetime import timedelta

import pytest
from sqlmodel import select

from models.accounts.queries import actor_of
from models.accounts.staff import set_active
from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals import enterprise_queries as queries
from models.appeals import enterprises
from models.appeals.enterprise_tables import Enterprise, EnterpriseInvitation, EnterpriseMember
from models.appeals.enterprises import NewPerson
from models.appeals.queries import by_number, visible_appeal
from models.appeals.types import AppellantKind
from models.appeals.vault import Identity
from models.audit.tables import AuditRow
from models.errors import NotFound, Refused
from tests.support import actors
from tests.support.enterprises import CODE, OTHER_CODE, enterprise, member, person
from tests.support.factories import MORNING, VAULT, Story

PEPPER = b"p" * 32
PASSWORD = "芦苇荡里的三只白鹭飞"


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch):
    monkeypatch.setattr("models.accounts.commands.hash_password", lambda password: actors.UNUSABLE_HASH)


def someone(username: str, name: str = "苏堃") -> NewPerson:
    return NewPerson(username, PASSWORD, name, "13873712345")


def register(session, username: str = "luhua", code: str = CODE) -> Account:
    company = Identity(enterprise_name="沅江市芦花香食品有限公司", credit_code=code)
    return enterprises.register(session, VAULT, company, someone(username), now=MORNING)


def join(session, code: str, username: str, now=MORNING) -> Account:
    return enterprises.join(
        session, VAULT, enterprises.invitation_hash(PEPPER, code), someone(username, "欧阳明"), now=now,
    )


def invite(session, account: Account, now=MORNING) -> str:
    return enterprises.invite(session, PEPPER, member(session, account), now=now)


def sees(session, account: Account, appeal) -> bool:
    try:
        return visible_appeal(session, actor_of(session, account), appeal.uid) is appeal
    except NotFound:
        return False


@pytest.mark.parametrize("spelling", [
    CODE, CODE.lower(), f" {CODE[:8]} {CODE[8:]} ", f"{CODE[:9]}-{CODE[9:]}", "９１４３０９８１ＭＡ４Ｌ００００１９",
])
def test_another_spelling_of_the_code_is_the_same_enterprise(session, spelling):
    register(session)
    assert queries.is_registered(session, VAULT, spelling)
    with pytest.raises(Refused, match="enterprise_registered"):
        register(session, "second", spelling)


def test_an_account_is_of_the_enterprise_role_and_names_nobody(session):
    account = register(session)
    actor = actor_of(session, account)
    assert actor.roles == {Role.ENTERPRISE} and actor.unit_id is None and account.display_name == "企业用户"
    found = member(session, account)
    assert queries.enterprise_identity(session, VAULT, found).enterprise_name == "沅江市芦花香食品有限公司"
    assert queries.own_contact(session, VAULT, found).name == "苏堃"


def test_an_enterprise_with_nobody_left_makes_room_and_the_newcomer_sees_nothing_of_the_old_list(session):
    first = register(session)
    appeal = Story(session).appeal
    enterprises.link(session, member(session, first), appeal, how="file", now=MORNING)
    set_active(session, actors.actor(session, Role.ADMINISTRATOR), first, False, version=None, now=MORNING)
    assert not queries.is_registered(session, VAULT, CODE)
    second = register(session, "second")
    assert not sees(session, second, appeal)
    assert len(session.exec(select(Enterprise)).all()) == 2


def test_a_freed_code_goes_to_the_rightful_enterprise_and_leaves_the_squatter_nothing(session):
    """Credit codes are public and nobody proves that one is theirs."""
    squatter = register(session)
    colleague, code = join(session, invite(session, squatter), "second"), invite(session, squatter)
    appeal = Story(session).appeal
    enterprises.link(session, member(session, squatter), appeal, how="file", now=MORNING)
    found = queries.holder(session, VAULT, f" {CODE.lower()} ")
    closed = enterprises.free(session, VAULT, found.uid, credit_code=CODE, now=MORNING)
    assert set(closed) == {squatter.uid, colleague.uid}
    rightful = register(session, "rightful")
    for account in (squatter, colleague):
        assert not account.is_active and queries.membership(session, actor_of(session, account)) is None
        set_active(session, actors.actor(session, Role.ADMINISTRATOR), account, True, version=None, now=MORNING)
        assert queries.membership(session, actor_of(session, account)) is None, "opened again, it belongs nowhere"
    with pytest.raises(Refused, match="invitation_invalid"):
        join(session, code, "third")
    assert not sees(session, rightful, appeal) and not sees(session, squatter, appeal)
    assert by_number(session, appeal.number) is appeal, "number and receipt code lead there as before"
    assert enterprises.link(session, member(session, rightful), appeal, how="add", now=MORNING)


def test_only_the_code_itself_frees_a_registration_and_only_once(session):
    register(session)
    uid = queries.holder(session, VAULT, CODE).uid
    for other in (OTHER_CODE, ""):
        with pytest.raises(Refused, match="other_credit_code"):
            enterprises.free(session, VAULT, uid, credit_code=other, now=MORNING)
    enterprises.free(session, VAULT, uid, credit_code=CODE, now=MORNING)
    assert queries.holder(session, VAULT, CODE) is None and queries.holder(session, VAULT, "") is None
    with pytest.raises(NotFound):
        enterprises.free(session, VAULT, uid, credit_code=CODE, now=MORNING)


def test_a_code_in_everybodys_hands_puts_no_appeal_on_the_list(session):
    """An employee filed in confidence and typed the code: the colleagues are not shown it."""
    account = register(session)
    secret = Story(
        session, appellant_kind=AppellantKind.ENTERPRISE, is_confidential=True,
        identity=Identity(name="刘镕", phone="13873710000", enterprise_name="沅江市芦花香食品厂", credit_code=CODE),
    ).appeal
    assert not sees(session, account, secret)


def test_colleagues_see_the_same_list_and_others_nothing_of_it(session):
    company, stranger = enterprise(session), person(session, enterprise(session, code=OTHER_CODE))
    one, two = person(session, company), person(session, company)
    appeal = Story(session).appeal
    assert enterprises.link(session, member(session, one), appeal, how="file", now=MORNING)
    assert not enterprises.link(session, member(session, two), appeal, how="add", now=MORNING), "it is there already"
    assert sees(session, one, appeal) and sees(session, two, appeal) and not sees(session, stranger, appeal)


def test_two_enterprises_may_hold_number_and_code_of_one_appeal(session):
    one = person(session, enterprise(session))
    two = person(session, enterprise(session, code=OTHER_CODE))
    appeal = Story(session).appeal
    assert all(enterprises.link(session, member(session, who), appeal, how="add", now=MORNING) for who in (one, two))


# ---------------------------------------------------------------- invitations


def test_a_code_lets_one_colleague_in_once(session):
    first = register(session)
    code = invite(session, first)
    second = join(session, code, "second")
    assert {one.name for one in queries.colleagues(session, VAULT, member(session, first))} == {"苏堃", "欧阳明"}
    assert member(session, second).enterprise_id == member(session, first).enterprise_id
    with pytest.raises(Refused, match="invitation_invalid"):
        join(session, code, "third")


def test_the_code_itself_is_stored_nowhere(session):
    code = invite(session, register(session))
    row = session.exec(select(EnterpriseInvitation)).one()
    assert code not in row.token_hash and len(row.token_hash) == 64
    assert row.token_hash != enterprises.invitation_hash(b"q" * 32, code), "keyed with what lies outside the database"


def test_after_seven_days_a_code_lets_nobody_in(session):
    code = invite(session, register(session))
    assert queries.is_invited(session, enterprises.invitation_hash(PEPPER, code), MORNING + timedelta(days=6, hours=23))
    with pytest.raises(Refused, match="invitation_invalid"):
        join(session, code, "second", now=MORNING + timedelta(days=7))


def test_a_code_taken_back_lets_nobody_in(session):
    first = register(session)
    code, mine = invite(session, first), member(session, first)
    (row,) = queries.open_invitations(session, mine, MORNING)
    enterprises.revoke(session, mine, row.uid, now=MORNING)
    with pytest.raises(Refused, match="invitation_invalid"):
        join(session, code, "second")
    with pytest.raises(NotFound):
        enterprises.revoke(session, mine, row.uid, now=MORNING)


@pytest.mark.parametrize("how", ["removed", "left", "disabled"])
def test_codes_of_somebody_who_is_out_let_nobody_in(session, how):
    """Who is removed does not come back by the own invitation."""
    company = enterprise(session)
    boss, gone = person(session, company), person(session, company)
    code = invite(session, gone)
    out = {
        "removed": lambda: enterprises.remove(session, member(session, boss), gone.uid, now=MORNING),
        "left": lambda: enterprises.leave(session, member(session, gone), now=MORNING),
        "disabled": lambda: set_active(
            session, actors.actor(session, Role.ADMINISTRATOR), gone, False, version=None, now=MORNING
        ),
    }
    out[how]()
    with pytest.raises(Refused, match="invitation_invalid"):
        join(session, code, "second")


def test_ten_codes_wait_at_most_and_thirty_people_are_enough(session, monkeypatch):
    first = register(session)
    codes = [invite(session, first) for _ in range(enterprises.MOST_INVITATIONS)]
    with pytest.raises(Refused, match="too_many_invitations"):
        invite(session, first)
    monkeypatch.setattr(enterprises, "MOST_COLLEAGUES", 2)
    join(session, codes[0], "second")
    with pytest.raises(Refused, match="too_many_colleagues"):
        join(session, codes[1], "third")


@pytest.mark.parametrize("username", ["luhua", "LuHua"])
def test_a_username_is_given_once_in_any_case_of_letters(session, username):
    code = invite(session, register(session))
    with pytest.raises(Refused, match="username_taken"):
        join(session, code, username)


# ---------------------------------------------------------------- going


@pytest.mark.parametrize("how", ["remove", "leave"])
def test_who_goes_is_forgotten_and_shut_out(session, how):
    company = enterprise(session)
    boss, gone = person(session, company), person(session, company, name="要走的人")
    appeal = Story(session).appeal
    enterprises.link(session, member(session, gone), appeal, how="file", now=MORNING)
    if how == "remove":
        enterprises.remove(session, member(session, boss), gone.uid, now=MORNING)
    else:
        enterprises.leave(session, member(session, gone), now=MORNING)
    assert session.get(EnterpriseMember, gone.id) is None and not gone.is_active
    assert not sees(session, gone, appeal) and sees(session, boss, appeal)
    gone.is_active = True  # however it came to be opened again
    assert not sees(session, gone, appeal)


def test_nobody_removes_themselves_or_somebody_of_another_enterprise(session):
    one, two = person(session, enterprise(session)), person(session, enterprise(session, code=OTHER_CODE))
    with pytest.raises(Refused, match="leave_instead"):
        enterprises.remove(session, member(session, one), one.uid, now=MORNING)
    with pytest.raises(NotFound):
        enterprises.remove(session, member(session, one), two.uid, now=MORNING)
    with pytest.raises(NotFound):
        enterprises.remove(session, member(session, one), "0" * 32, now=MORNING)


def test_every_act_is_in_the_log_and_names_nobody(session):
    first = register(session)
    code = invite(session, first)
    second = join(session, code, "second")
    mine = member(session, first)
    enterprises.change_contact(session, VAULT, mine, name="新姓名", phone="13800000001", now=MORNING)
    invite(session, first)
    (row,) = queries.open_invitations(session, mine, MORNING)
    enterprises.revoke(session, mine, row.uid, now=MORNING)
    appeal = Story(session).appeal
    enterprises.link(session, mine, appeal, how="file", now=MORNING)
    enterprises.remove(session, mine, second.uid, now=MORNING)
    enterprises.leave(session, mine, now=MORNING)
    session.flush()
    rows = [one for one in session.exec(select(AuditRow).order_by("seq")) if one.action.startswith("enterprise.")]
    assert [one.action.removeprefix("enterprise.") for one in rows] == [
        "register", "invite", "join", "contact", "invite", "revoke", "file", "remove", "leave",
    ]
    told = repr([(one.object_id, one.facts) for one in rows])
    assert not [word for word in ("苏堃", "欧阳明", "新姓名", "138", CODE, "芦花", code) if word in told]
    assert {one.actor_id for one in rows} == {first.id, second.id}


def test_reprs_that_tracebacks_print_show_nobody(session):
    account = register(session)
    (colleague,) = queries.colleagues(session, VAULT, member(session, account))
    assert "苏堃" not in repr(colleague) and "苏堃" not in repr(someone("x")) and PASSWORD not in repr(someone("x"))
