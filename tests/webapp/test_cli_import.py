"""`flask appeals import` and `flask sweep`, as the contract promises them."""

import csv
import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlmodel import Session, SQLModel, col, func, select

from models.accounts.commands import note_failures
from models.accounts.tables import LoginFailure, Unit
from models.appeals.commands import stage
from models.appeals.queries import demands, own_identity
from models.appeals.tables import Appeal, AppellantIdentity, StagedUpload
from models.appeals.types import AppealKind, AppellantKind, Channel, State, StoredFile
from models.appeals.vault import Identity, IdentityVault
from models.audit.tables import AuditRow
from models.handling.queries import events
from models.handling.types import Action
from models.workdays.commands import import_arrangement
from models.workdays.rules import SHANGHAI
from models.workdays.types import DayKind, MarkedDay
from tests.support.factories import Story
from webapp import clock
from webapp.db import Database
from webapp.files import FileStore
from webapp.spreadsheets import LETTER_COLUMNS, REPORT_COLUMNS

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
LETTER = (
    "1", "周喆珺", "关于安装路灯的建议", "2019-04-23T17:03:19", "村口没有灯。", "已列入计划。", "2019-05-09T09:51:30",
)  # fmt: skip
REPORT = (
    "面上问题清单", "2026-05-29", "其它", "杨*伟", "138****9", "工商联", "其它", "关于种养殖项目",
    "计划开展，希望得到指导。",
    "已完成", "2026-05-30", "积极联系农业农村局，给予指导。", "诉求人杨伟表示满意", "张*景", "13*****8",
)  # fmt: skip
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=SHANGHAI)


class Terminal:
    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.folder = app, folder

    def run(self, *words: str) -> Result:
        with self.app.app_context():
            return self.app.test_cli_runner().invoke(args=list(words))

    def load(self, path: Path, *options: str) -> Result:
        return self.run("appeals", "import", str(path), *options)

    def letters(self, *rows: Sequence[str]) -> Path:
        return self._csv("letters.csv", [LETTER_COLUMNS, *rows])

    def report(self, *rows: Sequence[str]) -> Path:
        return self._csv("report.csv", [REPORT_COLUMNS, *rows])

    def _csv(self, name: str, rows: Sequence[Sequence[str]]) -> Path:
        path = self.folder / name
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        return path


@pytest.fixture
def terminal(app: Flask, tmp_path: Path) -> Terminal:
    return Terminal(app, tmp_path)


def changed(row: Sequence[str], **values: str) -> list[str]:
    names = LETTER_COLUMNS if len(row) == 7 else REPORT_COLUMNS
    assert set(values) <= set(names)
    return [values.get(name, value) for name, value in zip(names, row, strict=True)]


def last(result: Result) -> str:
    return result.stdout.splitlines()[-1]


def dump(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with database.reading() as session:
        tables = SQLModel.metadata.sorted_tables
        return {table.name: [tuple(row) for row in session.execute(table.select()).all()] for table in tables}


def only(session: Session) -> Appeal:
    return session.exec(select(Appeal)).one()


def count(database: Database) -> int:
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(Appeal)).one()


# ---------------------------------------------------------------- letters


@pytest.mark.shared
@pytest.mark.slow
def test_all_933_letters_come_in_once_and_the_database_checks_out(terminal: Terminal, database: Database) -> None:
    first = terminal.load(SHARED / "letters.csv")
    assert (first.exit_code, last(first)) == (0, "imported 933, refused 0")
    again = terminal.load(SHARED / "letters.csv")
    assert (again.exit_code, last(again)) == (1, "imported 0, refused 933")
    assert again.stdout.splitlines()[0] == "第 2 行“整行”：这件诉求已导入，没有重复导入。"
    assert last(terminal.run("check")) == "0 problems"
    assert last(terminal.run("audit", "verify")) == "ok 934 rows"
    assert count(database) == 933


@pytest.mark.shared
def test_the_published_sample_of_appendix_6_comes_in(terminal: Terminal) -> None:
    result = terminal.load(SHARED / "appeal_report_template.csv")
    assert (result.exit_code, last(result)) == (0, "imported 1, refused 0")


def test_an_answered_letter_is_a_matter_concluded_before_it_came_here(
    terminal: Terminal, session: Session, vault: IdentityVault
) -> None:
    with time_machine.travel(NOW, tick=False):
        terminal.load(terminal.letters(LETTER))
    appeal = only(session)
    assert (appeal.state, appeal.channel, appeal.kind) == (State.CLOSED, Channel.WEB, AppealKind.SUGGEST)
    assert (appeal.filed_at, appeal.received_at) == (datetime(2019, 4, 23, 9, 3, 19, tzinfo=UTC), NOW)
    assert appeal.number == "2026-000001"
    assert [demand.text for demand in demands(session, appeal)] == [appeal.title]
    assert own_identity(session, vault, appeal) == Identity(name="周喆珺")
    (event,) = events(session, appeal)
    assert (event.action, event.public_note) == (Action.REGISTER, "已列入计划。")
    assert "原答复时间2019-05-09 09:51" in event.internal_note


def test_a_letter_without_a_reply_is_new_and_with_open_all_are(terminal: Terminal, session: Session) -> None:
    terminal.load(terminal.letters(changed(LETTER, id="1", reply="", replied_at=""), changed(LETTER, id="2")))
    terminal.load(terminal.letters(changed(LETTER, id="3")), "--open")
    states = session.exec(select(Appeal.source_ref, Appeal.state)).all()
    assert dict(states) == {"letter:1": State.SUBMITTED, "letter:2": State.CLOSED, "letter:3": State.SUBMITTED}


def test_an_import_traces_each_appeal_and_the_file(terminal: Terminal, session: Session) -> None:
    terminal.load(terminal.letters(LETTER, changed(LETTER, id="2")))
    rows = session.exec(select(AuditRow).order_by(col(AuditRow.seq))).all()
    assert [row.action for row in rows] == ["appeal.register", "appeal.register", "import"]
    assert (rows[-1].facts["imported"], rows[-1].facts["refused"], len(rows[-1].facts["sha256"])) == (2, 0, 64)


def test_an_answer_of_any_length_fits(terminal: Terminal, session: Session) -> None:
    assert terminal.load(terminal.letters(changed(LETTER, reply="答" * 20_000))).exit_code == 0
    assert len(events(session, only(session))[0].public_note) == 20_000


# ---------------------------------------------------------------- what is refused


def test_one_broken_row_stops_all_unless_partial(terminal: Terminal, database: Database) -> None:
    path = terminal.letters(LETTER, changed(LETTER, id="2", filed_at="前天"), changed(LETTER, id="3", body="坏\x07字"))
    whole = terminal.load(path)
    assert (whole.exit_code, last(whole), count(database)) == (1, "imported 0, refused 2", 0)
    assert whole.stdout.startswith("第 3 行“filed_at”：“前天”不是有效的时间")
    assert "第 4 行“body”：文字中含有看不见的控制字符" in whole.stdout
    part = terminal.load(path, "--partial")
    assert (part.exit_code, last(part), count(database)) == (0, "imported 1, refused 2", 1)
    nothing_left = terminal.load(path, "--partial")
    assert (nothing_left.exit_code, last(nothing_left)) == (1, "imported 0, refused 3")


@pytest.mark.parametrize("options", [(), ("--partial",), ("--open",)])
def test_a_dry_run_reports_the_same_and_writes_nothing(
    terminal: Terminal, database: Database, options: tuple[str, ...]
) -> None:
    path = terminal.letters(LETTER, changed(LETTER, id="2"), changed(LETTER, id="3", title=""))
    before = dump(database)
    told = terminal.load(path, "--dry-run", *options)
    assert dump(database) == before
    done = terminal.load(path, *options)
    assert (told.stdout, told.exit_code) == (done.stdout, done.exit_code)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"title": "长" * 121}, "第 2 行“title”：最多可填"),
        ({"filed_at": "2099-01-01T00:00:00", "replied_at": "2099-01-02T00:00:00"}, "来信时间晚于现在"),
        ({"body": ""}, "第 2 行“body”：不能为空"),
    ],
)
def test_a_letter_that_cannot_stand_is_told_with_its_reason(
    terminal: Terminal, values: dict[str, str], reason: str
) -> None:
    result = terminal.load(terminal.letters(changed(LETTER, **values)))
    assert (result.exit_code, last(result)) == (1, "imported 0, refused 1")
    assert reason in result.stdout


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"诉求承办单位名称": "天文局"}, "第 2 行“诉求承办单位名称”：没有名为“天文局”的单位"),
        ({"诉求渠道": "飞鸽"}, "第 2 行“诉求渠道”：不认识“飞鸽”，可填：来电、"),
        ({"诉求状态": "不知道"}, "第 2 行“诉求状态”：不认识“不知道”"),
        ({"诉求日期": "2099-01-01", "办结日期": ""}, "第 2 行“诉求日期”：晚于今天"),
        ({"调查核实办理情况": ""}, "第 2 行“调查核实办理情况”：诉求状态为已完成，办理情况不能为空"),
    ],
)
def test_a_row_of_appendix_6_that_cannot_stand_is_told_with_its_reason(
    terminal: Terminal, values: dict[str, str], reason: str
) -> None:
    result = terminal.load(terminal.report(changed(REPORT, **values)))
    assert (result.exit_code, last(result)) == (1, "imported 0, refused 1")
    assert result.stdout.startswith(reason)


@pytest.mark.parametrize("name", ["missing.csv", "table.txt", "headings.csv", "broken.xlsx"])
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(terminal: Terminal, name: str) -> None:
    path = terminal.folder / name
    if name != "missing.csv":
        path.write_text("甲,乙\n1,2\n", encoding="utf-8")
    result = terminal.load(path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("错误：")


# ---------------------------------------------------------------- 附件6


def test_a_finished_row_of_appendix_6_keeps_unit_answer_and_what_only_staff_may_read(
    terminal: Terminal, session: Session, vault: IdentityVault
) -> None:
    assert last(terminal.load(terminal.report(REPORT))) == "imported 1, refused 0"
    appeal = only(session)
    unit = session.get(Unit, appeal.lead_unit_id)
    assert (appeal.state, appeal.channel, appeal.category) == (State.CLOSED, Channel.OTHER, "other")
    assert unit is not None and unit.short_name == "工商联"
    assert (appeal.title, appeal.kind) == ("关于种养殖项目", AppealKind.HELP)
    assert appeal.body == "计划开展，希望得到指导。\n诉求分类：面上问题清单"
    assert own_identity(session, vault, appeal) == Identity(name="杨*伟", phone="138****9")
    (event,) = events(session, appeal)
    assert event.public_note == "积极联系农业农村局，给予指导。"
    assert "诉求人杨伟表示满意" in event.internal_note and "杨伟" not in event.public_note
    assert last(terminal.run("check")) == "0 problems"


def test_a_masked_telephone_number_makes_no_two_people_one(terminal: Terminal, session: Session) -> None:
    terminal.load(terminal.report(REPORT))
    assert session.exec(select(AppellantIdentity.phone_index)).all() == [""]


def test_known_words_of_appendix_6_become_kind_category_channel_and_full_unit_name(
    terminal: Terminal, session: Session, vault: IdentityVault
) -> None:
    row = changed(
        REPORT, 诉求分类="投诉", 诉求事项="违规收费、摊派", 诉求渠道="12345政企通",
        诉求承办单位名称="沅江市市场监督管理局", **{"诉求人/单位名称": "沅江市某某食品有限公司"},
        诉求状态="办理中", 办结日期="", 调查核实办理情况="",
    )  # fmt: skip
    assert terminal.load(terminal.report(row)).exit_code == 0
    appeal = only(session)
    assert (appeal.kind, appeal.category) == (AppealKind.COMPLAINT, "unlawful_fees")
    assert (appeal.channel, appeal.state) == (Channel.HOTLINE_12345, State.SUBMITTED)
    assert appeal.appellant_kind is AppellantKind.ENTERPRISE
    identity = own_identity(session, vault, appeal)
    assert identity is not None and identity.enterprise_name == "沅江市某某食品有限公司"


def test_a_description_longer_than_a_title_stays_whole_in_the_body(terminal: Terminal, session: Session) -> None:
    long = "反映道路破损。" + "车" * 300
    terminal.load(terminal.report(changed(REPORT, 诉求描述=long)))
    appeal = only(session)
    assert appeal.title == "反映道路破损"
    assert long in appeal.body


def test_appendix_6_as_a_workbook_comes_in_once(terminal: Terminal, database: Database) -> None:
    book = openpyxl.Workbook()
    for row in (REPORT_COLUMNS, REPORT, changed(REPORT, 诉求描述="另一件事"), REPORT):
        book.worksheets[0].append(list(row))
    path = terminal.folder / "report.xlsx"
    book.save(path)
    first = terminal.load(path, "--partial")
    assert (first.exit_code, last(first)) == (0, "imported 2, refused 1")
    assert first.stdout.startswith("第 4 行“整行”：与第 2 行是同一件诉求")
    again = terminal.load(path, "--partial")
    assert (again.exit_code, last(again), count(database)) == (1, "imported 0, refused 3", 2)


# ---------------------------------------------------------------- flask sweep


def _staged(session: Session, store: FileStore, *, at: datetime) -> str:
    stored_name = store.put(b"%PDF-1.5 %%EOF")
    stage(session, "d" * 64, StoredFile(stored_name, "材料.pdf", "pdf", 14, "0" * 64), now=at)
    return stored_name


def test_sweep_drops_what_is_a_day_old_and_only_once(terminal: Terminal, session: Session) -> None:
    store: FileStore = terminal.app.extensions["zhitongche.files"]
    old = _staged(session, store, at=NOW - timedelta(hours=24, minutes=1))
    fresh = _staged(session, store, at=NOW - timedelta(hours=23, minutes=59))
    note_failures(session, ["a" * 64], now=NOW - timedelta(days=1, minutes=1))
    note_failures(session, ["b" * 64], now=NOW - timedelta(hours=23))
    session.commit()
    first = terminal.run("sweep", "--now", "2026-11-21T08:00:00")
    assert (first.exit_code, first.stdout.splitlines()) == (
        0,
        ["重新计算暂算期限的诉求 0 件", "恢复到期的中止计时 0 件", "催办、亮牌、发单 0 件",
         "不满意事项的期限有变化 0 件", "抽取今天的回访名单 0 人", "清理未提交的附件 1 个",
         "清理登录失败记录 1 条", "清理过期的次数记录 0 条",
         "清理到期的暂存内容 0 份", "发出今日待办 0 份", "清理旧消息 0 条",
         "截止到期的评议 0 次", "发出评议信邮件 0 封", "发出邮件 0 封", "重新安排中断的任务 0 项",
         "清理到期的任务结果 0 份", "清理没有写完的文件 0 个"],
    )  # fmt: skip
    again = terminal.run("sweep", "--now", "2026-11-21T08:00:00+08:00")
    assert {line.split()[1] for line in again.stdout.splitlines()} == {"0"}
    assert session.exec(select(StagedUpload.stored_name)).all() == [fresh]
    assert session.exec(select(LoginFailure.subject_hash)).all() == ["b" * 64]
    assert not store.path(old).exists() and store.path(fresh).exists()


def test_sweep_drops_files_that_a_crash_left_half_written(terminal: Terminal) -> None:
    """By their age on the disk, whatever moment `--now` names: one that is being written is never taken away."""
    store: FileStore = terminal.app.extensions["zhitongche.files"]
    incoming = store.path(store.put(b"whole")).parents[2] / "incoming"
    for name, hours in (("0" * 32, 24.1), ("1" * 32, 23.9)):
        (incoming / name).write_bytes(b"half")
        at = (clock.now() - timedelta(hours=hours)).timestamp()
        os.utime(incoming / name, (at, at))
    said = [terminal.run("sweep", *words).stdout.splitlines()[-1] for words in ((), ("--now", "2036-11-21T08:00:00"))]
    assert said == ["清理没有写完的文件 1 个", "清理没有写完的文件 0 个"]
    assert [one.name for one in store.iter_unfinished()] == ["1" * 32]
    (incoming / ("1" * 32)).unlink()


def test_sweep_makes_provisional_dates_firm_once_their_year_is_arranged(terminal: Terminal, session: Session) -> None:
    story = Story(session, at=datetime(2026, 12, 29, 2, 0, tzinfo=UTC)).to(State.DISPATCHED)
    uid = story.appeal.uid
    assert story.appeal.is_provisional
    session.commit()
    assert terminal.run("sweep").stdout.startswith("重新计算暂算期限的诉求 0 件")
    off = [(1, 1), (1, 4), (10, 1), (10, 2), (10, 3), (10, 4), (10, 5), (10, 6), (10, 7)]
    days = [MarkedDay(datetime(2027, *day).date(), DayKind.OFF, "放假", "通知") for day in off]  # noqa: DTZ001
    import_arrangement(session, days, at=NOW)
    session.commit()
    assert terminal.run("sweep").stdout.startswith("重新计算暂算期限的诉求 1 件")
    assert terminal.run("sweep").stdout.startswith("重新计算暂算期限的诉求 0 件")
    session.expire_all()
    assert not session.exec(select(Appeal).where(col(Appeal.uid) == uid)).one().is_provisional


@pytest.mark.parametrize("text", ["gestern", "", "2026-13-01"])
def test_sweep_refuses_a_moment_it_cannot_read(terminal: Terminal, text: str) -> None:
    result = terminal.run("sweep", "--now", text)
    assert result.exit_code == 2
    assert "不是有效时间" in result.stderr
