"""Ways to touch a ballot from outside: forged fields, stolen tickets, others' codes. None changes what is counted.

What insiders try stands in tests/access/insider_attempts.toml, what the database itself refuses in
tests/models/ratings/test_closing.py: together more than forty.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import time_machine
from sqlmodel import select

from models.ratings import closing, queries
from models.ratings.tables import RatingCampaign, RatingEnvelope
from models.ratings.types import BallotAnswers
from models.ratings.vault import RatingVault
from tests.support.factories import MORNING
from tests.support.ratings import VAULT, Rating, rating
from tests.support.tables import content
from tests.support.voter import BALLOT, Voter

VALUES = {f"value_{no}": "80" for no in range(1, 6)}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def made(database) -> Rating:
    with database.writing() as session:
        return rating(session).open().lettered()


FORGED = {
    "campaign_id": "99", "campaign": "99", "is_spent": "0", "code_hash": "x", "code": "0" * 16, "shown": "1",
    "ballot": "x", "id": "f" * 32, "uid": "f" * 32, "sealed": "x", "group": "media", "invited_group": "media",
    "weight": "100", "value_9": "100", "value_0": "100", "conduct_bribery": "yes", "remark_bribery": "x", "said": "x",
    "answers": "[]", "at": "check", "unit_no": "2", "expires_on": "2030-01-01", "is_counting": "1", "state": "closed",
    "account_id": "1", "units": "3", "votes": "1000", "envelope_id": "x",
}


def counted(database, made) -> list[BallotAnswers]:
    with database.writing() as session:
        row = queries.campaign_row(session, made.row.uid, lock=True)
        closing.close(session, row, VAULT, made.act(), reason="试算")
        return closing.ballots_of(session, row)


def test_fields_that_no_form_has_change_nothing_of_what_is_counted(app, database, made):
    honest, forger = Voter(app.test_client()), Voter(app.test_client())
    for voter, code, more in ((honest, made.codes[0], {}), (forger, made.codes[1], FORGED)):
        voter.post(**{**more, "step": "enter", "code": code})
        voter.post(**{**more, "step": "go", "go": "1"})
        voter.post(**{**more, "step": "save", "unit": "1", "go": "check", **VALUES})
        voter.post(**{**more, "step": "cast"})
    first, second = counted(database, made)
    assert first == second and first.of(1).answers[0].value == 80


@dataclass(frozen=True)
class Way:
    """`attempt` gets a voter whose ballot is answered and checked, and another's code; afterwards nothing is cast."""

    says: str
    attempt: Callable[[Voter, Rating], object]


def _get(voter: Voter, made: Rating) -> object:
    return voter.client.get(f"{BALLOT}?step=cast")


def _query(voter: Voter, made: Rating) -> object:
    return voter.client.post(f"{BALLOT}?step=cast", data={"csrf_token": voter.token})


def _no_token(voter: Voter, made: Rating) -> object:
    return voter.client.post(BALLOT, data={"step": "cast"})


def _other_browser(voter: Voter, made: Rating) -> object:
    return Voter(voter.client.application.test_client()).post(step="cast", code=made.codes[0])


def _with_ticket(ticket: str) -> Callable[[Voter, Rating], object]:
    def attempt(voter: Voter, made: Rating) -> object:
        with voter.client.session_transaction() as cookie:
            cookie["ballot"] = ticket
        return voter.post(step="cast")

    return attempt


def _foreign_key(voter: Voter, made: Rating) -> object:
    ticket = RatingVault(b"x" * 32).ticket(f"{int(MORNING.timestamp())}:{made.codes[1]}")
    return _with_ticket(ticket)(voter, made)


def _cut_ticket(voter: Voter, made: Rating) -> object:
    with voter.client.session_transaction() as cookie:
        cookie["ballot"] = cookie["ballot"][:-2]
    return voter.post(step="cast")


def _old_ticket(voter: Voter, made: Rating) -> object:
    ticket = VAULT.ticket(f"{int(MORNING.timestamp()) - 13 * 3600}:{made.codes[0]}")
    return _with_ticket(ticket)(voter, made)


def _unasked(voter: Voter, made: Rating) -> object:
    """Ballots of an unchecked code."""
    voter.enter(made.codes[1])
    return voter.post(step="cast")


def _value(text: str) -> Callable[[Voter, Rating], object]:
    def attempt(voter: Voter, made: Rating) -> object:
        voter.enter(made.codes[1])
        voter.post(step="save", unit="1", go="check", value_1=text)
        return voter.post(step="cast")

    return attempt


def _unit(no: str) -> Callable[[Voter, Rating], object]:
    def attempt(voter: Voter, made: Rating) -> object:
        voter.enter(made.codes[1])
        voter.post(step="save", unit=no, go="check", **VALUES)
        return voter.post(step="cast")

    return attempt


WAYS = [
    Way("casting by a GET", _get), Way("casting by the address", _query), Way("casting without the token", _no_token),
    Way("casting from a browser without the ticket", _other_browser), Way("an empty ticket", _with_ticket("")),
    Way("a ticket that is no seal", _with_ticket("00" * 60)), Way("a ticket that is no hex", _with_ticket("票" * 40)),
    Way("a code in the ticket's place", _with_ticket("0123456789ABCDEF")), Way("a ticket of another key", _foreign_key),
    Way("a ticket cut short", _cut_ticket), Way("a ticket of yesterday", _old_ticket),
    Way("casting before the check", _unasked), Way("a hundred and one", _value("101")),
    Way("less than nothing", _value("-1")),
    Way("a fraction", _value("99.9")), Way("a word", _value("满分")), Way("5,000 digits", _value("9" * 5000)),
    Way("scientific notation", _value("1e2")), Way("a grade where scores are asked for", _value("很满意")),
    Way("a unit that is not rated", _unit("99")), Way("unit nought", _unit("0")),
    Way("a unit beyond all numbers", _unit("9" * 30)),
    Way("a unit by its name", _unit("市监局")), Way("a unit below nought", _unit("-1")),
    Way("a step that there is not", lambda voter, made: voter.post(step="close")),
    Way("no step at all", lambda voter, made: voter.post()),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS, ids=lambda one: one.says.replace(" ", "-"))
def test_a_way_that_leads_nowhere(app, database, made, way):
    """Nothing is cast, no code is spent, and the answer is no failure of ours."""
    voter = Voter(app.test_client())
    voter.enter(made.codes[0])
    voter.rate(1, **VALUES)
    answer = way.attempt(voter, made)
    assert getattr(answer, "status_code", 200) < 500
    with database.reading() as session:
        assert session.exec(select(RatingEnvelope)).all() == []
        row = session.exec(select(RatingCampaign)).one()
        assert sum(found[2] for found in queries.counts(session, row).values()) == 0


def test_a_code_of_another_campaign_opens_that_one_alone(app, database, made):
    with database.writing() as session:
        other = rating(session, year=2027).open().lettered()
    voter = Voter(app.test_client())
    voter.enter(made.codes[0])
    voter.rate(1, **VALUES)
    voter.enter(other.codes[0])
    assert "请先核对" in voter.cast().text


def test_what_somebody_else_answered_is_shown_to_nobody(app, made):
    first, second = Voter(app.test_client()), Voter(app.test_client())
    first.enter(made.codes[0])
    first.rate(1, conduct_rough="yes", remark_rough="只有我知道的事情", go="units", **VALUES)
    page = second.enter(made.codes[1]).text + second.send(step="go", go="1").text
    assert "只有我知道的事情" not in page and 'value="80"' not in page


def test_looking_at_the_ballot_changes_nothing(database, made, client):
    voter = Voter(client)
    voter.enter(made.codes[0])
    voter.rate(1, **VALUES)
    before = content(database)
    for _ in range(3):
        client.get(BALLOT)
        client.head(BALLOT)
    assert content(database) == before
