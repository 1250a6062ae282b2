"""A slip is rendered once; every print after it is the same bytes, and every print is on record."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlmodel import col, select

from models.accounts.types import Role
from models.audit.tables import AuditRow
from models.slips.tables import Slip
from tests.conftest import SignIn
from tests.support.page import PageClient
from tests.webapp.slips.conftest import Publish
from webapp.db import Database
from webapp.files import FileStore


def print_it(client: PageClient, slip: Slip):
    return client.send("/slips", action=f"/slips/{slip.uid}/print")


def prints(database: Database) -> list[AuditRow]:
    with database.reading() as session:
        return list(session.exec(select(AuditRow).where(col(AuditRow.action) == "slip.print")).all())


def stored(database: Database, slip: Slip) -> Slip:
    with database.reading() as session:
        return session.exec(select(Slip).where(col(Slip.uid) == slip.uid)).one()


def test_a_reprint_is_the_same_bytes(
    printing: Flask, publish: Publish, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip, clerk = publish(), sign_in(Role.CLERK)
    first = print_it(clerk, slip)
    monkeypatch.setattr("webapp.slip_print.render_slip", lambda *_: b"%PDF another rendering")
    second = print_it(clerk, slip)
    assert first.status_code == second.status_code == 200
    assert first.data.startswith(b"%PDF-") and first.data == second.data
    assert first.mimetype == "application/pdf"


def test_a_print_carries_strict_headers_and_a_chinese_file_name(
    printing: Flask, publish: Publish, sign_in: SignIn
) -> None:
    answer = print_it(sign_in(Role.CLERK), publish())
    assert answer.headers["Content-Disposition"].startswith("inline; ")
    assert "filename*=UTF-8''%E7%AD%94%E5%A4%8D%E4%B9%A6" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_first_print_keeps_file_and_hash(
    printing: Flask, database: Database, publish: Publish, sign_in: SignIn
) -> None:
    slip = publish()
    answer = print_it(sign_in(Role.CLERK), slip)
    kept = stored(database, slip)
    files: FileStore = printing.extensions["zhitongche.files"]
    assert files.read(kept.pdf_name or "") == answer.data
    assert kept.pdf_sha256 == hashlib.sha256(answer.data).hexdigest()


def test_every_print_leaves_who_what_and_for_whom(
    printing: Flask, database: Database, publish: Publish, sign_in: SignIn
) -> None:
    slip, clerk = publish(), sign_in(Role.CLERK)
    print_it(clerk, slip)
    print_it(clerk, slip)
    found = prints(database)
    assert [row.object_id for row in found] == [slip.uid, slip.uid]
    assert all(row.actor_id is not None and row.facts == {"audience": "staff"} for row in found)


def test_two_first_prints_at_once_give_one_file(
    printing: Flask, database: Database, publish: Publish, sign_in: SignIn
) -> None:
    slip = publish()
    clients = [sign_in(Role.CLERK) for _ in range(4)]
    files: FileStore = printing.extensions["zhitongche.files"]
    before = set(files.iter_names())
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda one: print_it(one, slip), clients))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1
    assert set(files.iter_names()) - before == {stored(database, slip).pdf_name}
    assert len(prints(database)) == 4


def test_the_later_of_two_first_prints_answers_with_the_bytes_of_the_first(
    printing: Flask, database: Database, publish: Publish, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if two renderings ever differed: while the second renders, the first is kept."""
    slip, clerk = publish(), sign_in(Role.CLERK)
    other = sign_in(Role.CLERK)
    files: FileStore = printing.extensions["zhitongche.files"]
    before, firsts = set(files.iter_names()), []

    def slow(*_: object) -> bytes:
        monkeypatch.setattr("webapp.slip_print.render_slip", lambda *_: b"%PDF-first")
        firsts.append(print_it(other, slip).data)
        return b"%PDF-second"

    monkeypatch.setattr("webapp.slip_print.render_slip", slow)
    assert print_it(clerk, slip).data == b"%PDF-first" == firsts[0]
    assert set(files.iter_names()) - before == {stored(database, slip).pdf_name}


def test_a_changed_file_is_never_handed_out(
    printing: Flask, database: Database, publish: Publish, sign_in: SignIn
) -> None:
    slip, clerk = publish(), sign_in(Role.CLERK)
    print_it(clerk, slip)
    files: FileStore = printing.extensions["zhitongche.files"]
    path = files.path(stored(database, slip).pdf_name or "")
    path.write_bytes(path.read_bytes() + b" ")
    answer = print_it(clerk, slip)
    assert answer.status_code == 409 and "与登记不符" in answer.get_data(as_text=True)
    path.unlink()
    assert print_it(clerk, slip).status_code == 409


def test_a_print_needs_a_slip_the_actor_may_see(printing: Flask, publish: Publish, sign_in: SignIn) -> None:
    slip = publish(unit="市监局")
    other = sign_in(Role.HANDLER, unit="税务局")
    token = other.soup("/slips").find("input", {"name": "csrf_token"})
    answers = [other.post(f"/slips/{uid}/print", data={"csrf_token": token["value"]}) for uid in (slip.uid, "0" * 32)]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert "没有找到" in answers[0].get_data(as_text=True)
    assert printing.test_client().get(f"/slips/{slip.uid}/print").status_code == 405
