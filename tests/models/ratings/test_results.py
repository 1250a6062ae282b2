"""Frozen figures: what the closing keeps is what the ballots say, and stays so whoever asks the database otherwise."""

from fractions import Fraction

import pytest
from sqlalchemy import text
from sqlmodel import Session

from models.accounts.types import Role
from models.errors import NotFound
from models.ratings import result_queries, results
from models.ratings.queries import campaign as campaign_of
from models.ratings.result_types import PublicScope
from models.ratings.scoring import Tally
from models.ratings.types import ConductQuestion, Half
from tests.support.actors import actor
from tests.support.rated import Got, counted, named, result

ROUGH = ConductQuestion.ROUGH
LOW = Got([60] * 24 + [59])
"""59.96."""


def test_what_is_frozen_is_what_the_ballots_come_to(session: Session) -> None:
    campaign = counted(session, {"市监局": Got([80, 60, None, 70, 90, 100], {ROUGH: 2}), "税务局": LOW})
    frozen = results.counting_of(session, campaign.id or 0)
    assert frozen == results.counted_anew(session, campaign_of(session, campaign))
    assert frozen is not None and frozen.ballots == 25
    first, second = frozen.units
    # (80 + 60 + 70 + 90 + 100) ÷ 5 = 80; the third ballot does not know the unit
    assert (first.score, first.asked, first.count, first.rank) == (80, 6, 5, 1)
    assert first.dimensions[0].tally == Tally(400, 5)
    assert (first.conduct[0].question, first.conduct[0].answered, first.conduct[0].yes) == (ROUGH, 6, 2)
    assert (second.score, second.is_below, second.rank) == (Fraction(1499, 25), True, 2)


def test_ties_share_a_place_and_too_few_have_none(session: Session) -> None:
    campaign = counted(session, {
        "市监局": Got([80] * 5), "税务局": Got([90] * 5), "住建局": Got([80] * 5), "司法局": Got([70] * 5),
        "人社局": Got([100] * 4),
    })
    reader = actor(session, Role.LEADER)
    found = result_queries.of_campaign(session, reader, campaign.id or 0)
    assert [one.place for one in found] == [1, 2, 2, 4, None]
    few = result(session, campaign, "人社局")
    assert (few.is_enough, few.is_below, few.count) == (False, False, 4)


def test_four_ballots_are_too_few_whatever_the_campaign_says(session: Session) -> None:
    campaign = counted(session, {"税务局": Got([10] * 4), "市监局": Got([10] * 5)}, minimum=1)
    four, five = result(session, campaign, "税务局"), result(session, campaign, "市监局")
    assert (four.is_enough, four.is_below) == (False, False)
    assert (five.is_enough, five.is_below) == (True, True)


def test_a_changed_ballot_no_longer_comes_to_what_was_frozen(session: Session) -> None:
    campaign = counted(session, {"税务局": LOW})
    frozen = results.counting_of(session, campaign.id or 0)
    session.connection().execute(text("DROP TRIGGER rating_ballots_no_update" + _on(session, "rating_ballots")))
    session.connection().execute(text(
        "UPDATE rating_ballots SET answers = '[{\"unit\": 1, \"values\": {\"1\": 100}, \"conduct\": {}}]' "
        "WHERE id = (SELECT MIN(id) FROM rating_ballots)"
    ))
    session.expire_all()
    again = results.counted_anew(session, campaign_of(session, campaign))
    assert frozen is not None and again.digest != frozen.digest and again.units != frozen.units


def _on(session: Session, table: str) -> str:
    return f" ON {table}" if session.connection().dialect.name == "postgresql" else ""


# ---------------------------------------------------------------- who reads what


def test_overseers_read_every_unit_and_a_unit_its_own_once_it_is_published(session: Session) -> None:
    campaign = counted(session, {"市监局": Got([80] * 5), "税务局": LOW})
    own, other = result(session, campaign, "市监局"), result(session, campaign, "税务局")
    for role in (Role.SUPERVISOR, Role.DIRECTOR, Role.LEADER, Role.AUDITOR):
        assert len(result_queries.of_campaign(session, actor(session, role), campaign.id or 0)) == 2
    head = actor(session, Role.APPROVER, unit="市监局")
    assert result_queries.of_campaign(session, head, campaign.id or 0) == []
    _publish(session, campaign)
    assert [one.id for one in result_queries.of_campaign(session, head, campaign.id or 0)] == [own.id]
    with pytest.raises(NotFound):
        result_queries.visible(session, head, other.uid)
    for role in (Role.CLERK, Role.CUSTODIAN, Role.ADMINISTRATOR, Role.ENTERPRISE):
        assert result_queries.of_campaign(session, actor(session, role), campaign.id or 0) == []


def _publish(session: Session, campaign: object) -> None:
    from models.ratings.publishing import publish
    from tests.support.rated import act

    publish(session, campaign, PublicScope.NOTHING, act(actor(session, Role.DIRECTOR)), reasons="先发各单位。")  # type: ignore[arg-type]


def test_the_history_of_a_unit_is_in_the_order_of_the_campaigns(session: Session) -> None:
    second = counted(session, {"税务局": Got([90] * 5)}, Half.SECOND)
    first = counted(session, {"税务局": LOW})
    found = result_queries.of_unit(session, actor(session, Role.LEADER), named(session, "税务局").id or 0)
    assert [one.campaign.id for one in found] == [first.id, second.id]
