"""Evidence (佐证) of a work error: who may add it, who gets which file, what `flask check` and backups know of it."""

import io

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from models.accounts.types import Role
from models.audit.tables import AuditRow
from models.supervision import work_errors
from models.supervision.work_error_tables import WorkErrorFile
from tests.support import actors
from tests.support.hostile import MARK, drawn, marked_jpg, refused
from tests.support.page import PageClient, find_form, hidden_fields, press
from tests.support.work_errors import act
from tests.webapp.work_errors.test_work_errors import Register, clock, register
from webapp import disk
from webapp.consistency import StoredFiles, named_files, problems
from webapp.files import FileStore

__all__ = ["clock", "register"]
NAME = "李四举报的照片.jpg"


@pytest.fixture
def store(app: Flask) -> FileStore:
    found: FileStore = app.extensions["zhitongche.files"]
    return found


def add(client: PageClient, uid: str, *files: tuple[bytes, str], **fields: str):
    form = find_form(client.soup(f"/work-errors/{uid}"), "/files")
    sent = {"evidence": [(io.BytesIO(data), name) for data, name in files]}
    return client.post(
        f"/work-errors/{uid}/files", data={**hidden_fields(form), **fields, **sent}, content_type="multipart/form-data"
    )


def rows(register: Register) -> list[WorkErrorFile]:
    with register.database.reading() as session:
        return list(session.exec(select(WorkErrorFile).order_by(WorkErrorFile.no)).all())


def offered(client: PageClient, uid: str) -> BeautifulSoup:
    return client.soup(f"/work-errors/{uid}").select_one("#evidence-part")


def test_the_keeper_adds_evidence_and_each_gets_what_is_theirs(register: Register, store: FileStore) -> None:
    """The keeper has the original by its name; the unit, the leader and the auditor a copy without its metadata."""
    uid, supervisor, sent = register.entry("市监局"), register.supervisor(), marked_jpg()
    answer = add(supervisor, uid, (sent, NAME))
    assert answer.status_code == 303
    assert "已收下 1 份佐证" in supervisor.soup(answer.location).get_text()
    [row] = rows(register)
    assert offered(supervisor, uid).a.get_text(strip=True) == NAME
    original = supervisor.get(f"/work-errors/{uid}/files/{row.uid}")
    assert original.data == sent and original.headers["Content-Disposition"].startswith("attachment")
    assert original.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    others = [register.head(), register.sign_in(Role.HANDLER, unit="市监局"), register.sign_in(Role.LEADER),
              register.sign_in(Role.AUDITOR)]
    for reader in others:
        shown = offered(reader, uid)
        assert shown.a.get_text(strip=True) == "佐证1.jpg" and NAME not in str(shown) and not shown.form
        copy = reader.get(f"/work-errors/{uid}/files/{row.uid}")
        assert copy.status_code == 200 and MARK.encode() not in copy.data and copy.data != sent
        assert "%E4%BD%90%E8%AF%811.jpg" in copy.headers["Content-Disposition"]


def test_every_look_at_a_file_is_in_the_log(register: Register) -> None:
    uid = register.entry()
    add(register.supervisor(), uid, (drawn("JPEG"), NAME))
    [row] = rows(register)
    for reader in (register.director(), register.head()):
        reader.get(f"/work-errors/{uid}/files/{row.uid}")
    with register.database.reading() as session:
        seen = session.exec(select(AuditRow).where(AuditRow.object_kind == "work_error_file")).all()
        added = session.exec(select(AuditRow).where(AuditRow.action == "work_error.file")).all()
    assert [one.facts for one in seen] == [{"work_error": uid, "original": True}, {"work_error": uid}]
    assert {one.object_id for one in seen} == {row.uid}
    assert [one.facts for one in added] == [{"no": 1, "sha256": row.sha256}]


def test_another_unit_finds_neither_entry_nor_file(register: Register) -> None:
    uid, other = register.entry("市监局"), register.entry("税务局")
    add(register.supervisor(), uid, (drawn("JPEG"), NAME))
    [row] = rows(register)
    assert register.head("税务局").get(f"/work-errors/{uid}/files/{row.uid}").status_code == 404
    assert register.head("税务局").get(f"/work-errors/{other}/files/{row.uid}").status_code == 404
    assert register.sign_in(Role.CLERK, unit="市优办").get(f"/work-errors/{uid}/files/{row.uid}").status_code == 403
    assert register.supervisor().get(f"/work-errors/{uid}/files/{'0' * 32}").status_code == 404


def test_a_keeper_of_the_unit_itself_adds_nothing_and_gets_the_copy(register: Register) -> None:
    uid = register.entry("市监局")
    add(register.supervisor(), uid, (marked_jpg(), NAME))
    [row] = rows(register)
    both = register.sign_in(Role.HANDLER, Role.SUPERVISOR, unit="市监局")
    assert not offered(both, uid).form
    assert MARK.encode() not in both.get(f"/work-errors/{uid}/files/{row.uid}").data
    with register.database.writing() as session:
        own = actors.actor(session, Role.SUPERVISOR, unit="市监局")
        error = session.get(work_errors.WorkError, row.error_id)
        unit = session.get(work_errors.Unit, error.unit_id)
        with pytest.raises(work_errors.Refused, match="work_error_own_unit"):
            work_errors.add_file(session, error, unit, row, act(own))


BAD = [one for one in refused() if one.name.strip("\\") and not one.name.endswith("\\") and len(one.data) < 400_000]
"""What a browser sends as a file, and small enough to be kept in memory by the client."""


@pytest.mark.parametrize("sent", BAD, ids=str)
def test_what_is_no_picture_and_no_pdf_is_refused_and_leaves_nothing(
    register: Register, store: FileStore, sent
) -> None:
    uid, before = register.entry(), set(store.iter_names())
    answer = add(register.supervisor(), uid, (drawn("JPEG"), "好的.jpg"), (sent.data, sent.name))
    assert answer.status_code == 422 and 'id="evidence-error"' in answer.text
    assert not rows(register) and set(store.iter_names()) == before


def test_no_file_is_told(register: Register) -> None:
    answer = add(register.supervisor(), register.entry())
    assert answer.status_code == 422 and "请选择佐证材料的文件" in answer.text


def test_an_entry_holds_ten_pieces_and_no_more(register: Register, store: FileStore) -> None:
    uid, supervisor = register.entry(), register.supervisor()
    files = [(drawn("PNG"), f"{number}.png") for number in range(6)]
    assert add(supervisor, uid, *files).status_code == 303
    before = set(store.iter_names())
    answer = add(supervisor, uid, *files[:5])
    assert answer.status_code == 422 and "最多保存 10 份佐证" in answer.text
    assert len(rows(register)) == 6 and set(store.iter_names()) == before
    assert add(supervisor, uid, *files[:4]).status_code == 303


def test_the_same_form_sent_twice_keeps_its_files_once(register: Register, store: FileStore) -> None:
    uid, supervisor = register.entry(), register.supervisor()
    form = hidden_fields(find_form(supervisor.soup(f"/work-errors/{uid}"), "/files"))
    for _ in range(2):
        sent = {"evidence": [(io.BytesIO(drawn("JPEG")), NAME)]}
        answer = supervisor.post(f"/work-errors/{uid}/files", data=form | sent, content_type="multipart/form-data")
        assert answer.status_code == 303
    assert len(rows(register)) == 1


def test_a_revoked_entry_takes_no_more_evidence_and_keeps_what_it_has(register: Register, store: FileStore) -> None:
    uid, supervisor = register.entry(), register.supervisor()
    add(supervisor, uid, (drawn("JPEG"), NAME))
    stale = hidden_fields(find_form(supervisor.soup(f"/work-errors/{uid}"), "/files"))
    register.director().send(f"/work-errors/{uid}", {"code": "repeated", "reason": "重复。"}, action="/revoke")
    before = set(store.iter_names())
    assert not offered(supervisor, uid).form and offered(supervisor, uid).a
    sent = {"evidence": [(io.BytesIO(drawn("JPEG")), NAME)]}
    answer = supervisor.post(f"/work-errors/{uid}/files", data=stale | sent, content_type="multipart/form-data")
    assert answer.status_code == 422 and "已经撤销" in answer.text
    assert len(rows(register)) == 1 and set(store.iter_names()) == before


def test_a_full_disk_takes_no_evidence(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = register.entry()
    monkeypatch.setattr(disk, "room", lambda: disk.Room.TEXT_ONLY)
    answer = add(register.supervisor(), uid, (drawn("JPEG"), NAME))
    assert answer.status_code == 422 and "存储空间不足" in answer.text


def test_the_check_and_every_backup_know_original_and_copy(register: Register, store: FileStore) -> None:
    uid = register.entry()
    add(register.supervisor(), uid, (marked_jpg(), NAME))
    [row] = rows(register)
    kept = StoredFiles(store, 0)
    with register.database.reading() as session:
        assert problems(session, kept) == []
        named = dict(named_files(session))
        assert named[row.stored_name] == row.sha256 and named[row.derivative_name] == row.derivative_sha256
        store.delete(row.derivative_name)
        store.path(row.stored_name).write_bytes(b"changed")
        assert sorted(problems(session, kept)) == sorted(
            [f"file {row.derivative_name}: missing", f"file {row.stored_name}: content changed"]
        )


@pytest.mark.parametrize("statement", ["DELETE FROM work_error_files", "UPDATE work_error_files SET no = 9"])
def test_the_database_keeps_evidence_as_it_came(register: Register, statement: str) -> None:
    add(register.supervisor(), register.entry(), (drawn("JPEG"), NAME))
    with pytest.raises(DBAPIError), register.database.writing() as session:
        session.execute(text(statement))


def test_the_register_as_a_table_tells_how_much_evidence_there_is(register: Register) -> None:
    supervisor = register.supervisor()
    add(supervisor, register.entry(), (drawn("JPEG"), NAME))
    register.entry("税务局")
    answer = press(supervisor, "/work-errors", "/export/register")
    sheet = load_workbook(io.BytesIO(answer.data)).active
    contents = [str(row[3].value) for row in sheet.iter_rows(min_row=2)]
    assert sorted("佐证 1 份" in one for one in contents) == [False, True]
