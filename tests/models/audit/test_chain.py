"""Ten kinds of tampering, by somebody who can write to the database but has no key (AUD-2, F12).

What the database alone cannot tell — all of it taken back to an older state, head included — is said by its own test:
that takes an anchor outside, the head's number and hash of an earlier day.
"""
# ruff: noqa: S608 - the forger's SQL is written here

import hashlib
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from models.appeals.types import State
from models.audit.commands import append
from models.audit.queries import verdict
from models.audit.rules import GENESIS, ChainRow, chain_hash
from models.audit.tables import AuditHead, AuditRow
from tests.support.engines import AUDIT_KEY
from tests.support.factories import Story

MOMENT = datetime(2026, 11, 17, 2, tzinfo=UTC)
ROWS = 20


def add(session: Session, number: int = ROWS) -> None:
    for no in range(number):
        append(
            session, at=MOMENT + timedelta(seconds=no), actor_id=no, action="probe", object_kind="test",
            object_id=str(no), facts={"no": no, "note": "中文", "list": [no, None, True]},
        )
        session.flush()


@pytest.fixture
def log(session: Session) -> Session:
    """Twenty rows in a log whose guards somebody has switched off, as whoever owns the database can, then on again."""
    add(session)
    return session


def off(session: Session) -> None:
    tables = "" if session.connection().dialect.name == "sqlite" else " ON audit_log"
    for name in ("audit_log_no_update", "audit_log_no_delete"):
        session.execute(text(f"DROP TRIGGER {name}{tables}"))


def on(session: Session) -> None:
    is_sqlite = session.connection().dialect.name == "sqlite"
    for name, what in (("audit_log_no_update", "UPDATE"), ("audit_log_no_delete", "DELETE")):
        on_postgres = "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        body = f"BEGIN SELECT RAISE(ABORT, '{name}'); END" if is_sqlite else on_postgres
        session.execute(text(f"CREATE TRIGGER {name} BEFORE {what} ON audit_log {body}"))


def rows(session: Session) -> Sequence[AuditRow]:
    return session.exec(select(AuditRow).order_by(col(AuditRow.seq))).all()


def sql(*statements: str) -> Callable[[Session], None]:
    def run(session: Session) -> None:
        for statement in statements:
            session.execute(text(statement))

    return run


COLUMNS = "at, actor_id, action, object_kind, object_id, facts, hash"
COPY = f"INSERT INTO audit_log (seq, {COLUMNS}) SELECT {{seq}}, {COLUMNS} FROM audit_log WHERE seq = {{of}}"


def rehash_without_key(session: Session) -> None:
    """The forger knows our code, not our key: row 5 edited and every hash from there on made anew."""
    session.execute(text("UPDATE audit_log SET action = 'forged' WHERE seq = 5"))
    session.expire_all()
    previous = GENESIS
    for row in rows(session):
        if row.seq >= 5:
            inside = ChainRow(row.seq, row.at, row.actor_id, row.action, row.object_kind, row.object_id, row.facts)
            row.hash = chain_hash(b"guess" * 7, previous, inside)
        previous = row.hash
    session.flush()
    session.execute(text(f"UPDATE audit_head SET hash = '{previous}'"))


def rewrite_all(session: Session) -> None:
    """A whole new log with plain hashes, head to match."""
    session.execute(text("DELETE FROM audit_log"))
    digest = GENESIS
    for seq in range(1, ROWS + 1):
        digest = hashlib.sha256(f"{digest}{seq}".encode()).hexdigest()
        session.add(AuditRow(seq=seq, at=MOMENT, action="nothing", object_kind="test", facts={}, hash=digest))
    session.flush()
    session.execute(text(f"UPDATE audit_head SET hash = '{digest}'"))


TAMPERING = {
    "edit": (sql("UPDATE audit_log SET object_id = 'x' WHERE seq = 7"), "edited", 7),
    "edit of a timestamp": (sql("UPDATE audit_log SET at = '2026-11-16 00:00:00' WHERE seq = 9"), "edited", 9),
    "edit of a hash": (sql(f"UPDATE audit_log SET hash = '{'f' * 64}' WHERE seq = 11"), "edited", 11),
    "delete in the middle": (sql("DELETE FROM audit_log WHERE seq = 8"), "missing", 8),
    "delete of the beginning": (sql("DELETE FROM audit_log WHERE seq <= 3"), "missing", 1),
    "delete of the tail": (sql("DELETE FROM audit_log WHERE seq > 17"), "truncated", 18),
    "insert at the end": (sql(COPY.format(seq=21, of=20)), "edited", 21),
    "duplicate in the middle": (
        sql("UPDATE audit_log SET seq = seq + 100 WHERE seq > 6", "UPDATE audit_log SET seq = seq - 99 WHERE seq > 100",
            COPY.format(seq=7, of=6)), "edited", 7,
    ),
    "swap": (
        sql("UPDATE audit_log SET seq = 100 WHERE seq = 4", "UPDATE audit_log SET seq = 4 WHERE seq = 5",
            "UPDATE audit_log SET seq = 5 WHERE seq = 100"), "edited", 4,
    ),
    "hashes made anew without the key": (rehash_without_key, "edited", 5),
    "everything rewritten": (rewrite_all, "edited", 1),
    "everything deleted": (sql("DELETE FROM audit_log"), "truncated", 1),
    "head pulled back": (sql("UPDATE audit_head SET seq = 15"), "extended", 16),
    "head edited": (sql(f"UPDATE audit_head SET hash = '{'e' * 64}'"), "extended", 21),
}


@pytest.mark.parametrize("kind", TAMPERING)
def test_tampering_gets_its_verdict_and_its_place(log, kind):
    tamper, expected, where = TAMPERING[kind]
    off(log)
    tamper(log)
    on(log)
    log.expire_all()
    found = verdict(log, AUDIT_KEY)
    assert (found.kind, found.seq) == (expected, where)


def test_a_sound_log_without_its_guards_is_reported(log):
    off(log)
    assert verdict(log, AUDIT_KEY).kind == "unguarded"
    on(log)
    assert verdict(log, AUDIT_KEY).kind == "ok"


def test_the_wrong_key_condemns_the_first_row(log):
    found = verdict(log, b"b" * 32)
    assert (found.kind, found.seq) == ("edited", 1)


def test_an_older_state_restored_with_its_head_needs_the_anchor_outside(log):
    """AUD-2: in itself the older log is whole. Only a head noted elsewhere (20 rows, this hash) shows what is gone."""
    head = log.get(AuditHead, 1)
    noted = (head.seq, head.hash)
    older = log.get(AuditRow, 12)
    off(log)
    sql("DELETE FROM audit_log WHERE seq > 12", f"UPDATE audit_head SET seq = 12, hash = '{older.hash}'")(log)
    on(log)
    log.expire_all()
    found = verdict(log, AUDIT_KEY)
    assert (found.kind, found.count) == ("ok", 12)
    assert (found.count, log.get(AuditHead, 1).hash) != noted


def test_two_hundred_verifies_of_a_growing_log_raise_no_false_alarm(log):
    for no in range(200):
        if no % 10 == 0:
            add(log, 3)
        assert verdict(log, AUDIT_KEY).kind == "ok"


def test_a_clock_that_went_back_cannot_put_a_row_before_the_last(session):
    """CLK-7."""
    add(session, 2)
    last = session.get(AuditHead, 1).at
    row = append(session, at=MOMENT - timedelta(days=1), actor_id=None, action="later", object_kind="test")
    session.flush()
    assert row.at == last + timedelta(microseconds=1)
    assert verdict(session, AUDIT_KEY).kind == "ok"


def test_a_whole_story_leaves_one_row_for_each_act(session):
    before = session.get(AuditHead, 1).seq
    story = Story(session).to(State.CLOSED)
    actions = [row.action for row in rows(session) if row.seq > before]
    assert [one for one in actions if one.startswith("appeal.")] == [f"appeal.{one}" for one in (
        "submit", "accept", "dispatch", "sign", "verify", "propose_reply", "sign_off", "publish", "close",
    )]
    assert verdict(session, AUDIT_KEY).kind == "ok"
    facts = [repr(row.facts) for row in rows(session)]
    assert not [one for one in facts if "周喆珺" in one or "13873712345" in one or story.appeal.title in one]


def test_the_command_says_ok_or_where_the_damage_is(app, database):
    with database.writing() as session:
        add(session)
    app.extensions["zhitongche.config"]  # the command reads the same key the rows were made with
    runner = app.test_cli_runner()
    sound = runner.invoke(args=["audit", "verify"])
    assert sound.exit_code == 0 and sound.output.strip().startswith("ok ") and sound.output.strip().endswith(" rows")
    with database.writing() as session:
        off(session)
        session.execute(text("DELETE FROM audit_log WHERE seq > 18"))
        on(session)
    damaged = runner.invoke(args=["audit", "verify"])
    assert damaged.exit_code == 1 and "truncated at row 19" in damaged.output


def test_yesterdays_file_put_back_is_whole_in_itself(database_url, tmp_path):
    """The same as above with the file itself: said here so that nobody takes `ok` for more than it is."""
    from webapp.db import Database

    if not database_url.startswith("sqlite"):
        pytest.skip("a file is put back on SQLite")
    path = Path(database_url.removeprefix("sqlite:///"))
    shutil.copyfile(path, tmp_path / "yesterday.db")
    today = Database(database_url, AUDIT_KEY)
    with today.writing() as session:
        add(session)
    today.dispose()
    for journal in path.parent.glob(f"{path.name}-*"):
        journal.unlink()
    shutil.copyfile(tmp_path / "yesterday.db", path)
    again = Database(database_url, AUDIT_KEY)
    with again.reading() as session:
        assert verdict(session, AUDIT_KEY).kind == "ok"
    again.dispose()
