"""What an entry may say, who may change it (附件2 articles 4 to 8), and the days on which reports are due."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from models.accounts.types import Actor, Role, UnitKind
from models.errors import Refused
from models.supervision import work_error_rules as rules
from models.supervision.work_error_periods import Period, containing, named, recent
from models.supervision.work_error_types import (
    CLAUSES,
    CONSEQUENCES,
    GRADE_LABELS,
    GRADE_TEXTS,
    HAPPENED_LABELS,
    REVOKE_LABELS,
    SOURCE_LABELS,
    Circumstance,
    Entry,
    Event,
    Finding,
    Grade,
    Happened,
    Recipient,
    RevokeReason,
    Source,
    Status,
)
from models.workdays.shipped import shipped_calendar

TODAY = date(2026, 11, 17)
NOW = datetime(2026, 11, 17, 2, tzinfo=UTC)
PLAIN = Finding(TODAY, "会议通知把地点写错，当天发现并更正。", Source.OWN_CHECK, Grade.SLIGHT)


def finding(**changes: object) -> Finding:
    return replace(PLAIN, **changes)  # type: ignore[arg-type]


def codes(one: Finding) -> dict[str, str]:
    return {field: code for field, (code, _) in rules.problems(one, TODAY).items()}


def test_every_word_has_its_label() -> None:
    assert set(GRADE_LABELS) == set(GRADE_TEXTS) == set(CONSEQUENCES) == set(Grade)
    assert set(SOURCE_LABELS) == set(Source) and set(CLAUSES) == set(Circumstance)
    assert set(REVOKE_LABELS) == set(RevokeReason) and set(HAPPENED_LABELS) == set(Happened)


@pytest.mark.parametrize("one", [one for one in Circumstance if CLAUSES[one].grade is not None])
@pytest.mark.parametrize("grade", Grade)
def test_a_circumstance_of_articles_7_and_8_makes_the_grade(one: Circumstance, grade: Grade) -> None:
    """Below what it makes of the error the grade is refused; above it the form wants what makes it graver."""
    made = Grade.LARGER if one.value.startswith("7") else Grade.SERIOUS
    said = codes(finding(source=Source.OTHER, circumstances=(one,), grade=grade, basis="研究确定。"))
    if rules.RANK[grade] < rules.RANK[made]:
        assert said == {"grade": "work_error_grade_too_low"}
    elif grade is made:
        assert said == {}
    else:
        assert said == {"circumstances": "work_error_grade_needs"}


@pytest.mark.parametrize("grade", [Grade.LARGER, Grade.SERIOUS])
def test_a_grave_grade_without_a_circumstance_is_refused(grade: Grade) -> None:
    assert codes(finding(grade=grade)) == {"circumstances": "work_error_grade_needs"}


def test_the_gravest_of_several_circumstances_decides() -> None:
    both = (Circumstance.ART_7_3, Circumstance.ART_8_4)
    assert codes(finding(source=Source.INSPECTION, circumstances=both, grade=Grade.LARGER)) == {
        "grade": "work_error_grade_too_low"
    }
    assert codes(finding(source=Source.INSPECTION, circumstances=both, grade=Grade.SERIOUS)) == {}


@pytest.mark.parametrize("source", [Source.PETITION, Source.ONLINE, Source.APPEAL])
def test_a_complaint_proven_true_is_at_least_larger_and_grave_ones_are_serious(source: Source) -> None:
    made_good, grave = (Circumstance.ART_7_4,), (Circumstance.ART_8_5,)
    for grade in (Grade.SLIGHT, Grade.GENERAL):
        assert codes(finding(source=source, grade=grade)) == {"circumstances": "work_error_source_needs"}
        assert codes(finding(source=source, grade=grade, circumstances=made_good)) == {
            "grade": "work_error_grade_too_low"
        }
    assert codes(finding(source=source, grade=Grade.LARGER, circumstances=made_good)) == {}
    assert codes(finding(source=source, grade=Grade.LARGER, circumstances=grave)) == {
        "grade": "work_error_grade_too_low"
    }
    assert codes(finding(source=source, grade=Grade.SERIOUS, circumstances=grave)) == {}


def test_what_came_to_light_beside_an_unproven_complaint_may_be_slight() -> None:
    untrue = (Circumstance.UNPROVEN,)
    assert codes(finding(source=Source.PETITION, circumstances=untrue)) == {}
    assert codes(finding(source=Source.OWN_CHECK, circumstances=untrue)) == {
        "circumstances": "work_error_nothing_reflected"
    }
    both = (Circumstance.ART_7_4, Circumstance.UNPROVEN)
    assert codes(finding(source=Source.PETITION, circumstances=both, grade=Grade.LARGER)) == {
        "circumstances": "work_error_true_and_untrue"
    }


@pytest.mark.parametrize(("source", "one", "grade"), [
    (Source.CITY_NOTICE, Circumstance.ART_7_1, Grade.LARGER),
    (Source.PROVINCE_NOTICE, Circumstance.ART_8_1, Grade.SERIOUS),
    (Source.CITY_OFFICES_NOTICE, Circumstance.ART_8_2, Grade.SERIOUS),
    (Source.LEADERS, Circumstance.ART_8_3, Grade.SERIOUS),
])
def test_a_notice_or_a_leaders_word_is_its_own_circumstance(source: Source, one: Circumstance, grade: Grade) -> None:
    assert codes(finding(source=source)) == {"circumstances": "work_error_source_needs"}
    assert codes(finding(source=source, circumstances=(one,), grade=grade)) == {}


@pytest.mark.parametrize(("one", "grade", "code"), [
    (Circumstance.ART_7_5, Grade.LARGER, "work_error_basis_missing"),
    (Circumstance.ART_8_6, Grade.SERIOUS, "work_error_decision_missing"),
])
def test_what_is_only_other_says_why_or_who_decided_it(one: Circumstance, grade: Grade, code: str) -> None:
    said = finding(circumstances=(one,), grade=grade)
    assert codes(said) == {"basis": code}
    assert codes(replace(said, basis="经市委办会同市委组织部、市政府办研究确定。")) == {}


@pytest.mark.parametrize(("day", "code"), [
    (date(2026, 11, 18), "work_error_in_future"), (date(2023, 11, 1), "work_error_long_ago"),
])
def test_the_day_is_neither_ahead_nor_years_ago(day: date, code: str) -> None:
    assert codes(finding(occurred_on=day)) == {"occurred_on": code}
    with pytest.raises(Refused, match=code):
        rules.require(finding(occurred_on=day), TODAY)


# ---------------------------------------------------------------- who

OFFICE_PATH, UNIT_PATH = "/9/", "/1/"


def actor(id_: int, *roles: Role, path: str = OFFICE_PATH, unit_id: int = 9) -> Actor:
    return Actor(id_, "某人", frozenset(roles), unit_id, "市优办", path, UnitKind.OFFICE)


def entry(registrar: int = 1, role: Role = Role.SUPERVISOR, **changes: object) -> Entry:
    made = Entry(PLAIN, Status.REGISTERED, registrar, role, NOW, False, 1)
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_second_person_revokes_and_it_is_the_director_where_a_supervisor_registered() -> None:
    assert rules.refused_to_revoke(actor(1, Role.SUPERVISOR), entry()) == "work_error_second_person"
    assert rules.refused_to_revoke(actor(1, Role.DIRECTOR), entry()) == "work_error_second_person"
    assert rules.refused_to_revoke(actor(2, Role.SUPERVISOR), entry()) == "work_error_director_decides"
    assert rules.refused_to_revoke(actor(2, Role.DIRECTOR), entry()) is None
    assert rules.refused_to_revoke(actor(2, Role.SUPERVISOR), entry(role=Role.DIRECTOR)) is None
    assert rules.refused_to_revoke(actor(2, Role.DIRECTOR), entry(status=Status.REVOKED)) == "work_error_revoked"


def test_a_lighter_grade_needs_the_same_second_person_a_graver_one_does_not() -> None:
    general = entry(finding=finding(grade=Grade.GENERAL))
    supervisor = actor(1, Role.SUPERVISOR)
    assert rules.refused_to_change(supervisor, general, finding(grade=Grade.SLIGHT)) == "work_error_second_person"
    assert rules.refused_to_change(actor(2, Role.DIRECTOR), general, finding(grade=Grade.SLIGHT)) is None
    assert rules.refused_to_change(supervisor, entry(), finding(grade=Grade.GENERAL)) is None
    assert rules.refused_to_change(supervisor, entry(), finding(content="写清楚一些。")) is None
    assert rules.refused_to_change(supervisor, entry(), PLAIN) == "work_error_unchanged"


def test_nobody_keeps_the_account_of_their_own_unit_or_its_kin() -> None:
    for path in (UNIT_PATH, "/1/7/", "/"):
        own = actor(3, Role.SUPERVISOR, path=path, unit_id=1)
        assert rules.refused_to_keep(own, UNIT_PATH) == "work_error_own_unit"
    assert rules.refused_to_keep(actor(3, Role.SUPERVISOR), UNIT_PATH) is None
    assert rules.refused_to_keep(actor(3, Role.CLERK, Role.AUDITOR), UNIT_PATH) == "not_your_role"


def test_a_unit_answers_once_by_its_head() -> None:
    head = actor(4, Role.APPROVER, path=UNIT_PATH, unit_id=1)
    assert rules.refused_to_answer(head, 1, entry()) is None
    assert rules.refused_to_answer(replace(head, roles=frozenset({Role.HANDLER})), 1, entry()) == "not_your_role"
    assert rules.refused_to_answer(head, 2, entry()) == "work_error_not_yours"
    assert rules.refused_to_answer(head, 1, entry(is_answered=True)) == "work_error_answered"
    assert rules.refused_to_answer(head, 1, entry(status=Status.REVOKED)) == "work_error_revoked"


def test_an_entry_is_what_its_events_add_up_to() -> None:
    graver = finding(grade=Grade.GENERAL)
    later, last = NOW.replace(hour=3), NOW.replace(hour=4)
    history = [
        Event(1, Happened.REGISTER, NOW, 1, Role.SUPERVISOR, PLAIN),
        Event(2, Happened.ANSWER, NOW, 4, Role.APPROVER, reason="已当场更正。"),
        Event(3, Happened.REGRADE, later, 1, Role.SUPERVISOR, graver),
        Event(4, Happened.CORRECT, last, 2, Role.DIRECTOR, replace(graver, content="写清楚。")),
    ]
    found = rules.replay(history)
    assert found == Entry(
        replace(graver, content="写清楚。"), Status.REGISTERED, 1, Role.SUPERVISOR, later, True, 4
    )
    gone = Event(5, Happened.REVOKE, last, 2, Role.DIRECTOR, code=RevokeReason.FORCE_MAJEURE)
    assert rules.replay([*history, gone]) == replace(found, status=Status.REVOKED, version=5)
    with pytest.raises(Refused, match="no_events"):
        rules.replay([])


# ---------------------------------------------------------------- when, and to whom


@pytest.mark.parametrize(("month", "due"), [
    ((2026, 9), date(2026, 10, 8)),  # 国庆节 to the 7th
    ((2026, 1), date(2026, 2, 2)),
    ((2025, 12), date(2026, 1, 4)),  # a make-up Sunday is a working day
    ((2026, 10), date(2026, 11, 2)),
])
def test_the_monthly_report_is_due_on_the_first_working_day_of_the_next_month(
    month: tuple[int, int], due: date
) -> None:
    period = containing(date(*month, 1), 1)
    found = rules.report_due(period.last_on, shipped_calendar())
    assert (found.due_on, found.is_provisional) == (due, False)


def test_a_report_due_in_a_year_without_an_arrangement_is_provisional() -> None:
    found = rules.report_due(date(2026, 12, 31), shipped_calendar())
    assert found.is_provisional and found.due_on == date(2027, 1, 4)


def test_the_circular_is_for_the_first_ten_days_of_the_next_quarter() -> None:
    assert rules.bulletin_due(containing(date(2026, 12, 3), 3).last_on) == date(2027, 1, 10)


def test_towns_report_to_the_party_office_and_units_of_the_city_to_the_governments() -> None:
    assert {rules.recipient(kind) for kind in (UnitKind.TOWN, UnitKind.SUBDISTRICT, UnitKind.CENTRE)} == {
        Recipient.PARTY_OFFICE
    }
    others = set(UnitKind) - {UnitKind.TOWN, UnitKind.SUBDISTRICT, UnitKind.CENTRE}
    assert {rules.recipient(kind) for kind in others} == {Recipient.GOVERNMENT_OFFICE}


@pytest.mark.parametrize(("text", "months", "first", "last", "label"), [
    ("2026-11", 1, date(2026, 11, 1), date(2026, 11, 30), "2026年11月"),
    ("2024-02", 1, date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
    ("2026Q4", 3, date(2026, 10, 1), date(2026, 12, 31), "2026年第四季度"),
    ("2026H1", 6, date(2026, 1, 1), date(2026, 6, 30), "2026年上半年"),
    ("2026H2", 6, date(2026, 7, 1), date(2026, 12, 31), "2026年下半年"),
])
def test_a_period_is_named_in_the_address(text: str, months: int, first: date, last: date, label: str) -> None:
    found = named(text, months, TODAY)
    assert found is not None
    assert (found.first_on, found.last_on, found.name, found.label) == (first, last, text, label)
    assert containing(last, months) == found


@pytest.mark.parametrize(("text", "months"), [
    ("", 1), ("2026-13", 1), ("2026-1", 1), ("2026Q4", 1), ("2026-11", 3), ("2026H3", 6), ("2026-12", 1), ("2027H1", 6),
    ("0000-11", 1), ("２０２６-11", 1), ("2026-11\n", 1), ("x" * 500, 6),
])
def test_what_names_no_period_or_one_still_ahead_is_none(text: str, months: int) -> None:
    assert named(text, months, TODAY) is None


def test_the_periods_offered_are_the_last_ones_and_the_one_shown() -> None:
    assert [one.name for one in recent(date(2026, 2, 1), 1, 3)] == ["2026-02", "2026-01", "2025-12"]
    shown = Period(date(2020, 1, 1), 6)
    assert recent(TODAY, 6, 2, shown)[-1] == shown
