"""Fixtures: one application, a fresh database for each test, clients that check their pages."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session

from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals.vault import IdentityVault
from tests.support import actors
from tests.support.engines import (
    AUDIT_KEY,
    Engines,
    PostgresEngines,
    SqliteEngines,
    quick_folder,
    statements_shared,
)
from tests.support.page import PageClient
from webapp import create_app
from webapp.config import Config
from webapp.db import Database, make_engine

pytest_plugins = ["tests.support.browser"]
SHARED = Path(__file__).resolve().parents[2] / "shared"
SignIn = Callable[..., PageClient]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--engine", choices=("sqlite", "postgres"), default="sqlite", help="database for the whole suite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What `pytest_terminal_summary` says is left out."""
    left_out = {
        item for item in items
        if (_needs_shared(item) and not SHARED.is_dir()) or (_is_alike(item) and _is_on_postgres(config))
    }
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))


def _is_on_postgres(config: pytest.Config) -> bool:
    return bool(config.getoption("--engine") == "postgres")


def _needs_shared(item: pytest.Item) -> bool:
    return item.get_closest_marker("shared") is not None


def _is_alike(item: pytest.Item) -> bool:
    return "engines" not in getattr(item, "fixturenames", ()) or item.get_closest_marker("one_engine") is not None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Here and not where it is done: the processes that collect have no screen."""
    if not SHARED.is_dir():
        terminalreporter.write_line("Left out: tests that read ../shared, which this clone does not have.")
    if _is_on_postgres(config):
        terminalreporter.write_line("Left out: tests that ask no database, or show the same on every one.")


@pytest.fixture(scope="session")
def engines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    folder = tmp_path_factory.mktemp("engine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("webapp.db.make_engine", statements_shared(make_engine))
        if request.config.getoption("--engine") == "sqlite":
            with quick_folder(folder) as quick:
                yield SqliteEngines(quick)
            return
        from tests.support.postgres import server

        with server(folder) as url:
            yield PostgresEngines(url)


@pytest.fixture
def database_url(engines: Engines, tmp_path: Path) -> Iterator[str]:
    with engines.fresh(tmp_path) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    made = Database(database_url, AUDIT_KEY)
    yield made
    made.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """A writing session. Tests that look through the application commit it first."""
    with database.session(is_write=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def _application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    folder = tmp_path_factory.mktemp("data")
    config = Config(
        database_url=f"sqlite:///{folder}/unused.db",
        data_dir=folder,
        secret_key=b"s" * 32,
        identity_key=b"i" * 32,
        audit_key=AUDIT_KEY,
        backup_key=b"b" * 32,
        public_base_url="http://localhost",
        runs_jobs_at_once=True,
        is_testing=True,
    )
    app = create_app(config)
    app.test_client_class = PageClient
    return app


@pytest.fixture
def app(_application: Flask, database: Database) -> Flask:
    """The one application with this test's database in it."""
    _application.extensions["zhitongche.db"] = database
    _application.extensions.pop("zhitongche.calendar", None)
    _application.extensions.pop("zhitongche.clock_basis", None)
    return _application


@pytest.fixture
def client(app: Flask) -> PageClient:
    made = app.test_client()
    assert isinstance(made, PageClient)
    return made


@pytest.fixture
def vault() -> IdentityVault:
    return IdentityVault(b"i" * 32)


@pytest.fixture
def sign_in(app: Flask, database: Database) -> SignIn:
    """`sign_in(Role.HANDLER, unit="市监局")` gives a client of its own; `sign_in(account=row)` one for an existing
    account.
    """

    def signed_in(*roles: Role, unit: str = "", account: Account | None = None) -> PageClient:
        with database.writing() as session:
            row = account or actors.account(session, *roles, unit=unit)
            token = actors.token(session, row)
        made = app.test_client()
        with made.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        assert isinstance(made, PageClient)
        return made

    return signed_in
