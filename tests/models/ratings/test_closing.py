"""What is cast is what is counted: codes, envelopes, the closing and what it leaves (docs/adr/0022)."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from models.accounts.types import SYSTEM
from models.errors import Refused
from models.ratings import campaigns, casting, checks, closing, drafts, letters, queries
from models.ratings.tables import RatingBallot, RatingDraft, RatingEnvelope, RatingInvitation, RatingRemark
from models.ratings.types import CampaignState, Group
from models.ratings.vault import ENVELOPE_BYTES
from tests.support.actors import actor
from tests.support.ratings import TODAY, VAULT, act, answers, rating

AFTER = date(2026, 12, 11)


def closed(made):
    return closing.close_by_time(made.session, made.row, VAULT, act(SYSTEM, today=AFTER))


def test_every_ballot_is_counted_once_with_what_it_said(session):
    made = rating(session).open().lettered()
    for code, value in zip(made.codes, (100, 80, 60, 40, 20, 0), strict=True):
        made.vote(code, {1: value, 2: value})
    assert closed(made).ballots == 6
    found = closing.ballots_of(session, made.row)
    assert sorted(ballot.of(1).answers[0].value for ballot in found) == [0, 20, 40, 60, 80, 100]
    assert all(ballot.of(2).answers == ballot.of(1).answers for ballot in found)
    assert not any(ballot.of(3).has_opinion for ballot in found)
    assert list(checks.problems(session)) == []


def test_the_closing_leaves_neither_envelope_nor_draft_nor_key(session):
    made = rating(session).open().lettered()
    made.vote(made.codes[0], {1: 77})
    ballot = casting.opened(session, VAULT, made.codes[1], TODAY, lock=True)
    casting.keep(session, VAULT, ballot, ballot.draft.with_answers(answers(made.campaign, 1, 50)))
    assert session.exec(select(RatingDraft)).one()
    closed(made)
    session.flush()
    session.expire_all()
    assert not session.exec(select(RatingEnvelope)).all() and not session.exec(select(RatingDraft)).all()
    assert made.row.sealed_key is None and made.row.state is CampaignState.CLOSED and not made.row.is_counting


def test_a_code_is_good_for_one_ballot(session):
    made = rating(session).open().lettered()
    made.vote(made.codes[0], {1: 90})
    with pytest.raises(Refused, match="code_spent"):
        made.vote(made.codes[0], {1: 10})
    assert closed(made).ballots == 1


@pytest.mark.parametrize("code", ["0000000000000000", "ZZZZZZZZZZZZZZZZ"])
def test_a_code_that_nobody_has_opens_nothing(session, code):
    rating(session).open().lettered()
    with pytest.raises(Refused, match="code_unknown"):
        casting.opened(session, VAULT, code, TODAY)


@pytest.mark.parametrize(
    ("today", "refusal"), [(date(2026, 11, 16), "rating_not_begun"), (date(2026, 12, 11), "rating_over")]
)
def test_no_ballot_is_taken_before_the_first_day_or_after_the_last(session, today, refusal):
    made = rating(session).open().lettered()
    with pytest.raises(Refused, match=refusal):
        casting.opened(session, VAULT, made.codes[0], today)


def test_all_envelopes_and_drafts_are_of_one_length(session):
    made = rating(session).open().lettered()
    made.vote(made.codes[0], {1: 5})
    made.vote(made.codes[1], {1: 100, 2: 100, 3: 100}, "检查时态度恶劣，" * 20)
    ballot = casting.opened(session, VAULT, made.codes[2], TODAY, lock=True)
    casting.keep(session, VAULT, ballot, ballot.draft)
    sealed = [one.sealed for table in (RatingEnvelope, RatingDraft) for one in session.exec(select(table)).all()]
    assert {len(one) for one in sealed} == {ENVELOPE_BYTES + 28}


def test_a_remark_leaves_its_ballot(session):
    made = rating(session).open().lettered()
    made.vote(made.codes[0], {2: 30}, "十月三日检查时推搡员工")
    closed(made)
    [ballot] = session.exec(select(RatingBallot)).all()
    [remark] = session.exec(select(RatingRemark)).all()
    assert "推搡" not in repr(ballot.answers) and ballot.answers[1]["conduct"] == {"rough": True}
    assert (remark.unit_no, remark.text) == (2, "十月三日检查时推搡员工")


def test_ballots_lie_in_the_order_of_their_random_keys(session):
    made = rating(session, invited=12).open().lettered()
    for no, code in enumerate(made.codes):
        made.vote(code, {1: no})
    closed(made)
    order = "ctid" if session.get_bind().dialect.name == "postgresql" else "NULL"
    rows = session.execute(text(f"SELECT id, answers FROM rating_ballots ORDER BY {order}")).all()  # noqa: S608
    assert [row.id for row in rows] == sorted(row.id for row in rows)


def test_a_unit_that_comes_late_is_not_on_the_ballots_before(session):
    made = rating(session).open().lettered()
    made.vote(made.codes[0], {1: 80})
    late = next(one for one in queries_units(session) if one.id not in {unit.unit_id for unit in made.campaign.units})
    campaigns.add_unit(session, made.row, late, made.act())
    made.vote(made.codes[1], {4: 60})
    closed(made)
    assert sorted(len(ballot.units) for ballot in closing.ballots_of(session, made.row)) == [3, 4]


def test_a_unit_added_after_the_check_was_not_on_the_ballot(session):
    made = rating(session).open().lettered()
    ballot = casting.opened(session, VAULT, made.codes[0], TODAY, lock=True)
    casting.to_check(session, VAULT, ballot, ballot.draft.with_answers(answers(made.campaign, 1, 80)))
    late = next(one for one in queries_units(session) if one.id not in {unit.unit_id for unit in made.campaign.units})
    campaigns.add_unit(session, made.row, late, made.act())
    casting.cast(session, VAULT, made.codes[0], TODAY)
    closed(made)
    [found] = closing.ballots_of(session, made.row)
    assert [one.unit_no for one in found.units] == [1, 2, 3]


def queries_units(session):
    from models.accounts.queries import handling_units

    return handling_units(session)


def test_an_envelope_too_many_or_changed_closes_nothing(session):
    made = rating(session).open().lettered()
    made.vote(made.codes[0], {1: 80})
    session.add(RatingEnvelope(campaign_id=made.row.id, sealed=b"x" * (ENVELOPE_BYTES + 28)))
    session.flush()
    with pytest.raises(Refused, match="rating_seal_broken"):
        closed(made)
    assert list(checks.problems(session)) == ["rating 2026 second: 2 envelopes for 1 spent codes"]


def test_a_code_marked_spent_without_an_envelope_closes_nothing(session):
    made = rating(session).open().lettered()
    made.vote(made.codes[0], {1: 80})
    session.execute(text("UPDATE rating_invitations SET is_spent = (1 = 1)"))
    with pytest.raises(Refused, match="envelopes_differ"):
        closed(made)


def test_a_lost_letter_is_answered_with_a_new_code_and_tells_nobody_whether_the_old_one_was_used(session):
    made = rating(session).open().lettered()
    made.vote(made.codes[0], {1: 80})
    invited = [one for one, _ in queries.invitations(session, VAULT, made.row)]
    spent = next(one for one in invited if one.is_spent)
    unspent = next(one for one in invited if not one.is_spent)
    for one in (spent, unspent):
        letters.void(session, VAULT, made.row, [one], made.act())
        assert letters.hand_to_job(session, made.row, [one], "e" * 32, made.act()) is None
        letters.write_codes(session, made.row, "e" * 32, {one.id: VAULT.code_hash(f"NEW{one.is_spent!s:0<13}")})
    session.flush()
    session.expire_all()
    with pytest.raises(Refused, match="code_spent"):
        casting.opened(session, VAULT, f"NEW{True!s:0<13}", TODAY)
    assert casting.opened(session, VAULT, f"NEW{False!s:0<13}", TODAY)
    with pytest.raises(Refused, match="code_unknown"):
        casting.opened(session, VAULT, made.codes[0], TODAY)
    assert made.row.reissued == 2


def test_a_draft_opens_with_its_code_only_and_goes_with_the_ballot(session):
    made = rating(session).open().lettered()
    first, second = made.codes[:2]
    ballot = casting.opened(session, VAULT, first, TODAY, lock=True)
    casting.keep(session, VAULT, ballot, ballot.draft.with_answers(answers(made.campaign, 2, 66)))
    assert casting.opened(session, VAULT, first, TODAY).draft.said[2].answers[0].value == 66
    assert casting.opened(session, VAULT, second, TODAY).draft == drafts.Draft()
    [row] = session.exec(select(RatingDraft)).all()
    with pytest.raises(Refused, match="rating_seal_broken"):
        ballot.key.open_draft(row.sealed, code=second)
    made.vote(first, {1: 70})
    assert session.exec(select(RatingDraft)).all() == []


def test_an_empty_ballot_and_one_that_was_not_checked_are_not_cast(session):
    made = rating(session).open().lettered()
    with pytest.raises(Refused, match="ballot_empty"):
        made.vote(made.codes[0], {})
    with pytest.raises(Refused, match="ballot_not_checked"):
        casting.cast(session, VAULT, made.codes[1], TODAY)
    assert queries.counts(session, made.row)[Group.ENTERPRISE] == (6, 6, 0)


BROKEN = [
    ("rating_no_such_unit", lambda one: replace(one, unit_no=9)),
    ("rating_no_such_dimension", lambda one: replace(one, answers=one.answers[:-1])),
    ("rating_value", lambda one: replace(one, answers=(replace(one.answers[0], value=101), *one.answers[1:]))),
    ("rating_value", lambda one: replace(one, answers=(replace(one.answers[0], value=-1), *one.answers[1:]))),
    ("rating_no_such_question", lambda one: replace(one, conduct=one.conduct * 2)),
    ("rating_remark", lambda one: replace(one, conduct=(replace(one.conduct[0], text="长" * 301),))),
    ("rating_remark", lambda one: replace(one, conduct=(replace(one.conduct[0], is_yes=False, text="没有也写"),))),
]


@pytest.mark.parametrize(("refusal", "broken"), BROKEN)
def test_what_no_form_sends_is_no_answer(session, refusal, broken):
    made = rating(session).open().lettered()
    ballot = casting.opened(session, VAULT, made.codes[0], TODAY, lock=True)
    said = broken(answers(made.campaign, 1, 50, "说明"))
    with pytest.raises(Refused, match=refusal):
        casting.keep(session, VAULT, ballot, ballot.draft.with_answers(said))


def test_the_longest_ballot_that_is_allowed_fits_its_envelope(session):
    made = rating(session, rated=40, dimensions=tuple(_dimension(no) for no in range(1, 9))).open().lettered()
    ballot = casting.opened(session, VAULT, made.codes[0], TODAY, lock=True)
    draft = ballot.draft
    for no in range(1, 41):
        remark = "𠮷" * 300 if no <= 10 else ""
        draft = draft.with_answers(answers(made.campaign, no, 100, remark))
    casting.to_check(session, VAULT, ballot, draft)
    casting.cast(session, VAULT, made.codes[0], TODAY)
    assert closed(made).remarks == 10


def _dimension(no):
    from tests.support.ratings import dimension

    return dimension(no, 13 if no < 5 else 12)


def test_only_the_director_closes_and_before_the_last_day_says_why(session):
    made = rating(session).open()
    with pytest.raises(Refused, match="not_your_role"):
        closing.close(session, made.row, VAULT, act(actor(session)), reason="早关")
    with pytest.raises(Refused, match="closing_reason_missing"):
        closing.close(session, made.row, VAULT, made.act())
    assert closing.close(session, made.row, VAULT, made.act(), reason="各方都已评完").ballots == 0


STATEMENTS = [
    "UPDATE rating_ballots SET answers = '[]'", "DELETE FROM rating_ballots",
    "INSERT INTO rating_ballots (id, campaign_id, answers) "
    "SELECT 'x', campaign_id, answers FROM rating_ballots LIMIT 1",
    "UPDATE rating_remarks SET text = ''", "DELETE FROM rating_remarks",
    "INSERT INTO rating_remarks (id, campaign_id, unit_no, question, text) "
    "SELECT 'x', campaign_id, 1, 'rough', '伪造' FROM rating_ballots LIMIT 1",
    "INSERT INTO rating_envelopes (id, campaign_id, sealed) SELECT 'x', id, 'x' FROM rating_campaigns LIMIT 1",
    "UPDATE rating_campaigns SET is_counting = (1 = 1)",
    "UPDATE rating_campaigns SET state = 'draft', opened_at = NULL",
    "UPDATE rating_campaigns SET state = 'open', sealed_key = 'x', closed_at = NULL", "DELETE FROM rating_campaigns",
    "UPDATE rating_campaigns SET minimum_n = 2", "UPDATE rating_campaigns SET scale = 'grades'",
    "UPDATE rating_campaigns SET year = 2020",
    "UPDATE rating_dimensions SET weight = 99 WHERE no = 1", "DELETE FROM rating_dimensions",
    "INSERT INTO rating_dimensions (campaign_id, no, name, explanation, weight) "
    "SELECT id, 9, '新', '', 1 FROM rating_campaigns LIMIT 1",
    "UPDATE rating_units SET unit_id = 40 WHERE no = 1", "DELETE FROM rating_units WHERE no = 2",
    "UPDATE rating_invitations SET is_spent = (1 = 0)", "UPDATE rating_invitations SET is_spent = (1 = 1)",
    "UPDATE rating_invitations SET code_hash = 'x' WHERE id = (SELECT MIN(id) FROM rating_invitations)",
    "DELETE FROM rating_invitations",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_nothing_of_a_closed_campaign_is_changed_in_the_database_itself(session, statement):
    """By the application's own role: triggers and constraints refuse it on both engines."""
    made = rating(session).open().lettered()
    for code in made.codes:
        made.vote(code, {1: 50}, "说明")
    closed(made)
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(text(statement))
    assert list(checks.problems(session)) == []


OPEN_STATEMENTS = [
    "UPDATE rating_envelopes SET sealed = 'x'", "DELETE FROM rating_envelopes",
    "INSERT INTO rating_ballots (id, campaign_id, answers) SELECT 'x', id, '[]' FROM rating_campaigns LIMIT 1",
    "INSERT INTO rating_remarks (id, campaign_id, unit_no, question, text) "
    "SELECT 'x', id, 1, 'rough', '伪造' FROM rating_campaigns LIMIT 1",
    "UPDATE rating_invitations SET is_spent = (1 = 0)", "DELETE FROM rating_invitations",
    "UPDATE rating_invitations SET invited_group = 'media'",
    "UPDATE rating_campaigns SET state = 'closed', sealed_key = NULL, closed_at = opened_at",
    "UPDATE rating_campaigns SET sealed_key = NULL", "UPDATE rating_dimensions SET weight = 99 WHERE no = 1",
    "DELETE FROM rating_units WHERE no = 2", "UPDATE rating_campaigns SET state = 'published'",
]


@pytest.mark.parametrize("statement", OPEN_STATEMENTS)
def test_what_is_cast_stays_as_it_is_while_the_campaign_is_open(session, statement):
    made = rating(session).open().lettered()
    made.vote(made.codes[0], {1: 50})
    with pytest.raises(DatabaseError), session.begin_nested():
        session.execute(text(statement))


def test_an_invitation_knows_no_moment_of_its_ballot(session):
    """What the tables could tell of the time: no column of envelope, draft, ballot or invitation is an instant."""
    tables = (RatingInvitation, RatingEnvelope, RatingDraft, RatingBallot, RatingRemark)
    kinds = {f"{table.__tablename__}.{one.name}" for table in tables for one in table.__table__.columns
             if "DATETIME" in str(one.type).upper() or "INSTANT" in type(one.type).__name__.upper()}
    assert kinds == set()
