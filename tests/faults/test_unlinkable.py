"""Whoever owns the files tries to pair codes with ballots: by time, by order, by keys, by lengths, by what is left in
the file, before the closing and after (docs/adr/0022). No better than chance.

The attacker is given more than files tell: the exact order in which codes were spent and envelopes laid down.
"""

import random
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from models.ratings import closing, queries
from models.ratings.tables import RatingBallot, RatingCampaign, RatingDraft, RatingEnvelope, RatingInvitation
from models.ratings.types import Group
from models.ratings.vault import RatingVault
from tests.support.live import LiveServer, live_server
from tests.support.ratings import VAULT, Rating, rating
from tests.support.visitor import HIDDEN, VALUE, Visitor
from webapp import clock
from webapp.db import Database

VOTERS = 60
LUCKY = 8
"""Of sixty pairs guessed blindly one is right on average; eight or more are, once in a hundred thousand times."""
DICE = 20261127
HIDDEN_COLUMNS = ("ctid", "xmin::text::bigint")
"""Where PostgreSQL has laid a row down, and in which transaction."""
Order = Sequence[int]
"""Voters by number, in the order that something lies in."""


def hits(codes: Order, ballots: Order) -> int:
    """How many pairs are right when the two orders are laid side by side."""
    return sum(first == second for first, second in zip(codes, ballots, strict=True))


def best(codes: dict[str, Order], ballots: dict[str, Order]) -> tuple[int, str]:
    """The best of all guesses, forwards and backwards."""
    tried = [
        (hits(left, right[::step]), f"{name} against {other}" + (" backwards" if step < 0 else ""))
        for (name, left), (other, right) in product(codes.items(), ballots.items()) for step in (1, -1)
    ]
    return max(tried)


def test_the_attacker_finds_what_there_is_to_be_found():
    """A table that keeps the order of casting is read at once: the proof is worth something."""
    order = random.Random(DICE).sample(range(VOTERS), VOTERS)
    assert best({"spent": order}, {"rows": order}) == (VOTERS, "spent against rows")
    assert best({"spent": order}, {"rows": order[::-1]}) == (VOTERS, "spent against rows backwards")
    shuffled = random.Random(DICE + 1).sample(order, VOTERS)
    assert best({"spent": order}, {"rows": shuffled})[0] < LUCKY


@dataclass
class Vote:
    """Who voted when. The first value of unit 1 is the voter's number: it makes each ballot known in the end."""

    number: int
    code: str
    invitation_id: int


def vote_all(made: Rating, database: Database, dice: random.Random) -> list[Vote]:
    """In an order of their own, some of one unit, some of all, some with a draft before."""
    with database.reading() as session:
        found = [one for one, _ in queries.invitations(session, made.vault, made.row)]
    votes = [Vote(no, code, one.id or 0) for no, (code, one) in enumerate(zip(made.codes, found, strict=True))]
    dice.shuffle(votes)
    for one in votes:
        with database.writing() as session:
            made.session = session
            others = {no: dice.randrange(100) for no in range(2, dice.randrange(2, 10))}
            made.vote(one.code, {1: one.number, **others}, dice.choice(["", f"标记{one.number}号"]))
    return votes


def of(session: Session, statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in session.execute(text(statement)).all()]


def orders_of_codes(session: Session, votes: Sequence[Vote], is_postgres: bool) -> dict[str, Order]:
    """Every order that invitations lie in, with what the attacker is given."""
    numbers = {one.invitation_id: one.number for one in votes}
    hidden = ["id", "uid", "code_hash", "sealed", "name_index", *(HIDDEN_COLUMNS if is_postgres else [])]
    by = {
        name: [numbers[row[0]] for row in of(session, f"SELECT id FROM rating_invitations ORDER BY {name}")]  # noqa: S608
        for name in hidden
    }
    by["as they lie"] = [numbers[row[0]] for row in of(session, "SELECT id FROM rating_invitations")]
    by["in time"] = [one.number for one in votes]
    return by


def orders_of_ballots(session: Session, is_postgres: bool) -> dict[str, Order]:
    names = ["id", *(HIDDEN_COLUMNS if is_postgres else [])]
    by = {name: _numbers(session, f" ORDER BY {name}") for name in names}
    return by | {"as they lie": _numbers(session, "")}


def _numbers(session: Session, order: str) -> list[int]:
    ids = [row[0] for row in of(session, f"SELECT id FROM rating_ballots{order}")]  # noqa: S608
    ballots = {one.id: one.answers for one in session.exec(select(RatingBallot)).all()}
    return [ballots[uid][0]["values"]["1"] for uid in ids]


@pytest.fixture
def made(database: Database) -> Rating:
    with database.writing() as session:
        groups = {Group.ENTERPRISE: 40, Group.DEPUTY: 10, Group.MEMBER: 6, Group.MEDIA: 4}
        return rating(session, groups=groups, rated=12).open().lettered()


def close(database: Database, uid: str, vault: RatingVault, act: Callable[[], object]) -> None:
    """As the page does it, with the journal emptied."""
    with database.writing() as session:
        row = queries.campaign_row(session, uid, lock=True)
        closing.close(session, row, vault, act(), reason="试算")  # type: ignore[arg-type]
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def test_no_order_of_rows_pairs_codes_with_ballots(database: Database, made: Rating) -> None:
    """After the closing, with every order of either, xmin and ctid among them on PostgreSQL."""
    is_postgres = not database.is_sqlite
    votes = vote_all(made, database, random.Random(DICE))
    with database.reading() as session:
        envelopes = [row[0] for row in of(session, "SELECT id FROM rating_envelopes")]
        before = orders_of_codes(session, votes, is_postgres)
    close(database, made.row.uid, VAULT, made.act)
    with database.reading() as session:
        after = orders_of_codes(session, votes, is_postgres)
        ballots = orders_of_ballots(session, is_postgres)
        ids = {row[0] for row in of(session, "SELECT id FROM rating_ballots")}
    assert all(sorted(order) == list(range(VOTERS)) for order in ballots.values())
    found, how = best({f"{name} before": order for name, order in before.items()} | after, ballots)
    assert found < LUCKY, f"{found} of {VOTERS} paired by {how}"
    assert not ids & set(envelopes) and not ids & {VAULT.code_hash(one.code)[:32] for one in votes}


def test_what_is_sealed_is_of_one_length_and_never_alike(database: Database, made: Rating) -> None:
    """Before the closing: two ballots that say the same look as different as any."""
    with database.writing() as session:
        made.session = session
        for code in made.codes[:10]:
            made.vote(code, {1: 50})
    with database.reading() as session:
        sealed = [one.sealed for one in session.exec(select(RatingEnvelope)).all()]
    assert len({len(one) for one in sealed}) == 1 and len({one[:64] for one in sealed}) == 10
    assert len({one[12:] for one in sealed}) == 10


def raw(path: Path) -> bytes:
    """Everything that lies on the disk: the file and its journal."""
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*")))


def sqlite_path(database: Database) -> Path:
    return Path(database.engine.url.database or "")


def test_nothing_that_was_said_lies_in_the_file_before_the_closing(database: Database, made: Rating) -> None:
    if not database.is_sqlite:
        pytest.skip("a single file")
    votes = vote_all(made, database, random.Random(DICE))
    content = raw(sqlite_path(database))
    assert not [one.number for one in votes if f"标记{one.number}号".encode() in content]
    assert not [one.number for one in votes if one.code.encode() in content]
    assert b'"v":{' not in content and b'"u":1' not in content


def test_the_closing_leaves_no_trace_of_envelopes_drafts_and_key_in_the_file(
    database: Database, made: Rating
) -> None:
    """Freed pages are overwritten, the journal is emptied: a stolen file holds nothing that a key could open."""
    if not database.is_sqlite:
        pytest.skip("a single file")
    vote_all(made, database, random.Random(DICE))
    with database.reading() as session:
        sealed = [one.sealed for one in session.exec(select(RatingEnvelope)).all()]
        sealed += [one.sealed for one in session.exec(select(RatingDraft)).all()]
        sealed += [one.sealed_key or b"" for one in session.exec(select(RatingCampaign)).all()]
        assert session.exec(select(RatingInvitation)).all()
    database.dispose()
    content = raw(sqlite_path(database))
    assert all(one[20:60] in content for one in sealed), "the attacker does not know where to look"
    close(database, made.row.uid, VAULT, made.act)
    database.dispose()
    content = raw(sqlite_path(database))
    left = [one for one in sealed for at in range(20, len(one) - 40, 400) if one[at : at + 40] in content]
    assert not left, f"{len(left)} pieces of what was sealed are still in the file"


# ---------------------------------------------------------------- the real server, its journal and its log


def vote_by_http(server: LiveServer, code: str, number: int, units: Sequence[int]) -> None:
    visitor = Visitor(server.config.port)

    def send(**fields: str) -> int:
        _, _, page = visitor.ask("GET", "/ratings/ballot")
        token = next(VALUE.search(tag)[1].decode() for tag in HIDDEN.findall(page) if b"csrf" in tag)  # type: ignore[index]
        status, _, _ = visitor.ask("POST", "/ratings/ballot", {"csrf_token": token, **fields})
        return status

    assert send(step="enter", code=code) == 303
    for no in units:
        assert send(step="go", go=str(no)) == 303
        answers = {"value_1": str(number), "value_2": "50"}
        more = {"conduct_rough": "yes", "remark_rough": f"标记{number}号"} if number % 2 else {}
        assert send(step="save", unit=str(no), go="units", **answers, **more) == 303
    assert send(step="go", go="check") == 303
    assert send(step="cast") == 303
    visitor.close()


@pytest.mark.slow
def test_neither_log_nor_journal_nor_file_of_a_real_server_tells_who_voted_how(tmp_path: Path) -> None:
    dice, voters = random.Random(DICE), 24
    with live_server(tmp_path) as server:
        vault, today = RatingVault(server.config.identity_key), clock.today()
        with server.database.writing() as session:
            made = rating(
                session, invited=voters, rated=12, opens_on=today, closes_on=today, vault=vault
            ).open().lettered()
        order = dice.sample(range(voters), voters)
        for number in order:
            vote_by_http(server, made.codes[number], number, [1, *range(2, dice.randrange(2, 6))])
        path = sqlite_path(server.database)
        content, log = raw(path), (tmp_path / "server.log").read_text()
        assert "ratings" not in log and "ballot" not in log
        for number, code in enumerate(made.codes):
            for word in (code, f"标记{number}号"):
                assert word.encode() not in content and word not in log
        close(server.database, made.row.uid, vault, made.act)
        with server.database.reading() as session:
            ballots = orders_of_ballots(session, is_postgres=False)
        found, how = best({"in time": order, "by number": range(voters)}, ballots | {"in the file": _in_file(path)})
        assert found < LUCKY, f"{found} of {voters} paired by {how}"


def _in_file(path: Path) -> list[int]:
    """Ballots in the order in which their bytes stand in the file."""
    content = path.read_bytes()
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        asked = "SELECT id, json_extract(answers, '$[0].values.\"1\"') FROM rating_ballots"
        rows = connection.execute(asked).fetchall()
    return [number for _, number in sorted((content.find(uid.encode()), number) for uid, number in rows)]
