"""The office issues, voids and reissues over HTTP; the unit signs; scans are kept; wording is edited with a preview."""

import io
import re

import pytest
from flask import Flask
from sqlmodel import col, select

from models.accounts.types import Role
from models.appeals.categories import find_decline_reason
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, State
from models.handling import commands
from models.slips.kinds import SlipKind, SlipStatus
from models.slips.tables import Slip, SlipReceipt, SlipScan, SlipWording
from models.slips.wording import DEFAULTS
from tests.conftest import SignIn
from tests.support.factories import Story
from tests.support.hostile import drawn
from tests.support.page import PageClient, hidden_fields
from webapp import clock, consistency
from webapp.consistency import StoredFiles
from webapp.db import Database
from webapp.files import FileStore
from webapp.office.acts import decline_text


@pytest.fixture
def dispatched(database: Database):
    """`dispatched(unit="税务局")` gives the uid of an appeal sent to a unit today."""

    def made(**changes: object) -> str:
        with database.writing() as session:
            return Story(session, at=clock.now(), **changes).to(State.DISPATCHED).appeal.uid

    return made


def issue(client: PageClient, appeal_uid: str, kind: str = "dispatch_order"):
    return client.send(f"/slips/appeals/{appeal_uid}", action=f"/slips/appeals/{appeal_uid}/{kind}")


def newest(database: Database) -> Slip:
    with database.reading() as session:
        return session.exec(select(Slip).order_by(col(Slip.id).desc())).first()


def text(client: PageClient, path: str) -> str:
    return client.soup(path).main.get_text(" ", strip=True)


# ---------------------------------------------------------------- issuing


def test_the_office_issues_a_dispatch_order_and_the_unit_signs_for_it(
    database: Database, dispatched, sign_in: SignIn
) -> None:
    uid, clerk = dispatched(unit="市监局"), sign_in(Role.CLERK)
    assert "出具交办单" in text(clerk, f"/slips/appeals/{uid}")
    assert f"/slips/appeals/{uid}" in clerk.get(f"/office/appeals/{uid}").get_data(as_text=True)
    answer = issue(clerk, uid)
    slip = newest(database)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/slips/{slip.uid}")
    assert "还没有签收" in text(clerk, f"/slips/{slip.uid}")
    handler = sign_in(Role.HANDLER, unit="市监局")
    assert "未签收" in text(handler, "/slips")
    assert handler.send(f"/slips/{slip.uid}", action=f"/slips/{slip.uid}/sign").status_code == 303
    with database.reading() as session:
        name = session.get_one(SlipReceipt, slip.id).signed_name
    assert name.startswith("测试")
    for who in (clerk, handler):
        assert name in text(who, f"/slips/{slip.uid}") and name in text(who, "/slips")


def test_the_page_of_an_appeal_says_why_a_kind_cannot_be_issued(dispatched, sign_in: SignIn) -> None:
    uid, clerk = dispatched(), sign_in(Role.CLERK)
    shown = text(clerk, f"/slips/appeals/{uid}")
    assert "不需要回复单" in shown and "还没有办理到这一步" in shown
    issue(clerk, uid)
    assert "已出具： 沅优办交〔2026〕1号" in text(clerk, f"/slips/appeals/{uid}")


def test_a_preview_has_no_number_and_leaves_no_slip(database: Database, dispatched, sign_in: SignIn) -> None:
    uid = dispatched()
    page = sign_in(Role.CLERK).get(f"/slips/appeals/{uid}/dispatch_order").get_data(as_text=True)
    assert "预览，未编文号" in page and "交办单第 1 页" in page
    assert newest(database) is None


def test_the_same_form_sent_twice_issues_one_slip(database: Database, dispatched, sign_in: SignIn) -> None:
    uid, clerk = dispatched(), sign_in(Role.CLERK)
    form = clerk.soup(f"/slips/appeals/{uid}").find("form", action=f"/slips/appeals/{uid}/dispatch_order")
    sent = {one["name"]: one["value"] for one in form.find_all("input")}
    answers = [clerk.post(form["action"], data=sent) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    with database.reading() as session:
        assert len(session.exec(select(Slip)).all()) == 1


def test_every_appeal_dispatched_today_gets_its_order_in_one_act(
    database: Database, dispatched, sign_in: SignIn
) -> None:
    first, _ = dispatched(), dispatched(unit="税务局")
    with database.writing() as session:
        Story(session).to(State.DISPATCHED)  # on another day
    clerk = sign_in(Role.CLERK)
    issue(clerk, first)
    dispatched(unit="财政局")
    assert "出具今天的交办单（2 份）" in text(clerk, "/slips")
    answer = clerk.send("/slips", action="/slips/dispatch-orders")
    assert answer.status_code == 303 and "kind=dispatch_order" in answer.headers["Location"]
    with database.reading() as session:
        numbers = session.exec(select(Slip.number).order_by(col(Slip.id))).all()
    assert list(numbers) == [1, 2, 3]
    assert "出具今天的交办单" not in text(clerk, "/slips")


LETTER = {
    "body": "中共沅江市纪律检查委员会", "subject": "收受礼品礼金的问题线索", "source": "网络来件",
    "verified": "检查未制作文书，情况属实", "annex_names": "检查登记表\n询问笔录", "secrecy": "注意保密",
}


def handed_over(database: Database, **changes: object) -> str:
    with database.writing() as session:
        return Story(session, at=clock.now(), **changes).to(State.TRANSFERRED).appeal.uid


def declined(database: Database, reason: str) -> str:
    with database.writing() as session:
        story = Story(session, at=clock.now())
        told = decline_text(find_decline_reason(reason), "")
        commands.decline(session, story.appeal, story.act(story.clerk), reason_text=told)
        return story.appeal.uid


def letter_titles(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.exec(select(Slip.title).where(Slip.kind == SlipKind.TRANSFER_LETTER)).all())


def test_a_letter_says_which_of_the_two_acts_it_goes_with(database: Database, sign_in: SignIn) -> None:
    """移送其他机关 ends the matter here; 移交纪检监察 is for what it shows of people."""
    clerk, said = sign_in(Role.CLERK), {}
    for uid in (handed_over(database), declined(database, "accusation")):
        path = f"/slips/appeals/{uid}"
        said[clerk.soup(path).select_one("#transfer-title").get_text()] = 1
        assert clerk.send(path, LETTER, action="/transfer-letter").status_code == 303
    assert list(said) == ["移交函（移送其他机关）", "移交函（移交纪检监察）"]
    assert letter_titles(database) == [f"关于{verb}“{LETTER['subject']}”的函" for verb in ("移送", "移交")]


@pytest.mark.parametrize("step", ["issue", "preview"])
def test_no_letter_goes_without_an_act(database: Database, dispatched, sign_in: SignIn, step: str) -> None:
    clerk = sign_in(Role.CLERK)
    filled = clerk.soup(f"/slips/appeals/{handed_over(database)}").find("form", action=re.compile("transfer-letter"))
    for uid in (dispatched(), declined(database, "in_legal_procedure")):
        page = clerk.soup(f"/slips/appeals/{uid}")
        assert "两种情形不要混用" in page.select_one("#transfer").get_text()
        assert not page.find("form", action=re.compile("transfer-letter"))
        sent = hidden_fields(filled) | LETTER | {"step": step}
        answer = clerk.post(f"/slips/appeals/{uid}/transfer-letter", data=sent)
        assert answer.status_code == 422 and "还没有办理其中任何一项" in answer.get_data(as_text=True)
    assert not letter_titles(database)


def test_a_transfer_letter_is_previewed_then_issued_and_no_unit_sees_it(
    database: Database, dispatched, sign_in: SignIn
) -> None:
    uid, clerk = handed_over(database, unit="市监局"), sign_in(Role.CLERK)
    path, action = f"/slips/appeals/{uid}", f"/slips/appeals/{uid}/transfer-letter"
    assert clerk.soup(path).select_one("#body")["value"] == "市公安局"
    drawn_first = clerk.send(path, {"step": "preview", **LETTER}, action=action)
    assert drawn_first.status_code == 200 and "移交函第 1 页" in drawn_first.get_data(as_text=True)
    assert newest(database) is None
    assert clerk.send(path, LETTER, action=action).status_code == 303
    slip = newest(database)
    assert (slip.kind, slip.recipient) == (SlipKind.TRANSFER_LETTER, LETTER["body"])
    handler = sign_in(Role.HANDLER, unit="市监局")
    assert handler.get(f"/slips/{slip.uid}").status_code == 404
    assert slip.title not in text(handler, f"/desk/appeals/{uid}")


def test_an_incomplete_letter_keeps_what_was_typed(database: Database, sign_in: SignIn) -> None:
    uid, clerk = handed_over(database), sign_in(Role.CLERK)
    sent = LETTER | {"verified": " "}
    answer = clerk.send(f"/slips/appeals/{uid}", sent, action=f"/slips/appeals/{uid}/transfer-letter")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'id="verified-error"' in page and "询问笔录" in page


# ---------------------------------------------------------------- void and reissue


def test_a_slip_is_voided_with_a_reason_and_reissued_under_a_new_number(
    database: Database, dispatched, sign_in: SignIn, client: PageClient
) -> None:
    issue(sign_in(Role.CLERK), dispatched())
    first, supervisor = newest(database), sign_in(Role.SUPERVISOR)
    path = f"/slips/{first.uid}"
    empty = supervisor.send(path, {"reason": " "}, action=f"{path}/void")
    assert empty.status_code == 422 and 'id="reason-error"' in empty.get_data(as_text=True)
    assert supervisor.send(path, {"reason": "主送单位写错。"}, action=f"{path}/void").status_code == 303
    told = client.soup(f"/slips/verify/{first.verification_code}").main.get_text(" ", strip=True)
    assert "已经作废" in told and "2026年" in told and "主送单位写错" not in told
    assert supervisor.send(path, action=f"{path}/reissue").status_code == 303
    second = newest(database)
    assert (second.number, second.replaces_id, second.status) == (2, first.id, SlipStatus.ISSUED)
    assert "沅优办交〔2026〕2号" in text(supervisor, path)
    assert "沅优办交〔2026〕1号" in text(supervisor, f"/slips/{second.uid}")
    assert "核验通过" in client.soup(f"/slips/verify/{second.verification_code}").main.get_text()


def test_a_clerk_does_not_void(database: Database, dispatched, sign_in: SignIn) -> None:
    clerk = sign_in(Role.CLERK)
    issue(clerk, dispatched())
    path = f"/slips/{newest(database).uid}"
    assert "作废这份文书" not in text(clerk, path)
    token = clerk.soup(path).find("input", {"name": "csrf_token"})["value"]
    assert clerk.post(f"{path}/void", data={"csrf_token": token, "reason": "x"}).status_code == 403


def test_a_void_slip_reprints_to_the_byte(
    printing: Flask, database: Database, dispatched, sign_in: SignIn
) -> None:
    issue(sign_in(Role.CLERK), dispatched())
    slip, supervisor = newest(database), sign_in(Role.SUPERVISOR)
    path = f"/slips/{slip.uid}"
    before = supervisor.send(path, action=f"{path}/print").data
    supervisor.send(path, {"reason": "写错。"}, action=f"{path}/void")
    assert before.startswith(b"%PDF-") and supervisor.send(path, action=f"{path}/print").data == before


def test_the_unit_and_kin_of_an_accused_unit_are_told_nothing(database: Database, dispatched, sign_in: SignIn) -> None:
    uid = dispatched(unit="市监局")
    issue(sign_in(Role.CLERK), uid)
    slip = newest(database)
    with database.writing() as session:
        appeal = session.exec(select(Appeal).where(col(Appeal.uid) == uid)).one()
        appeal.kind, appeal.against_unit_id = AppealKind.REPORT, appeal.lead_unit_id
        session.add(appeal)
    handler = sign_in(Role.HANDLER, unit="市监局")
    assert handler.get(f"/slips/{slip.uid}").status_code == 404
    assert "沅优办交" not in text(handler, "/slips")


# ---------------------------------------------------------------- scans


def scan(client: PageClient, slip: Slip, *files: tuple[bytes, str]):
    path = f"/slips/{slip.uid}"
    form = client.soup(path).find("form", action=f"{path}/scans")
    token = {one["name"]: one["value"] for one in form.find_all("input") if one.get("value")}
    return client.post(
        f"{path}/scans", data={**token, "scans": [(io.BytesIO(data), name) for data, name in files]},
        content_type="multipart/form-data",
    )


def test_a_scanned_receipt_is_kept_and_handed_out_to_the_office_alone(
    app: Flask, database: Database, dispatched, sign_in: SignIn
) -> None:
    clerk = sign_in(Role.CLERK)
    issue(clerk, dispatched(unit="市监局"))
    slip = newest(database)
    picture = drawn("JPEG")
    assert scan(clerk, slip, (picture, "回执.jpg")).status_code == 303
    with database.reading() as session:
        [row] = session.exec(select(SlipScan)).all()
        files: FileStore = app.extensions["zhitongche.files"]
        assert consistency.problems(session, StoredFiles(files, 0.0)) == []
    answer = clerk.get(f"/slips/{slip.uid}/scans/{row.uid}")
    assert answer.data == picture and answer.headers["Content-Disposition"].startswith("attachment")
    handler = sign_in(Role.HANDLER, unit="市监局")
    assert handler.get(f"/slips/{slip.uid}/scans/{row.uid}").status_code == 403
    assert "回执.jpg" not in text(handler, f"/slips/{slip.uid}")


def test_what_is_no_picture_and_no_pdf_is_refused_and_leaves_no_file(
    app: Flask, database: Database, dispatched, sign_in: SignIn
) -> None:
    clerk = sign_in(Role.CLERK)
    issue(clerk, dispatched())
    files: FileStore = app.extensions["zhitongche.files"]
    before = set(files.iter_names())
    for sent in ([(b"MZ", "回执.exe")], [(drawn("JPEG"), "一.jpg"), (b"no", "二.png")], []):
        answer = scan(clerk, newest(database), *sent)
        assert answer.status_code == 422 and 'id="scans-error"' in answer.get_data(as_text=True)
    assert set(files.iter_names()) == before
    with database.reading() as session:
        assert session.exec(select(SlipScan)).all() == []


# ---------------------------------------------------------------- wording


def words(kind: SlipKind, **changes: str) -> dict[str, str]:
    old = DEFAULTS[kind]
    texts = {"opening": old.opening, "demand": old.demand, "closing": old.closing, "come_back": old.come_back}
    return {name: text for name, text in {**texts, **changes}.items() if texts[name]}


def test_the_director_rewrites_a_kind_and_the_next_slip_says_so(
    database: Database, dispatched, sign_in: SignIn
) -> None:
    director = sign_in(Role.DIRECTOR)
    path = "/slips/wordings/dispatch_order"
    new = words(SlipKind.DISPATCH_ORDER, closing="请按时办结，不得推诿。")
    shown = director.send(path, {"step": "preview", **new}, action=path)
    assert shown.status_code == 200 and "不得推诿" in shown.get_data(as_text=True)
    with database.reading() as session:
        assert session.exec(select(SlipWording)).all() == []
    assert director.send(path, new, action=path).status_code == 303
    assert "第 1 版" in text(director, "/slips/wordings") and "第 1 版" in text(director, path)
    issue(director, dispatched())
    assert "请按时办结，不得推诿。" in newest(database).content


def test_an_unknown_place_is_told_beside_its_field_and_the_text_is_kept(sign_in: SignIn) -> None:
    director, path = sign_in(Role.DIRECTOR), "/slips/wordings/reminder"
    answer = director.send(path, words(SlipKind.REMINDER, demand="请【张三】办理。"), action=path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'id="demand-error"' in page and "请【张三】办理。" in page


def test_two_directors_do_not_overwrite_each_other(sign_in: SignIn, database: Database) -> None:
    first, second, path = sign_in(Role.DIRECTOR), sign_in(Role.DIRECTOR), "/slips/wordings/reminder"
    stale = {one["name"]: one.get("value", "") for one in second.soup(path).main.find_all("input")}
    assert first.send(path, words(SlipKind.REMINDER, closing="特此催办。"), action=path).status_code == 303
    answer = second.post(path, data={**stale, **words(SlipKind.REMINDER, closing="请速办。")})
    assert answer.status_code == 409 and "请速办。" in answer.get_data(as_text=True)


@pytest.mark.parametrize("kind", SlipKind)
def test_every_kind_has_a_page_of_wording_with_a_specimen(sign_in: SignIn, kind: SlipKind) -> None:
    page = sign_in(Role.DIRECTOR).get(f"/slips/wordings/{kind.value}").get_data(as_text=True)
    assert "样张" in page and "<svg" in page
    assert "【" not in page.partition("slip-sheet")[2], "every place of the specimen is filled in"
