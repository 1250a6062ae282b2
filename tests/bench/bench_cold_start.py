"""Seconds from starting the server to its first answer, on a machine that has started it before."""

import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.bench_pages import line
from tests.bench.load import served
from webapp import migrate
from webapp.config import Config
from webapp.db import Database
from webapp.seed import install

ROUNDS = 3
MOST_SECONDS = 2


def seconds(folder: Path) -> float:
    began = time.perf_counter()
    with served("wsgi:app", folder):
        return time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = Config.from_env({"DATA_DIR": str(folder)})
        database = Database(config.database_url, config.audit_key)
        migrate.upgrade(database.engine)
        with database.writing() as session:
            install(session)
        database.dispose()
        seconds(folder)
        line("cold_start", median(seconds(folder) for _ in range(ROUNDS)), "s", MOST_SECONDS)


if __name__ == "__main__":
    main()
