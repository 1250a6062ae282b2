"""Nobody of the staff writes, changes or removes a rating: every way that anybody could think of, as a table. Each is
refused, no rating changes, and what was a request is found in the audit log (domain.md §6, T4, T7).
"""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from models.accounts.types import Role
from models.appeals.types import State
from models.audit.tables import AuditRow
from models.followup.tables import SatisfactionRating
from tests.support.page import find_form, hidden_fields
from tests.webapp.followup.test_office_pages import low
from tests.webapp.followup.test_rating_pages import opened
from webapp.db import Database

GIVEN = {"grade": "5", "reason": "很好。"}


@dataclass(frozen=True)
class Attempt:
    """Somebody of these roles, of this unit, posts these fields to this address. `{uid}` the appeal, `{case}` its case,
    `{rating}` the rating's own id. `opens`: with number and code, as if they were the appellant.
    """

    what: str
    roles: tuple[Role, ...]
    path: str
    unit: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    opens: bool = False
    status: tuple[int, ...] = (403, 404, 405)


STAFF = (Role.HANDLER, Role.APPROVER, Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR, Role.CUSTODIAN, Role.LEADER,
         Role.AUDITOR, Role.ADMINISTRATOR)
UNIT = "市监局"
WITH_CODE = tuple(
    Attempt(f"{role.value} with number and code", (role,), "/appeals/track/rate", UNIT if role in STAFF[:2] else "",
            GIVEN, True, (409,)) for role in STAFF
)
THROUGH_A_LIST = tuple(
    Attempt(f"{role.value} as an enterprise", (role,), "/enterprise/appeals/{uid}/rate", "", GIVEN)
    for role in (Role.CLERK, Role.DIRECTOR, Role.HANDLER, Role.ADMINISTRATOR)
)
LINKS = tuple(
    Attempt(f"{role.value} makes a link for themselves", (role,), path, "", {}, opens, status)
    for role, path, opens, status in (
        (Role.CLERK, "/appeals/track/rating-link", True, (303,)),
        (Role.DIRECTOR, "/enterprise/appeals/{uid}/rating-link", False, (403,)),
    )
)
EXTRA = (
    Attempt("an exclusion that also sets the grade", (Role.SUPERVISOR,), "/follow-up/appeals/{uid}/exclude", "",
            {"code": "mistaken", "evidence": "选错了。", "grade": "5", "rating": "5", "rating_id": "1"}, status=(303,)),
    Attempt("a call that also gives a grade", (Role.CLERK,), "/follow-up/calls/{uid}", "",
            {"version": "1", "reached": "yes", "result": "satisfied", "solved": "yes", **GIVEN}, status=(303,)),
    Attempt("a case closed with another grade", (Role.DIRECTOR,), "/follow-up/cases/{case}/no-redo", "",
            {"version": "1", "words": "说明。", "told": "说明。", **GIVEN}, status=(303,)),
    Attempt("a unit's answer with a grade", (Role.APPROVER,), "/follow-up/cases/{case}/answer", UNIT,
            {"version": "1", "words": "说明。", **GIVEN}, status=(303,)),
    Attempt("a policy that also sets grades", (Role.DIRECTOR,), "/follow-up/policy", "", {**GIVEN}, status=(422,)),
    Attempt("the unit's own case, decided", (Role.APPROVER,), "/follow-up/cases/{case}/no-redo", UNIT, GIVEN),
    Attempt("the unit asks for an exclusion", (Role.APPROVER,), "/follow-up/appeals/{uid}/exclude", UNIT,
            {"code": "mistaken", "evidence": "选错了。"}),
    Attempt("two roles ask for an exclusion of their own unit's", (Role.CLERK, Role.HANDLER),
            "/follow-up/appeals/{uid}/exclude", UNIT, {"code": "mistaken", "evidence": "选错了。"}),
)
GUESSED = tuple(
    Attempt(f"no such route: {path}", (Role.DIRECTOR,), path, "", GIVEN) for path in (
        "/follow-up/ratings/{rating}", "/follow-up/ratings/{rating}/delete", "/follow-up/cases/{case}/rating",
        "/office/appeals/{uid}/rate", "/desk/appeals/{uid}/rate", "/admin/ratings/{rating}",
    )
)
ATTEMPTS = (*WITH_CODE, *THROUGH_A_LIST, *LINKS, *EXTRA, *GUESSED)
LOGGED = frozenset({403, 404, 409, 422})


def rows(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as session:
        found = session.exec(select(SatisfactionRating).order_by(SatisfactionRating.id)).all()
        return [(one.uid, one.appeal_id, one.round, one.grade, one.reason, one.channel, one.rated_at) for one in found]


def test_there_are_enough_of_them() -> None:
    assert len(ATTEMPTS) + len(STATEMENTS) >= 40


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda one: one.what)
def test_no_request_of_the_staff_touches_a_rating(tell, sign_in, database, attempt: Attempt) -> None:
    rated, unrated = tell(), tell()
    case = low(database, rated)
    client = sign_in(*attempt.roles, unit=attempt.unit)
    token = hidden_fields(find_form(client.soup("/password")))["csrf_token"]
    if attempt.opens:
        opened(client, unrated)
    before = rows(database)
    target = unrated if attempt.opens or "enterprise" in attempt.path else rated
    path = attempt.path.format(uid=target.appeal.uid, case=case, rating=before[0][0])
    answer = client.post(path, data={"csrf_token": token, "submission_key": "k" * 24, **attempt.fields})
    assert answer.status_code in attempt.status, answer.get_data(as_text=True)[:300]
    assert rows(database) == before
    is_routed = answer.status_code != 405 and not attempt.what.startswith("no such route")
    if is_routed and answer.status_code in LOGGED and attempt.status != (422,):
        with database.reading() as session:
            assert session.exec(select(AuditRow).where(AuditRow.action == "denied")).all(), "not in the log (AUD-4)"


INSERT = "INSERT INTO satisfaction_ratings (uid, appeal_id, round, unit_id, grade, reason, channel, rated_at) SELECT "
STATEMENTS = {
    "another grade": "UPDATE satisfaction_ratings SET grade = 5",
    "the same grade": "UPDATE satisfaction_ratings SET grade = grade",
    "no reason": "UPDATE satisfaction_ratings SET reason = ''",
    "another day": "UPDATE satisfaction_ratings SET rated_at = '2026-10-01 00:00:00+00'",
    "another unit": "UPDATE satisfaction_ratings SET unit_id = 1",
    "another appeal": "UPDATE satisfaction_ratings SET appeal_id = (SELECT MAX(id) FROM appeals)",
    "another round": "UPDATE satisfaction_ratings SET round = 2",
    "another way in": "UPDATE satisfaction_ratings SET channel = 'link'",
    "all gone": "DELETE FROM satisfaction_ratings",
    "one gone": "DELETE FROM satisfaction_ratings WHERE id = 1",
    "gone with its appeal": "DELETE FROM appeals",
    "a second one": INSERT
    + "'x', appeal_id, round, unit_id, 5, '', 'code', rated_at FROM satisfaction_ratings",
    "a grade there is not": INSERT
    + "'x', appeal_id, 2, unit_id, 9, '', 'code', rated_at FROM satisfaction_ratings",
    "a way in there is not": INSERT
    + "'x', appeal_id, 2, unit_id, 5, '', 'office', rated_at FROM satisfaction_ratings",
    "a low one without a reason": INSERT
    + "'x', appeal_id, 2, unit_id, 1, '', 'code', rated_at FROM satisfaction_ratings",
}
"""As the application's own role, in plain SQL."""


@pytest.mark.parametrize("what", STATEMENTS)
def test_no_statement_of_the_applications_role_changes_a_rating(tell, database, what: str) -> None:
    low(database, tell())
    before = rows(database)
    with pytest.raises(DBAPIError), database.writing() as session:
        session.connection().execute(text(STATEMENTS[what]))
    assert rows(database) == before


def test_replacing_a_row_is_deleting_it(tell, database) -> None:
    """INSERT OR REPLACE deletes behind the back of a DELETE trigger unless triggers recurse."""
    if not database.is_sqlite:
        pytest.skip("SQLite's own")
    low(database, tell())
    before = rows(database)
    with pytest.raises(DBAPIError), database.writing() as session:
        session.connection().execute(text(
            "INSERT OR REPLACE INTO satisfaction_ratings (id, uid, appeal_id, round, unit_id, grade, reason, channel, "
            "rated_at) SELECT id, uid, appeal_id, round, unit_id, 5, '', channel, rated_at FROM satisfaction_ratings"
        ))
    assert rows(database) == before


def test_no_form_of_the_staff_has_a_field_for_a_grade(tell, sign_in, database) -> None:
    story, waiting = tell(), tell(State.REPLIED)
    case = low(database, story)
    pages = (
        f"/office/appeals/{story.appeal.uid}", f"/follow-up/cases/{case}", f"/follow-up/calls/{waiting.appeal.uid}",
        f"/follow-up/appeals/{story.appeal.uid}/exclude", "/follow-up", "/follow-up/policy", "/follow-up/rates",
    )
    director = sign_in(Role.DIRECTOR)
    for page in pages:
        assert director.soup(page).find(attrs={"name": "grade"}) is None, page

