"""The handler's queue and one appeal, at 1,000 and 100,000 appeals, against a bare Flask view on the same server."""

import json
import os
import tempfile
from pathlib import Path

from flask.sessions import SecureCookieSessionInterface

from tests.bench.load import memory, pages, served, side_by_side
from tests.bench.seed_appeals import handler_cookie_token, now, open_appeal, seed
from webapp import create_app, migrate
from webapp.config import Config
from webapp.db import Database
from webapp.seed import install

MOST_MEMORY = 150  # MB a worker may hold after the load
SIZES = tuple(int(size) for size in os.environ.get("BENCH_SIZES", "1000,100000").split(","))


def prepare(folder: Path, size: int) -> tuple[str, str]:
    """A database of `size` appeals; the cookie of its handler and the address of an appeal."""
    config = Config.from_env({"DATA_DIR": str(folder)})
    database = Database(config.database_url, config.audit_key)
    migrate.upgrade(database.engine)
    with database.writing() as session:
        install(session)
    seed(database, size, now())
    token, uid = handler_cookie_token(database), open_appeal(database)
    database.dispose()
    signer = SecureCookieSessionInterface().get_signing_serializer(create_app(config))
    assert signer is not None
    return f"zhitongche={signer.dumps({'_user_id': token, '_fresh': True})}", f"/desk/appeals/{uid}"


def measure(folder: Path, size: int) -> dict[str, float]:
    cookie, appeal = prepare(folder, size)
    with served("wsgi:app", folder) as port, served("tests.bench.hello:app", folder) as bare:
        found = side_by_side({
            "bare": pages(bare, "/"), "queue": pages(port, "/desk", cookie), "appeal": pages(port, appeal, cookie),
        })  # fmt: skip
        line(f"worker_memory_{size}", memory(port), "MB", MOST_MEMORY)
        return found


def line(name: str, value: float, unit: str, reference: float) -> None:
    print(json.dumps({
        "name": name, "value": round(value, 1), "unit": unit, "reference": round(reference, 1),
        "ratio": round(value / reference, 3),
    }), flush=True)


def main() -> None:
    smallest: dict[str, float] = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as name:
            found = measure(Path(name), size)
        reference = found.pop("bare")
        for page, value in found.items():
            line(f"{page}_page_{size}", value, "requests/s", reference)
            share = value / reference
            if page in smallest:  # as shares of the bare rate: the two runs may have met two speeds of the machine
                line(f"{page}_page_{size}_against_{SIZES[0]}", 100 * share, "% of bare", 100 * smallest[page])
            smallest.setdefault(page, share)


if __name__ == "__main__":
    main()
