"""Signs of retaliation, the yearly file, and what `flask check` finds."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from models.accounts.types import Role
from models.appeals.types import State
from models.appeals.vault import Identity
from models.ratings import signal
from models.ratings.result_tables import RatingLook
from models.ratings.tables import RatingCampaign
from models.ratings.types import ConductQuestion, Half
from models.supervision.ladder_types import RecordKind
from models.supervision.work_error_types import Grade
from tests.conftest import SignIn
from tests.support import supervised
from tests.support.actors import actor
from tests.support.factories import VAULT, Story
from tests.support.rated import CLOSED_AT, Got, counted, named
from tests.support.work_errors import work_error
from webapp import consistency

AFTER = CLOSED_AT[Half.SECOND] + timedelta(hours=20)
BEFORE = CLOSED_AT[Half.SECOND] - timedelta(days=20)


def codes(count: int) -> list[str]:
    return [f"9143098100000000{no:02d}" for no in range(count)]


@pytest.fixture
def campaign(session: Session) -> RatingCampaign:
    """Nine enterprises were invited."""
    got = {"税务局": Got([50] * 6, {ConductQuestion.RETALIATORY: 5}), "市监局": Got([80] * 6)}
    return counted(session, got, Half.SECOND, invited=[VAULT.index(code) for code in codes(9)])


def file(session: Session, code: str, at: Any, **changes: Any) -> None:
    identity = Identity(name="周喆珺", phone="13873712345", enterprise_name="某公司", credit_code=code)
    Story(session, unit="税务局", at=at, identity=identity, **changes).to(State.DISPATCHED)


def signs(session: Session, campaign: RatingCampaign) -> dict[str, tuple[int | None, int | None, int | None]]:
    found = signal.signs(session, actor(session, Role.AUDITOR), campaign)
    return {one.unit.short_name: (one.still_open, one.filed_after, one.said) for one in found}


def test_invited_enterprises_are_counted_once_each_by_the_unit_they_appeal_about(
    session: Session, campaign: RatingCampaign
) -> None:
    for code in codes(6):
        for _ in range(2):
            file(session, code, AFTER)
    file(session, "91430981MA0NOT1NV1", AFTER)
    for code in codes(5):
        file(session, code, BEFORE, against_unit_id=named(session, "市监局").id)
    assert signs(session, campaign) == {"税务局": (5, 6, 5), "市监局": (5, 0, 0)}


def test_fewer_than_five_are_not_told_and_confidential_ones_not_counted(
    session: Session, campaign: RatingCampaign
) -> None:
    for code in codes(4):
        file(session, code, AFTER)
    file(session, codes(5)[4], AFTER, is_confidential=True)
    assert signs(session, campaign)["税务局"] == (0, None, 5)


def test_what_comes_more_than_six_months_later_is_no_sign(session: Session, campaign: RatingCampaign) -> None:
    assert campaign.closed_at is not None
    for code in codes(5):
        file(session, code, campaign.closed_at + signal.WATCHED_FOR + timedelta(minutes=1))
    assert signs(session, campaign)["税务局"] == (0, 0, 5)


def test_nobody_watches_over_their_own_unit(session: Session, campaign: RatingCampaign) -> None:
    own = actor(session, Role.AUDITOR, Role.HANDLER, unit="税务局")
    assert [one.unit.short_name for one in signal.signs(session, own, campaign)] == ["市监局"]


def test_the_page_names_no_enterprise_and_every_look_is_noted_once_in_ten_minutes(
    session: Session, campaign: RatingCampaign, sign_in: SignIn
) -> None:
    for code in codes(6):
        file(session, code, AFTER)
    session.commit()
    client, path = sign_in(Role.AUDITOR), f"/ratings/results/{campaign.uid}/signal"
    for _ in range(2):
        shown = client.soup(path).get_text()
    assert "某公司" not in shown and codes(1)[0] not in shown and "6 家" in shown
    assert "涉企检查和行政处罚还没有登记到系统里" in shown
    session.expire_all()
    [look] = session.exec(select(RatingLook)).all()
    assert look.kind == "signal"
    session.commit()
    for role in (Role.SUPERVISOR, Role.LEADER, Role.CLERK):
        assert sign_in(role).get(path).status_code == 403


# ---------------------------------------------------------------- the yearly file


def test_the_file_of_a_year_holds_what_happened_in_it(
    session: Session, campaign: RatingCampaign, sign_in: SignIn
) -> None:
    unit, appeal = named(session, "税务局"), Story(session, unit="税务局").to(State.HANDLING).appeal
    supervised.record(session, RecordKind.YELLOW_CARD, unit, appeal, ())
    work_error(session, unit="税务局", grade=Grade.GENERAL)
    session.commit()
    shown = sign_in(Role.LEADER).soup("/ratings/yearly?unit=税务局&year=2026").get_text(" ", strip=True)
    for words in ("50.00", "黄牌 1 ，", "督办扣 1 分", "一般 1"):
        assert words in shown, shown
    empty = sign_in(Role.LEADER).soup("/ratings/yearly?unit=税务局&year=2025").get_text(" ", strip=True)
    assert "没有评议结果" in empty and "黄牌 0" in empty


def test_a_unit_reads_its_own_file_whatever_it_asks_for(
    session: Session, campaign: RatingCampaign, sign_in: SignIn
) -> None:
    session.commit()
    shown = sign_in(Role.HANDLER, unit="市监局").soup("/ratings/yearly?unit=税务局").get_text()
    assert "市监局 2026年度档案" in shown and "税务局" not in shown
    assert sign_in(Role.LEADER).get("/ratings/yearly?unit=没有这个单位").status_code == 404


# ---------------------------------------------------------------- flask check


class NoFiles:
    def sha256(self, stored_name: str) -> str | None:
        return None

    def iter_settled(self) -> Any:
        return iter(())


def test_check_finds_a_ballot_and_a_figure_that_were_changed(session: Session, campaign: RatingCampaign) -> None:
    def said() -> list[str]:
        session.expire_all()
        return [one for one in consistency.problems(session, NoFiles()) if "figures" in one or "ballots changed" in one]

    assert said() == []
    on = " ON {}" if session.connection().dialect.name == "postgresql" else ""
    for name, table in (("rating_results_no_update", "rating_results"), ("rating_ballots_no_update", "rating_ballots")):
        session.connection().execute(text(f"DROP TRIGGER {name}" + on.format(table)))
    session.connection().execute(text("UPDATE rating_results SET score = '60' WHERE score = '50'"))
    assert said() == ["rating 2026 second: figures differ from the ballots"]
    session.connection().execute(text("UPDATE rating_ballots SET answers = '[]'"))
    assert said() == ["rating 2026 second: ballots changed since they were counted"]
