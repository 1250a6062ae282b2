"""F14: backups made while people file, with files, each put back elsewhere: whole, checked, and serving pages."""

import shutil
import threading
import time
from pathlib import Path

import pytest
from sqlmodel import select

from models.appeals.tables import Appeal
from models.handling.commands import submit
from tests.access.canaries import keep, photo
from tests.faults.test_kill9 import Filer, flask
from tests.support.factories import VAULT, filing
from tests.support.live import LiveServer, free_port, live_server, start, stop, wait_until_ready
from tests.support.visitor import Visitor
from webapp import clock
from webapp.config import Config
from webapp.db import Database
from webapp.files import FileStore

DRILLS = 2
PAGES = ("/", "/appeals/new", "/appeals/track", "/login", "/help", "/privacy", "/healthz", "/readyz")


class Unhurried(Filer):
    """Through the server's own form, a few a second."""

    def _until_done(self, act):
        time.sleep(0.1)
        return super()._until_done(act)


class FilesSender(threading.Thread):
    """Files an appeal with a photo five times a second, as the server does: the file first, then its row."""

    def __init__(self, served: LiveServer, ended: threading.Event) -> None:
        super().__init__()
        self.served, self.ended, self.numbers = served, ended, list[str]()

    def run(self) -> None:
        store = FileStore(self.served.config.files_dir)
        while not self.ended.wait(0.2):
            kept = keep(store, photo("现场"), "现场.jpg")
            with self.served.database.writing() as session:
                number = submit(session, filing(files=(kept,)), None, VAULT, now=clock.now()).number
            self.numbers.append(number)


def numbers_in(folder: Path) -> set[str]:
    config = Config.from_env({"DATA_DIR": str(folder)})
    database = Database(config.database_url, config.audit_key)
    with database.reading() as session:
        found = set(session.exec(select(Appeal.number)).all())
    database.dispose()
    return found


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Exception ignored in. <socket")
def test_every_backup_made_under_writers_becomes_a_house_again(tmp_path: Path) -> None:
    ended = threading.Event()
    with live_server(tmp_path / "here") as served:
        filer, sender = Unhurried(served.config.port, ended), FilesSender(served, ended)
        filer.start()
        sender.start()
        try:
            while sender.is_alive() and not (len(sender.numbers) > 3 and len(filer.receipts) > 3):
                time.sleep(0.1)
            drills = [_drill(served, filer, sender, tmp_path / f"there{no}") for no in range(DRILLS)]
        finally:
            ended.set()
            filer.join()
            sender.join()
    assert not filer.errors, filer.fault
    assert all(appeals > 3 and files > 3 for appeals, files in drills), drills
    assert drills == sorted(drills) and drills[0] != drills[-1], "nobody wrote while the backups were made"
    print(f"{len(drills)} backups under a writer, restored and sound: {drills}")


def _drill(served: LiveServer, filer: Filer, sender: FilesSender, there: Path) -> tuple[int, int]:
    here, backup = served.config.data_dir, there.with_name(f"{there.name}-backup")
    time.sleep(1.0)
    acknowledged = {*filer.receipts.values(), *sender.numbers}
    made = flask(here, served.config.port, "backup", str(backup))
    assert made.returncode == 0, made.stderr
    there.mkdir()
    shutil.copytree(here / "keys", there / "keys")
    port = free_port()
    for words in (("restore", str(backup)), ("check",), ("audit", "verify")):
        done = flask(there, port, *words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
    assert acknowledged <= numbers_in(there), "a receipt from before the backup is not in it"
    _pages(there, port)
    words = made.stdout.split()
    return int(words[2]), int(words[4])


def _pages(there: Path, port: int) -> None:
    process = start(there, port)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        visitor = Visitor(port)
        assert {path: visitor.ask("GET", path)[0] for path in PAGES} == dict.fromkeys(PAGES, 200)
        assert visitor.send(visitor.form())
        if visitor.connection is not None:
            visitor.connection.close()
    finally:
        stop(process)
