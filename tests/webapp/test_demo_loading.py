"""The demo's texts and people, and the commands that load it."""

from datetime import datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlmodel import Session, col, func, select

from models.accounts.passwords import password_matches, weakness
from models.accounts.tables import Account, Unit
from models.accounts.types import Role
from models.appeals.receipt import code_matches, normalise_code
from models.appeals.tables import Appeal
from models.appeals.types import AppellantKind
from models.audit.tables import AuditRow
from models.jobs.tables import Job
from models.jobs.types import JobState
from models.workdays.rules import SHANGHAI
from tests.support.actors import account
from tests.support.factories import Story as RealStory
from webapp.config import Config
from webapp.db import Database
from webapp.demo import loading
from webapp.demo.people import ACCOUNTS, PASSWORD
from webapp.demo.plans import PLANS
from webapp.demo.stories import stories
from webapp.files import FileStore
from webapp.jobs import result_path


def _config(app: Flask) -> Config:
    config: Config = app.extensions["zhitongche.config"]
    return config


def _files(app: Flask) -> FileStore:
    store: FileStore = app.extensions["zhitongche.files"]
    return store


def _count(session: Session, condition: object) -> int:
    return session.exec(select(func.count()).select_from(Appeal).where(condition)).one()  # type: ignore[arg-type]


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


# ---------------------------------------------------------------- the texts


def test_no_two_stories_share_a_text_and_each_is_of_natural_length() -> None:
    told = stories()
    assert len(told) >= 60
    for part in ("key", "title", "body"):
        assert len({getattr(story, part) for story in told}) == len(told)
    facts = [answer.facts for story in told for answer in (*story.reply, *story.preliminary)]
    assert len(set(facts)) == len(facts)
    for story in told:
        assert 60 <= len(story.body) <= 400, story.key
        assert 1 <= len(story.demands) <= 3, story.key
        assert len(story.title) <= 120, story.key


def test_stories_have_rare_names_confidence_and_nobody() -> None:
    names = "".join(story.identity.name for story in stories() if story.identity)
    assert set("喆珺堃昇镕") <= set(names)
    assert sum(story.confidential for story in stories()) >= 2
    assert any(story.who is AppellantKind.ANONYMOUS and story.identity is None for story in stories())


def test_every_plan_is_used() -> None:
    assert {story.plan for story in stories()} == set(PLANS)


def test_the_common_password_would_be_accepted_for_every_account() -> None:
    assert [weakness(PASSWORD, one.username) for one in ACCOUNTS] == [None] * len(ACCOUNTS)


def test_there_is_an_account_for_everyone_who_works_here() -> None:
    assert {one.role for one in ACCOUNTS} == set(Role)
    assert len({one.username for one in ACCOUNTS}) == len(ACCOUNTS)
    for unit in {story.unit for story in stories()} - {""}:
        assert {one.role for one in ACCOUNTS if one.unit == unit} == {Role.HANDLER, Role.APPROVER}


# ---------------------------------------------------------------- the commands


def test_load_tells_accounts_and_codes_that_work_and_twice_is_no_harm(app: Flask, database: Database) -> None:
    first = run(app, "demo", "load")
    assert first.exit_code == 0, first.output
    assert PASSWORD in first.stdout
    told = run(app, "demo", "accounts")
    assert told.exit_code == 0
    assert "jingban" in told.stdout
    with database.reading() as session:
        done = session.exec(select(Job).where(col(Job.state) == JobState.DONE)).one()
        with app.app_context():
            assert result_path(done).read_bytes().startswith(b"%PDF")
        jingban = session.exec(select(Account).where(col(Account.username) == "jingban")).one()
        assert password_matches(jingban.password_hash, PASSWORD)
        assert not jingban.must_change_password
        assert _codes_that_open(session, told.stdout, _config(app).receipt_key) == 2
        before = session.exec(select(func.count()).select_from(AuditRow)).one()
    again = run(app, "demo", "load")
    assert (again.exit_code, again.stdout.strip()) == (0, "演示数据已在库中")
    quiet = run(app, "demo", "load", "--if-new")
    assert quiet.exit_code == 0
    assert "jingban" in quiet.stdout, "make run tells the accounts every time"
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(AuditRow)).one() == before


def _codes_that_open(session: Session, told: str, pepper: bytes) -> int:
    opened = 0
    for line in told.splitlines():
        words = line.split()
        appeal = session.exec(select(Appeal).where(col(Appeal.number) == words[0])).first() if words else None
        if appeal is not None:
            opened += code_matches(pepper, normalise_code(words[1]) or "", appeal.receipt_code_hash)
    return opened


def test_a_database_with_a_real_appeal_is_refused(app: Flask, session: Session) -> None:
    RealStory(session)
    session.commit()
    refused = run(app, "demo", "load")
    assert refused.exit_code == 1
    assert "已有真实的诉求或者账号" in refused.stderr
    quiet = run(app, "demo", "load", "--if-new")
    assert (quiet.exit_code, quiet.output) == (0, "")
    assert session.exec(select(func.count()).select_from(Appeal)).one() == 1


def test_a_database_with_a_real_account_never_gets_the_public_password(app: Flask, session: Session) -> None:
    account(session, Role.ADMINISTRATOR)
    session.commit()
    assert run(app, "demo", "load").exit_code == 1
    assert run(app, "demo", "accounts").exit_code == 1
    assert session.exec(select(func.count()).select_from(Account)).one() == 1


def test_a_load_that_fails_leaves_neither_rows_nor_files(app: Flask, session: Session) -> None:
    unit = session.exec(select(Unit).where(col(Unit.short_name) == "司法局")).one()
    unit.short_name, unit.full_name = "改名局", "改名局"
    session.add(unit)
    session.flush()
    before = set(_files(app).iter_names())
    with pytest.raises(LookupError, match="司法局"):
        loading.load(session, _config(app), _files(app), now=datetime(2026, 11, 21, 0, 8, tzinfo=SHANGHAI))
    assert set(_files(app).iter_names()) == before
