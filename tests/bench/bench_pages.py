"""The handler's queue and one appeal, at 1,000 and 100,000 appeals, against a bare Flask view on the same server."""

import json
import os
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

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


def line(name: str, value: float, unit: str, reference: float) -> None:
    print(json.dumps({
        "name": name, "value": round(value, 1), "unit": unit, "reference": round(reference, 1),
        "ratio": round(value / reference, 3),
    }), flush=True)


def main() -> None:
    """All of them served at once and asked in turn: one run, one machine, one comparison."""
    with ExitStack() as served_now:
        folders = {size: Path(served_now.enter_context(TemporaryDirectory())) for size in SIZES}
        known = {size: prepare(folder, size) for size, folder in folders.items()}
        bare = served_now.enter_context(served("tests.bench.hello:app", folders[SIZES[0]]))
        ports = {size: served_now.enter_context(served("wsgi:app", folder)) for size, folder in folders.items()}
        rates = {"bare": pages(bare, "/")}
        for size, (cookie, appeal) in known.items():
            rates[f"queue_page_{size}"] = pages(ports[size], "/desk", cookie)
            rates[f"appeal_page_{size}"] = pages(ports[size], appeal, cookie)
        found = side_by_side(rates)
        for size, port in ports.items():
            line(f"worker_memory_{size}", memory(port), "MB", MOST_MEMORY)
    for name in [name for name in rates if name != "bare"]:
        line(name, found[name], "requests/s", found["bare"])
    for page, size in product(("queue_page", "appeal_page"), SIZES[1:]):
        name = f"{page}_{size}_against_{SIZES[0]}"
        line(name, found[f"{page}_{size}"], "requests/s", found[f"{page}_{SIZES[0]}"])


if __name__ == "__main__":
    main()
