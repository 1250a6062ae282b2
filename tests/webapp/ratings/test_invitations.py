"""Importing invitees: read, checked line by line, entered; nothing lost, nobody twice; then found and mailed to."""

import io
from dataclasses import replace

import pytest
import time_machine
from sqlmodel import select

from models.accounts.types import Role
from models.notices.types import MailState
from models.ratings import casting, invitations, letters, mails, queries
from models.ratings.invitations import Entry, compared
from models.ratings.tables import RatingInvitation, RatingMail
from models.ratings.types import Group
from tests.support.factories import MORNING
from tests.support.page import press
from tests.support.ratings import TODAY, VAULT, invitee, rating
from webapp.ratings.reading import COLUMNS, read
from webapp.smtp import MailRefused
from webapp.spreadsheets import write_table
from webapp.sweeping import ACTS

HEADING = "\t".join(COLUMNS)
GOOD = "沅江芦花香食品有限公司\t91430981MA4L000019\t琼湖街道1号\t\t苏堃\t13873712345"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def director(sign_in):
    return sign_in(Role.DIRECTOR, unit="市优办")


@pytest.fixture
def draft(database):
    with database.writing() as session:
        return rating(session, invited=0)


def names(database, draft):
    with database.reading() as session:
        row = queries.campaign_row(session, draft.row.uid)
        return [one.name for _, one in queries.invitations(session, VAULT, row)]


def imported(client, draft, text="", step="check", group="enterprise", **fields):
    page = f"/ratings/{draft.row.uid}/invitations/new"
    return client.send(page, {"group": group, "invitees": text, "step": step, **fields})


LINES = [
    ("\t\t琼湖街道1号", "没有填写名称"), ("沅江芦花香食品有限公司", "至少填写一项"),
    ("沅江芦花香食品有限公司\t\t\tnot a mail", "写法不对"), (f"{'长' * 81}\t\t琼湖街道1号", "最多可填 80 个字"),
    ("沅江芦花香\u202e食品\t\t琼湖街道1号", "隐藏字符"),
]


@pytest.mark.parametrize(("line", "text"), LINES)
def test_a_line_that_is_wrong_is_told_with_its_number(draft, director, line, text):
    answer = imported(director, draft, f"{HEADING}\n{GOOD}\n{line}")
    assert "第 3 行" in answer.text and text in answer.text and "可以加入 <b>1</b> 个" in answer.text


def test_what_is_right_is_entered_and_what_is_wrong_stays_to_be_put_right(database, draft, director):
    wrong = "沅江洞庭农业有限公司"
    answer = imported(director, draft, f"{HEADING}\n{GOOD}\n{wrong}", step="add")
    assert answer.status_code == 200 and names(database, draft) == ["沅江芦花香食品有限公司"]
    assert f"{HEADING}\n{wrong}</textarea>" in answer.text.replace("\r\n", "\n")


def test_nobody_is_invited_twice_and_it_says_with_whom_a_line_is_the_same(database, draft, director):
    imported(director, draft, GOOD, step="add")
    again = imported(director, draft, f"{GOOD}\n沅江杰新\t\t书院路1号\n沅江杰新\t\t书院路 1 号\n沅江杰新\t\t书院路2号")
    assert "第 1 行：已经在邀请名单中" in again.text and "第 3 行：与第 2 行是同一个对象" not in again.text
    assert "第 3 行：与第 2 行同名" in again.text


def test_a_credit_code_that_fails_its_check_is_told_and_entered(database, draft, director):
    text = GOOD.replace("0019", "0018")
    answer = imported(director, draft, text)
    assert "校验位不符" in answer.text and "可以加入 <b>1</b> 个" in answer.text
    imported(director, draft, text, step="add")
    assert names(database, draft) == ["沅江芦花香食品有限公司"]


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_file_is_read_like_what_is_pasted(database, draft, director, suffix):
    rows = [["沅江芦花香食品有限公司", "", "琼湖街道1号", "", "苏堃", "13873712345"], ["无地址的", "", "", "", "", ""]]
    if suffix == "xlsx":
        stream = io.BytesIO()
        write_table(COLUMNS, rows, stream, title="名单")
        content = stream.getvalue()
    else:
        content = "\n".join(",".join(row) for row in [list(COLUMNS), *rows]).encode("gb18030")
    answer = imported(director, draft, invitees_file=(io.BytesIO(content), f"名单.{suffix}"))
    assert "可以加入 <b>1</b> 个" in answer.text and "第 3 行" in answer.text and "无地址的" in answer.text


def test_a_file_that_is_none_is_told_beside_its_field(draft, director):
    answer = imported(director, draft, invitees_file=(io.BytesIO(b"%PDF-1.7"), "名单.pdf"))
    assert answer.status_code == 422 and 'id="invitees_file-error"' in answer.text


def test_the_template_has_the_headings(draft, director):
    answer = director.get(f"/ratings/{draft.row.uid}/invitations/template")
    assert answer.status_code == 200 and answer.data[:2] == b"PK"


def test_deputies_of_one_name_are_two_where_their_telephones_differ():
    lines = "张伟\t\t琼湖街道1号\t\t\t13873712345\n张伟\t\t琼湖街道1号\t\t\t13873712346"
    found = compared(read(lines, Group.DEPUTY).entries, [])
    assert len(found.fresh) == 2 and [note.code for note in found.warnings] == ["same_name"]


OTHERWISE = ["姓名,电话,地址\n张伟,13873712345,琼湖街道1号", "张伟，，琼湖街道1号，，，13873712345"]


@pytest.mark.parametrize("text", OTHERWISE, ids=["headings", "Chinese commas"])
def test_commas_and_headings_of_one_s_own_are_understood(text):
    [entry] = read(text, Group.MEMBER).entries
    assert (entry.invitee.name, entry.invitee.phone, entry.invitee.address) == ("张伟", "13873712345", "琼湖街道1号")


def test_who_and_where_is_nowhere_in_the_database_in_clear(database, draft, director):
    imported(director, draft, GOOD, step="add")
    with database.reading() as session:
        said = repr([tuple(vars(one).values()) for one in session.exec(select(RatingInvitation)).all()])
        sealed = session.exec(select(RatingInvitation.sealed)).one()
    for word in ("芦花香", "91430981MA4L000019", "苏堃", "13873712345", "琼湖街道"):
        assert word not in said and word.encode() not in sealed


def test_the_list_is_searched_and_counted_by_group(database, director):
    with database.writing() as session:
        made = rating(session, groups={Group.ENTERPRISE: 60, Group.MEDIA: 3})
    page = f"/ratings/{made.row.uid}/invitations"
    assert "共 63 个" in director.get(page).text
    found = director.soup(f"{page}?q=企业59").find("table").find("tbody").find_all("tr")
    assert len(found) == 1
    assert len(director.soup(f"{page}?group=media").find("table").find("tbody").find_all("tr")) == 3
    assert "没有邀请对象" in director.get(f"{page}?q=没有的").text


def test_somebody_is_taken_off_a_draft_only(database, director):
    with database.writing() as session:
        made = rating(session, invited=2)
    page = f"/ratings/{made.row.uid}/invitations"
    press(director, page, "/remove")
    assert len(names(database, made)) == 1
    with database.writing() as session:
        made.session, made.row = session, queries.campaign_row(session, made.row.uid)
        made.open()
    assert "/remove" not in director.get(page).text


# ---------------------------------------------------------------- mails


@pytest.fixture
def mailed(database):
    """Two with a mail address, one without; the mails are ordered."""
    with database.writing() as session:
        made = rating(session, invited=1)
        people = [invitee(no, mail=f"qiye{no}@example.cn") for no in (7, 8)]
        invitations.add(session, VAULT, made.row, [Entry(no, one) for no, one in enumerate(people)], made.act())
        made.open()
        chosen = [one for one, _ in letters.without_code(session, VAULT, made.row, has_mail=True)]
        letters.order_mails(session, VAULT, made.row, chosen, made.act())
        return made


def test_a_mailed_code_opens_a_ballot_and_is_erased_once_it_is_sent(app, database, mailed, monkeypatch):
    sent = []
    monkeypatch.setattr("webapp.rating_acts.send", lambda server, message: sent.append(message))
    monkeypatch.setitem(app.extensions, "zhitongche.config", _with_smtp(app))
    act = next(one for one in ACTS if one.name == "send_rating_mails")
    with app.app_context():
        assert act.run(MORNING) == 2 and act.run(MORNING) == 0
    bodies = [one.get_content() for one in sent]
    assert [one["To"] for one in sent] == ["qiye7@example.cn", "qiye8@example.cn"]
    with database.reading() as session:
        for body in bodies:
            code = body.partition("评议码：")[2][:19].replace("-", "")
            assert casting.opened(session, VAULT, code, TODAY).campaign.uid == mailed.row.uid
        assert [(one.state, one.sealed_code) for one in session.exec(select(RatingMail)).all()] == [
            (MailState.SENT, None)
        ] * 2


def test_a_mail_that_cannot_be_sent_keeps_no_code_either(app, database, mailed, monkeypatch):
    def refuse(server, message):
        raise MailRefused("mail_refused", is_final=True, is_servers=False)

    monkeypatch.setattr("webapp.rating_acts.send", refuse)
    monkeypatch.setitem(app.extensions, "zhitongche.config", _with_smtp(app))
    act = next(one for one in ACTS if one.name == "send_rating_mails")
    with app.app_context():
        assert act.run(MORNING) == 0
    with database.reading() as session:
        row = queries.campaign_row(session, mailed.row.uid)
        assert mails.counts(session, row)[MailState.FAILED] == 2
        assert session.exec(select(RatingMail.sealed_code)).all() == [None, None]


def test_no_code_waits_in_clear(database, mailed):
    with database.reading() as session:
        waiting = session.exec(select(RatingMail)).all()
        codes = [VAULT.open_code(one.sealed_code, bound_to=session.get_one(RatingInvitation, one.invitation_id).uid)
                 for one in waiting]
    assert len(codes) == 2 and not any(code.encode() in one.sealed_code for code in codes for one in waiting)


def test_without_a_mail_server_it_says_so(mailed, director):
    page = f"/ratings/{mailed.row.uid}/invitations"
    assert "给有邮箱的发邮件" not in director.get(page).text


def _with_smtp(app):
    return replace(app.extensions["zhitongche.config"], smtp_url="smtp://127.0.0.1:9")
