"""Standing in for somebody who is away: who may, for how long, what it gives, and nothing before and after."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from models.accounts import commands, queries, staff, substitutes
from models.accounts.lending import holders
from models.accounts.rules import is_mailbox, refused_span
from models.accounts.tables import Account, Substitution
from models.accounts.types import Actor, Role
from models.errors import NotFound, Refused
from tests.support import actors

NOW = datetime(2026, 11, 17, 2, 5, tzinfo=UTC)
DAY = timedelta(days=1)
TODAY = date(2026, 11, 17)


class Unit:
    """市监局: an approver, a handler, and whoever else is asked for."""

    def __init__(self, session):
        self.session = session
        self.approver = self.account(Role.APPROVER, name="王五")
        self.handler = self.account(Role.HANDLER, name="李四")

    def account(self, *roles, unit="市监局", name=""):
        return actors.account(self.session, *roles, unit=unit, name=name)

    def actor(self, account) -> Actor:
        return queries.actor_of(self.session, account)

    def name(self, absent=None, colleague=None, start=NOW, days=3):
        return substitutes.name(
            self.session, self.actor(absent or self.approver), (colleague or self.handler).uid,
            starts_at=start, ends_at=start + days * DAY, now=NOW,
        )

    def seen(self, account, now=NOW) -> Actor:
        """Who a request at that moment finds signed in."""
        token = commands.begin_session(self.session, account, now=now)
        found = queries.signed_in(self.session, commands.token_hash(token), now)
        return found.actor


@pytest.fixture
def unit(session):
    return Unit(session)


def refused(code, act):
    with pytest.raises(Refused) as caught:
        act()
    assert caught.value.code == code


def test_a_substitute_holds_the_role_beside_their_own_from_the_first_moment_to_the_last(unit):
    unit.name(start=NOW + DAY, days=2)
    second = timedelta(seconds=1)
    held = [unit.seen(unit.handler, now).roles for now in (NOW, NOW + DAY - second, NOW + DAY, NOW + 3 * DAY - second)]
    assert held == [{Role.HANDLER}, {Role.HANDLER}, {Role.HANDLER, Role.APPROVER}, {Role.HANDLER, Role.APPROVER}]
    assert unit.seen(unit.handler, NOW + 3 * DAY).roles == {Role.HANDLER}, "it ends by itself"


def test_what_is_lent_names_whose_it_is_and_is_none_of_ones_own(unit):
    unit.name()
    actor = unit.seen(unit.handler)
    assert (actor.own_roles, actor.lent) == ({Role.HANDLER}, {(Role.APPROVER, "王五")})
    assert actor.role_labels == ("经办人", "单位负责人（代王五）")
    assert actor.acting_by(frozenset({Role.APPROVER})).display_name == "李四（代王五）"
    assert actor.acting_by(frozenset({Role.HANDLER})) is actor
    assert actor.acting_by(frozenset({Role.HANDLER, Role.APPROVER})) is actor, "their own role suffices"
    assert actor.acting_by(frozenset({Role.DIRECTOR})) is actor


def test_a_role_that_both_hold_is_the_substitutes_own(unit):
    second = unit.account(Role.APPROVER)
    unit.name(colleague=second)
    assert unit.seen(second).lent == frozenset()


def test_the_absent_person_keeps_the_role(unit):
    unit.name()
    assert unit.seen(unit.approver).roles == {Role.APPROVER}
    told = {one.account_id for one in holders(unit.session, frozenset({Role.APPROVER}), NOW)}
    assert told == {unit.approver.id, unit.handler.id}, "notices go to both"
    later = {one.account_id for one in holders(unit.session, frozenset({Role.APPROVER}), NOW + 3 * DAY)}
    assert later == {unit.approver.id}


@pytest.mark.parametrize("role", [Role.CUSTODIAN, Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR, Role.HANDLER])
def test_some_roles_are_nobodys_to_stand_in_for(unit, role):
    absent = unit.account(role)
    assert substitutes.colleagues(unit.session, unit.actor(absent)) == []
    refused("no_colleague", lambda: unit.name(absent=absent))


@pytest.mark.parametrize("role", [Role.CUSTODIAN, Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR, Role.ENTERPRISE])
def test_whoever_watches_the_others_stands_in_for_none_of_them(unit, role):
    refused("no_colleague", lambda: unit.name(colleague=unit.account(role)))
    refused("no_colleague", lambda: unit.name(colleague=unit.account(Role.HANDLER, role)))


def test_only_a_lendable_role_goes_along(unit):
    """An approver who is also auditor lends the one, never the other."""
    both = unit.account(Role.APPROVER, Role.AUDITOR, name="兼任")
    unit.name(absent=both)
    assert unit.seen(unit.handler).roles == {Role.HANDLER, Role.APPROVER}


def test_not_oneself_nobody_of_another_unit_nobody_who_left(unit):
    gone = unit.account(Role.HANDLER)
    gone.is_active = False
    unit.session.flush()
    for one in (unit.approver, unit.account(Role.HANDLER, unit="税务局"), gone):
        refused("no_colleague", lambda one=one: unit.name(colleague=one))


def test_for_office_work_somebody_of_the_office_with_or_without_a_unit(unit):
    clerk, supervisor = unit.account(Role.CLERK, unit="市优办"), unit.account(Role.SUPERVISOR, unit="")
    assert {one.id for one in substitutes.colleagues(unit.session, unit.actor(clerk))} == {supervisor.id}
    unit.name(absent=clerk, colleague=supervisor)
    assert unit.seen(supervisor).roles == {Role.CLERK, Role.SUPERVISOR}


def test_no_chains_in_either_direction(unit):
    second = unit.account(Role.APPROVER, name="第二位")
    unit.name(colleague=second)
    refused("substitution_chain", lambda: unit.name(absent=second))
    other = Unit(unit.session)
    third = other.account(Role.APPROVER)
    other.name(absent=third)
    refused("substitution_chain", lambda: other.name(colleague=third))


def test_a_lent_role_is_not_lent_on(unit):
    unit.name()
    lent = unit.seen(unit.handler)
    assert substitutes.colleagues(unit.session, lent) == [], "the handler's own role is nobody's to stand in for"


def test_one_substitute_at_a_time_and_the_next_from_the_very_next_day(unit):
    unit.name(days=3)
    other = unit.account(Role.HANDLER)
    refused("substitution_overlaps", lambda: unit.name(colleague=other, start=NOW + 2 * DAY))
    unit.name(colleague=other, start=NOW + 3 * DAY)


def test_it_is_taken_back_by_the_absent_person_only(unit):
    made = unit.name()
    uid = made.substitution.uid
    for actor in (unit.actor(unit.handler), unit.actor(unit.account(Role.APPROVER))):
        with pytest.raises(NotFound):
            substitutes.take_back(unit.session, actor, uid, now=NOW)
    substitutes.take_back(unit.session, unit.actor(unit.approver), uid, now=NOW)
    assert unit.seen(unit.handler).roles == {Role.HANDLER}
    with pytest.raises(NotFound):
        substitutes.take_back(unit.session, unit.actor(unit.approver), uid, now=NOW)


@pytest.mark.parametrize("who", ["approver", "handler"])
@pytest.mark.parametrize("how", ["moved", "disabled"])
def test_it_ends_when_either_leaves_the_unit(unit, who, how):
    unit.name()
    boss = unit.actor(unit.account(Role.ADMINISTRATOR, unit=""))
    account = getattr(unit, who)
    if how == "disabled":
        staff.set_active(unit.session, boss, account, False, version=None, now=NOW)
        staff.set_active(unit.session, boss, account, True, version=None, now=NOW)
    else:
        elsewhere = queries.unit_by_name(unit.session, "税务局").id
        details = staff.details_of(unit.session, account)
        moved = staff.StaffDetails(details.display_name, details.roles, elsewhere)
        staff.edit_staff(unit.session, boss, account, moved, version=None, now=NOW)
    assert unit.seen(unit.handler).roles == {Role.HANDLER}
    assert [one.ended_at for one in unit.session.exec(select(Substitution)).all()] == [NOW]


def test_a_role_taken_from_the_absent_person_is_lent_no_more(unit):
    """Read at the request, not copied when it was named."""
    unit.name()
    row = unit.session.get_one(Account, unit.approver.id)
    row.is_active = False
    unit.session.flush()
    assert unit.seen(unit.handler).roles == {Role.HANDLER}


@pytest.mark.parametrize(("first", "last", "code"), [
    (0, 0, None), (0, 59, None), (0, 60, "absence_too_long"), (-1, 3, "absence_in_past"), (3, 2, "absence_ends_before"),
    (330, 365, None), (330, 366, "absence_too_far"),
])  # fmt: skip
def test_an_absence_has_a_first_and_a_last_day_and_sixty_at_most(first, last, code):
    assert refused_span(TODAY + first * DAY, TODAY + last * DAY, TODAY) == code


@pytest.mark.parametrize(("text", "is_good"), [
    ("zhang@yuanjiang.gov.cn", True), ("a.b+c_d%e-f@x-y.example", True), ("Zhang@X.CN", True), ("", False),
    ("zhang", False), ("zhang@localhost", False), ("张@yuanjiang.gov.cn", False), ("a b@x.cn", False),
    ("a@x.cn\nBcc: b@x.cn", False), ("a@x.cn,b@x.cn", False), ("<a@x.cn>", False), ("a@-x.cn", False),
    ("a@x..cn", False), ("a" * 65 + "@x.cn", False), ("a@" + "x." * 70 + "cn", False),
])  # fmt: skip
def test_an_address_has_the_shape_of_one(text, is_good):
    assert is_mailbox(text) is is_good
