"""A copy of the database while others write, and a copy put where there is none: the two engines' own ways.

SQLite: the backup API, one step, one read transaction. PostgreSQL: pg_dump, and pg_restore into a database for the
occasion, so that what is checked is what the dump gives back.
"""

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Final, Protocol

import pysqlite3
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import ProgrammingError

from webapp.backups.disk import require_room
from webapp.backups.refusals import BackupRefused
from webapp.db import Database
from webapp.files import sync

TOLD_CHARACTERS: Final = 400


class Copies(Protocol):
    """What the two engines have in common."""

    name: str

    def take(self, copy: Path) -> None:
        """The database of this moment, in a new file."""

    def opened(self, copy: Path, audit_key: bytes) -> AbstractContextManager[Database]:
        """The copy as a database of its own. It may be written to: nobody keeps it."""

    def require_empty(self) -> None:
        """BackupRefused when there is anything where a copy would be put."""

    def put(self, copy: Path) -> None:
        """The copy becomes the database. Durable when it returns; nothing at all when it raises."""


def copies_of(url: URL) -> Copies:
    is_postgres = url.get_backend_name() == "postgresql"
    return PostgresCopies(url) if is_postgres else SqliteCopies(Path(url.database or ""))


class SqliteCopies:
    name = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path

    def take(self, copy: Path) -> None:
        require_room(copy.parent, 2 * self.path.stat().st_size)
        copy.touch(mode=0o600)
        with closing(pysqlite3.connect(self.path)) as source, closing(pysqlite3.connect(copy)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, whole in itself

    @contextmanager
    def opened(self, copy: Path, audit_key: bytes) -> Iterator[Database]:
        """On a file beside the copy, which the checks may leave with a journal."""
        looked_at = copy.with_name(f"{copy.name}-opened")
        shutil.copyfile(copy, looked_at)
        database = Database(f"sqlite:///{looked_at}", audit_key)
        try:
            yield database
        finally:
            database.dispose()
            for path in copy.parent.glob(f"{looked_at.name}*"):
                path.unlink()

    def require_empty(self) -> None:
        beside = [self.path.with_name(self.path.name + end) for end in ("-wal", "-shm", "-journal")]
        if _holds_tables(self.path) or (not self.path.exists() and any(path.exists() for path in beside)):
            raise BackupRefused("restore_occupied", name="、".join(path.name for path in (self.path, *beside[:2])))
        for path in (self.path, *beside):
            path.unlink(missing_ok=True)

    def put(self, copy: Path) -> None:
        """Renamed into its place: never a half database, whenever the power goes."""
        sync(copy)
        arriving = self.path.with_name(f".{self.path.name}.arriving")
        if copy.stat().st_dev == self.path.parent.stat().st_dev:
            copy.rename(arriving)
        else:
            arriving.touch(mode=0o600)
            shutil.copyfile(copy, arriving)
            sync(arriving)
        arriving.rename(self.path)
        sync(self.path.parent)


def _holds_tables(path: Path) -> bool:
    """A file that is no database counts as something: it is somebody's."""
    if not path.exists() or path.stat().st_size == 0:
        return False
    try:
        with closing(pysqlite3.connect(path)) as connection:
            return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except pysqlite3.DatabaseError:
        return True


class PostgresCopies:
    name = "postgresql"

    def __init__(self, url: URL) -> None:
        self._url = url

    def take(self, copy: Path) -> None:
        copy.touch(mode=0o600)
        words = ["--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=30s", f"--file={copy}"]
        self._run("pg_dump", [*words, f"--dbname={self._address(self._url, copy.parent)}"])

    @contextmanager
    def opened(self, copy: Path, audit_key: bytes) -> Iterator[Database]:
        url = self._url.set(database=f"zhitongche_backup_{secrets.token_hex(6)}")
        try:
            self._server(f'CREATE DATABASE "{url.database}" TEMPLATE template0')
        except ProgrammingError as error:  # 42501: insufficient privilege
            if getattr(error.orig, "sqlstate", "") != "42501":
                raise
            raise BackupRefused("backup_may_not_create") from error
        try:
            self._restore(copy, url)
            database = Database(url.render_as_string(hide_password=False), audit_key)
            try:
                yield database
            finally:
                database.dispose()
        finally:
            self._server(f'DROP DATABASE "{url.database}" WITH (FORCE)')

    def require_empty(self) -> None:
        engine = create_engine(self._url)
        with engine.connect() as connection:
            found = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")).scalar_one()
        engine.dispose()
        if found:
            raise BackupRefused("restore_occupied_server")

    def put(self, copy: Path) -> None:
        self._restore(copy, self._url)

    def _restore(self, copy: Path, url: URL) -> None:
        """In one transaction: all of it or nothing."""
        words = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"]
        self._run("pg_restore", [*words, f"--dbname={self._address(url, copy.parent)}", str(copy)])

    def _run(self, tool: str, words: list[str]) -> None:
        path = shutil.which(tool)
        if path is None:
            raise BackupRefused("backup_tool_missing", tool=tool)
        done = subprocess.run([path, *words], capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            raise BackupRefused("backup_tool_failed", tool=tool, told=done.stderr.strip()[:TOLD_CHARACTERS])

    def _address(self, url: URL, folder: Path) -> str:
        """For libpq. The password goes by a file: everybody on the machine can read a command line."""
        given = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database, **url.query}
        if url.password:
            secret = str(url.password).replace("\\", "\\\\").replace(":", "\\:")
            passfile = folder / "pgpass"
            passfile.touch(mode=0o600)
            passfile.write_text(f"*:*:*:*:{secret}\n", encoding="utf-8")
            given["passfile"] = str(passfile)
        return make_conninfo("", **{name: str(value) for name, value in given.items() if value})

    def _server(self, statement: str) -> None:
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(statement))
        finally:
            engine.dispose()
