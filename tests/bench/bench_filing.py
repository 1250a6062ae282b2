"""Durable filings a second through the public form, against the bare Flask view posted to in the same way."""

import tempfile
import threading
import time
from pathlib import Path

from tests.bench.bench_pages import line
from tests.bench.load import SECONDS, served, side_by_side
from tests.support.visitor import FILING, Visitor
from webapp import migrate
from webapp.config import Config
from webapp.db import Database
from webapp.forms import new_key
from webapp.seed import install

PEOPLE = 8


def rate(port: int, path: str, form: dict[str, str], expected: int) -> float:
    """POSTs a second by eight people who keep their connections; each form has a key of its own."""
    counts, ends = [0] * PEOPLE, time.monotonic() + SECONDS

    def file(slot: int) -> None:
        visitor = Visitor(port)
        fields = form if path == "/" else visitor.form()
        while time.monotonic() < ends:
            status, _, content = visitor.ask("POST", path, fields | {"submission_key": new_key()})
            if status != expected:
                raise AssertionError(f"{path} answers {status}: {content[:200]!r}")
            counts[slot] += 1
        visitor.close()

    threads = [threading.Thread(target=file, args=(slot,)) for slot in range(PEOPLE)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sum(counts) / SECONDS


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = Config.from_env({"DATA_DIR": str(folder)})
        database = Database(config.database_url, config.audit_key)
        migrate.upgrade(database.engine)
        with database.writing() as session:
            install(session)
        database.dispose()
        with served("wsgi:app", folder) as port, served("tests.bench.hello:app", folder) as bare:
            found = side_by_side({
                "bare": lambda: rate(bare, "/", FILING, 200), "filing": lambda: rate(port, "/appeals/new", {}, 303),
            })  # fmt: skip
    line("filing", found["filing"], "filings/s", found["bare"])


if __name__ == "__main__":
    main()
