"""Who sees which appeal: the one scope that every page, file, search and counter goes through (ACC-3, ACC-4)."""

import pytest

from models.accounts.commands import create_unit
from models.accounts.rules import is_related
from models.accounts.types import PUBLIC, Role, UnitKind
from models.appeals.queries import identity, may_see_identity, visible_appeal, visible_appeals
from models.appeals.types import AppealKind, State
from models.errors import NotFound
from tests.support.actors import actor
from tests.support.factories import VAULT, Story


@pytest.fixture
def tree(session):
    """One accused unit with a parent, a child, a sibling and a stranger whose id begins like the accused one's."""
    parent = create_unit(session, "父", "父单位", UnitKind.DEPARTMENT)
    accused = create_unit(session, "本", "本单位", UnitKind.DEPARTMENT, parent=parent)
    create_unit(session, "子", "子单位", UnitKind.DEPARTMENT, parent=accused)
    create_unit(session, "兄", "兄弟单位", UnitKind.DEPARTMENT, parent=parent)
    create_unit(session, "外", "无关单位", UnitKind.DEPARTMENT)
    people = {unit: actor(session, Role.HANDLER, unit=unit) for unit in ("父", "本", "子", "兄", "外")}
    return people | {"accused": accused}


def led_by(session, who, kind, against):
    """An appeal that this actor's unit leads, however it came there."""
    story = Story(session).to(State.HANDLING)
    story.appeal.lead_unit_id, story.appeal.kind, story.appeal.against_unit_id = who.unit_id, kind, against
    session.add(story.appeal)
    session.flush()
    return story.appeal


def sees(session, who, appeal) -> bool:
    by_list = appeal.id in {one.id for one in session.exec(visible_appeals(who)).all()}
    try:
        by_id = visible_appeal(session, who, appeal.uid) is appeal
    except NotFound:
        by_id = False
    assert by_list == by_id
    return by_id


@pytest.mark.parametrize(("unit", "expected"), [
    ("父", False), ("本", False), ("子", False), ("兄", True), ("外", True),
])
def test_a_report_is_hidden_from_the_accused_unit_and_from_those_above_and_below(session, tree, unit, expected):
    appeal = led_by(session, tree[unit], AppealKind.REPORT, tree["accused"].id)
    assert sees(session, tree[unit], appeal) == expected


@pytest.mark.parametrize("unit", ["父", "本", "子", "兄", "外"])
def test_a_complaint_is_seen_by_the_unit_that_leads_it(session, tree, unit):
    assert sees(session, tree[unit], led_by(session, tree[unit], AppealKind.COMPLAINT, tree["accused"].id))


@pytest.mark.parametrize("role", Role)
def test_another_units_appeal_is_seen_only_by_office_leaders_and_auditors(session, role):
    appeal = Story(session, unit="税务局").to(State.HANDLING).appeal
    expected = role in {Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR, Role.LEADER, Role.AUDITOR}
    assert sees(session, actor(session, role, unit="市监局"), appeal) == expected


def test_the_public_and_whoever_has_no_unit_sees_nothing(session):
    appeal = Story(session).appeal
    assert not sees(session, PUBLIC, appeal)
    assert not sees(session, actor(session, Role.HANDLER), appeal)


def test_paths_are_related_only_along_the_tree():
    assert is_related("/1/", "/1/7/") and is_related("/1/7/", "/1/") and is_related("/1/7/", "/1/7/")
    assert not is_related("/1/7/", "/1/70/") and not is_related("/1/7/", "/2/7/") and not is_related("", "/1/")


IDENTITY_SEEN = {Role.HANDLER, Role.APPROVER, Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("is_confidential", [False, True])
@pytest.mark.parametrize("kind", [AppealKind.COMPLAINT, AppealKind.REPORT])
def test_identity_opens_to_office_and_lead_unit_never_when_confidential(session, role, is_confidential, kind):
    """Domain.md §9. A report's author is not the unit's to know; leaders, auditors, administrators never."""
    appeal = Story(session, kind=kind, is_confidential=is_confidential).to(State.HANDLING).appeal
    who = actor(session, role, unit="市监局")
    expected = role in IDENTITY_SEEN and not is_confidential
    if kind is AppealKind.REPORT and role in {Role.HANDLER, Role.APPROVER}:
        expected = False
    assert may_see_identity(who, appeal) == expected
    assert (identity(session, VAULT, who, appeal) is not None) == expected


def test_a_unit_that_does_not_lead_never_opens_an_identity(session):
    appeal = Story(session, unit="税务局").to(State.HANDLING).appeal
    assert identity(session, VAULT, actor(session, Role.HANDLER, unit="市监局"), appeal) is None
