"""The clock and the calendar on the command line, as the contract promises them."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlmodel import select

from models.audit.tables import AuditHead, AuditRow
from models.tables import metadata
from models.workdays.commands import import_arrangement
from models.workdays.queries import calendar_version, load_calendar
from models.workdays.rules import SHANGHAI
from models.workdays.shipped import FOLDER, shipped_days
from webapp.cli.calendar import LARGEST_BYTES, calendar_cli
from webapp.cli.clock import clock_cli
from webapp.db import Database

HEAD = "date,kind,name,source"
LINES = [HEAD, "2027-01-01,off,元旦,国办发明电〔2026〕9号", "2027-01-04,off,元旦,国办发明电〔2026〕9号",
         *(f"2027-10-0{n},off,国庆节,国办发明电〔2026〕9号" for n in range(1, 8)),
         "2027-10-09,work,国庆节调休上班,国办发明电〔2026〕9号"]


class Terminal:
    """A command line over a database of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        app = Flask("terminal")
        app.extensions["zhitongche.db"] = database
        app.cli.add_command(clock_cli)
        app.cli.add_command(calendar_cli)
        self.runner = app.test_cli_runner()

    def run(self, *words: str) -> Result:
        return self.runner.invoke(args=list(words))

    def due(self, *words: str) -> Result:
        return self.run("clock", "due", *words)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Terminal]:
    """Before `db upgrade`."""
    database = Database(f"sqlite:///{tmp_path / 'test.db'}", b"k" * 32)
    yield Terminal(database)
    database.dispose()


@pytest.fixture
def terminal(bare: Terminal) -> Terminal:
    """With the shipped calendar imported."""
    metadata.create_all(bare.database.engine)
    with bare.database.writing() as session:
        session.add(AuditHead())
        import_arrangement(session, shipped_days(), at=datetime(2026, 11, 21, 8, tzinfo=SHANGHAI))
    return bare


def arrangement(folder: Path, lines: list[str], encoding: str = "utf-8") -> str:
    path = folder / "2027.csv"
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return str(path)


def refused(result: Result) -> str:
    """What a refusal says: on standard error alone, exit code 2, in Chinese, without a traceback."""
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("错误：")
    assert "Traceback" not in result.stderr
    return result.stderr


def test_a_due_date_is_alone_on_standard_output(terminal: Terminal) -> None:
    result = terminal.due("--start", "2026-09-30", "--workdays", "3")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "2026-10-10\n", "")


def test_an_explanation_has_one_line_per_day_before_the_date(terminal: Terminal) -> None:
    result = terminal.due("--start", "2026-09-30", "--workdays", "3", "--explain")
    lines = result.stdout.splitlines()
    assert len(lines) == 12
    assert lines[0] == "2026-09-30 第0日 受理交办当日，不计"
    assert lines[1] == "2026-10-01 国庆节 不计"
    assert lines[10:] == ["2026-10-10 周六 调休上班 第3日", "2026-10-10"]


def test_a_provisional_date_is_marked_on_standard_error_only(terminal: Terminal) -> None:
    result = terminal.due("--start", "2026-12-11", "--workdays", "15")
    assert (result.exit_code, result.stdout) == (0, "2027-01-04\n")
    assert result.stderr.splitlines() == ["provisional", "暂算：2027年的放假安排尚未导入，只扣除周末和法定节假日"]


@pytest.mark.parametrize("words", [
    [],
    ["--start", "2026-09-30"],
    ["--workdays", "3"],
    *(["--start", text, "--workdays", "3"] for text in (
        "", "2026-02-30", "20260930", "2026-W40-3", "2026/09/30", "２０２６-09-30", "tomorrow", "0000-01-01",
        "1948-12-31", "2101-01-01", "9999-12-31", "2100-12-31", "2026-09-30\n",
    )),
    *(["--start", "2026-09-30", "--workdays", text] for text in (
        "", "0", "-3", "3.5", "１５", "1_0", "three", "40000", "999999999", "9" * 5_000,
    )),
])
def test_a_bad_argument_is_told_in_chinese_with_exit_code_two(terminal: Terminal, words: list[str]) -> None:
    refused(terminal.due(*words))
    refused(terminal.due(*words, "--explain"))


def test_the_office_calendar_decides_and_not_the_shipped_one(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("calendar", "import", arrangement(tmp_path, LINES)).exit_code == 0
    result = terminal.due("--start", "2026-12-11", "--workdays", "15")
    assert (result.stdout, result.stderr) == ("2027-01-05\n", "")


@pytest.mark.parametrize("is_migrated", [False, True])
def test_without_a_calendar_in_the_database_the_shipped_one_answers_and_says_so(
    bare: Terminal, is_migrated: bool
) -> None:
    if is_migrated:
        metadata.create_all(bare.database.engine)
    result = bare.due("--start", "2026-09-30", "--workdays", "3")
    assert (result.exit_code, result.stdout) == (0, "2026-10-10\n")
    assert "随产品提供的放假安排" in result.stderr


def test_an_import_says_what_it_did_and_leaves_a_trace(terminal: Terminal, tmp_path: Path) -> None:
    result = terminal.run("calendar", "import", arrangement(tmp_path, LINES))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "已导入2027年：10天\n日历版本 2；重新计算暂算期限的诉求 0 件\n"
    with terminal.database.reading() as session:
        assert calendar_version(session) == 2
        assert date(2027, 10, 9) in load_calendar(session).marked
        trace = session.exec(select(AuditRow)).one()
    assert (trace.action, trace.object_id, trace.facts) == (
        "calendar.import", "2027", {"version": 2, "days_by_year": {"2027": 10}}
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_may_come_from_any_spreadsheet_program(terminal: Terminal, tmp_path: Path, encoding: str) -> None:
    assert terminal.run("calendar", "import", arrangement(tmp_path, LINES, encoding)).exit_code == 0
    assert "国庆节调休上班：10月9日（周六）" in terminal.run("calendar", "show", "2027").stdout


def test_an_unsound_file_changes_nothing_and_every_fault_is_named(terminal: Terminal, tmp_path: Path) -> None:
    faulty = arrangement(tmp_path, [*LINES, "2027-02-30,off,春节,x", "2027-02-06,rest,春节,x"])
    told = refused(terminal.run("calendar", "import", faulty))
    assert "第12行：日期“2027-02-30”不是有效日期" in told
    assert "第13行：kind“rest”无效" in told
    with terminal.database.reading() as session:
        assert calendar_version(session) == 1


def test_a_weekday_marked_as_make_up_day_is_imported_with_a_warning(terminal: Terminal, tmp_path: Path) -> None:
    path = arrangement(tmp_path, [*LINES, "2027-10-11,work,国庆节调休上班,x"])
    result = terminal.run("calendar", "import", path)
    assert result.exit_code == 0
    assert result.stderr == "注意：第12行：2027-10-11 本来就是工作日，无需标为调休上班，请核对通知原文\n"


@pytest.mark.parametrize("content", [None, b"", b"\x00\xff\xfe", b"PK\x03\x04\x80\x81\xff", b"x" * (LARGEST_BYTES + 1)])
def test_a_file_that_is_missing_or_no_table_is_refused(
    terminal: Terminal, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_bytes(content)
    refused(terminal.run("calendar", "import", str(path)))
    refused(terminal.run("calendar", "import", str(tmp_path)))


def test_an_import_before_the_database_exists_says_what_to_run(bare: Terminal) -> None:
    assert "db upgrade" in refused(bare.run("calendar", "import", str(FOLDER / "holidays.csv")))


def test_a_year_shows_twelve_months_its_holidays_make_up_days_and_basis(terminal: Terminal) -> None:
    text = terminal.run("calendar", "show", "2026").stdout
    assert text.startswith("2026年工作日历  共248个工作日  日历版本 1\n")
    assert all(f"{month}月" in text for month in range(1, 13))
    assert " 5休  6休  7休  8    9   10班 11" in text
    assert "放假  国庆节：10月1日（周四）至10月7日（周三），共7天" in text
    assert "上班  国庆节调休上班：9月20日（周日）" in text
    assert text.endswith("依据  国务院办公厅2025年11月4日通知\n")
    assert "暂算" not in text


def test_a_year_without_arrangement_shows_provisional_and_lists_the_statutory_days(terminal: Terminal) -> None:
    text = terminal.run("calendar", "show", "2027").stdout
    assert text.startswith("2027年工作日历（暂算）")
    assert "2027年的放假安排尚未公布" in text
    listed = text.partition("法定节假日：\n")[2].splitlines()
    assert len(listed) == 13
    assert listed[:3] == ["  1月1日（周五） 元旦", "  2月5日（周五） 春节", "  2月6日（周六） 春节"]


@pytest.mark.parametrize("year", ["", "1948", "2101", "0", "-1", "２０２６", "next", "9" * 5_000])
def test_a_bad_year_is_told_in_chinese(terminal: Terminal, year: str) -> None:
    refused(terminal.run("calendar", "show", "--", year))
