"""What insiders try at a rating's results, findings and proposals: through forms, forged fields, and the database."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from models.accounts.types import Role
from models.ratings import looks, proposals, publishing
from models.ratings.findings import Verdict, find
from models.ratings.looks import Look
from models.ratings.result_tables import RatingProposal, RatingResult
from models.ratings.result_types import LookKind, ProposalKind, ProposalState, PublicScope
from models.ratings.types import ConductQuestion, Half
from tests.access.scene import Scene
from tests.access.test_insiders import LEFT_BY_TRYING, REFUSALS, actors_of, address
from tests.access.things import made
from tests.support import actors, rated
from tests.support.factories import MORNING
from tests.support.tables import content

Row = dict[str, Any]
TRIED: dict[str, list[Row]] = tomllib.loads(
    Path(__file__).with_name("rating_attempts.toml").read_text(encoding="utf-8")
)


def name_of(row: Row) -> str:
    return str(row["says"]).replace(" ", "-")


def test_there_are_twenty_of_each() -> None:
    for rows in TRIED.values():
        assert len({one["says"] for one in rows}) >= 20


@pytest.mark.parametrize("attempt", TRIED["attempt"], ids=name_of)
def test_an_insider_is_refused_and_the_log_knows(scene: Scene, attempt: Row) -> None:
    who, about = actors_of(scene, attempt)
    values = made(scene, attempt["thing"], who, about) | {"question": attempt.get("question", "")}
    path, is_get = address(scene, attempt | {"values": values}, about), attempt["route"].startswith("GET")
    data = {} if is_get else scene.form(who, about, attempt.get("fields", {}))
    before, seq = content(scene.database, but=LEFT_BY_TRYING), scene.last_seq()
    answer = who.client.open(path, method="GET" if is_get else "POST", data=data)
    assert answer.status_code in REFUSALS, answer.status_code
    assert content(scene.database, but=LEFT_BY_TRYING) == before, "something was done nevertheless"
    [row] = scene.denials(seq)
    assert row.actor_id == who.account.id
    assert row.facts["view"].split(":")[0] == attempt["route"].split()[1]
    assert row.object_id == values["uid"]


@pytest.fixture
def counted(session: Session) -> None:
    """Counted twice, found, one proposal decided and one not, published, looked at."""
    low = rated.Got([50] * 6, {ConductQuestion.ROUGH: 3})
    director = actors.actor(session, Role.DIRECTOR)
    act, unit = rated.act(director), rated.named(session, "税务局")
    for half in Half:
        campaign = rated.counted(session, {"税务局": low}, half)
    verdict = Verdict(True, "执法记录仪视频。", "属实。")
    find(session, rated.result(session, campaign, "税务局"), campaign, unit, ConductQuestion.ROUGH, verdict, act)
    first = session.exec(select(RatingProposal)).first()
    assert first is not None
    proposals.decide(session, first, unit, act, is_confirmed=False, reasons="已经约谈过。")
    publishing.publish(session, campaign, PublicScope.RANKING, act, reasons="会议决定。")
    looks.note(session, director, Look(campaign.id or 0, LookKind.SIGNAL), MORNING)
    session.commit()


@pytest.mark.parametrize("attempt", TRIED["sql"], ids=name_of)
def test_the_database_itself_refuses(session: Session, counted: None, attempt: Row) -> None:
    with pytest.raises(DBAPIError):
        session.connection().execute(text(attempt["statement"]))
    session.rollback()


FORGED = {
    "score": "100", "is_below": "", "place": "1", "evidence": "没有", "kind": "grade", "state": "declined",
    "record_uid": "f" * 32, "decided_by_id": "1", "decided_by_name": "别人", "decided_at": "2020-01-01",
    "result_id": "1", "unit_id": "1", "campaign_id": "1", "uid": "f" * 32,
}


def test_fields_that_no_form_has_change_neither_a_result_nor_a_decision(scene: Scene) -> None:
    attempt = {"who": ["director"], "relation": "office", "route": "POST rating_results.decide"}
    who, about = actors_of(scene, attempt)
    values = made(scene, "rating proposal", who, about)
    path = address(scene, attempt | {"values": values}, about)
    with scene.database.reading() as session:
        results = [one.model_dump() for one in session.exec(select(RatingResult)).all()]
    fields = FORGED | {"decision": "declined", "reasons": "另行处理。"}
    assert who.client.post(path, data=scene.form(who, about, fields)).status_code == 303
    with scene.database.reading() as session:
        assert [one.model_dump() for one in session.exec(select(RatingResult)).all()] == results
        row = session.exec(select(RatingProposal).where(RatingProposal.uid == values["uid"])).one()
        assert (row.state, row.kind, row.reasons) == (ProposalState.DECLINED, ProposalKind.INTERVIEW, "另行处理。")
        assert (row.decided_by_id, row.record_uid) == (who.account.id, None)
        assert row.evidence != "没有" and row.decided_by_name != "别人"
