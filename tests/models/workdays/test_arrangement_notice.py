"""Reading an arrangement file: what a clerk can get wrong is named by line, in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Refused
from models.workdays.notice import LARGEST_FILE, parse_arrangement
from models.workdays.shipped import FOLDER, shipped_days
from models.workdays.types import DayKind

HEAD = "date,kind,name,source"
SOUND = [HEAD, *(f"2027-10-0{n},off,国庆节,国办发明电〔2026〕1号" for n in range(1, 8)),
         "2027-10-09,work,国庆节调休上班,国办发明电〔2026〕1号"]


def problems(lines: list[str]) -> list[str]:
    with pytest.raises(Refused) as refusal:
        parse_arrangement(lines)
    assert refusal.value.code == "arrangement_unsound"
    return [note.text for note in refusal.value.facts["problems"]]


def with_line(number: int, text: str) -> list[str]:
    """The sound file with one line (counted from 1) replaced, or added at the end."""
    return [*SOUND[: number - 1], text, *SOUND[number:]]


def test_a_sound_file_gives_its_days_in_order_and_no_warning() -> None:
    arrangement = parse_arrangement([HEAD, *reversed(SOUND[1:])])
    assert [day.on.day for day in arrangement.days] == [1, 2, 3, 4, 5, 6, 7, 9]
    assert (arrangement.years, arrangement.warnings) == ((2027,), ())
    last = arrangement.days[-1]
    assert (last.kind, last.name, last.source) == (DayKind.WORK, "国庆节调休上班", "国办发明电〔2026〕1号")


def test_the_shipped_file_is_sound() -> None:
    with (FOLDER / "holidays.csv").open(encoding="utf-8", newline="") as lines:
        arrangement = parse_arrangement(lines)
    assert (arrangement.days, arrangement.warnings) == (shipped_days(), ())


def test_what_spreadsheet_programs_do_to_a_file_is_understood() -> None:
    lines = ["\ufeffDate, Kind,name,source,,\r\n", *(f"{line.replace('2027-10-0', '2027/10/')},,\r\n"
             for line in SOUND[1:]), ",,,,,\r\n", "\r\n"]
    assert parse_arrangement(lines).days == parse_arrangement(SOUND).days


@pytest.mark.parametrize(("line", "reason"), [
    ("2027-02-30,off,春节,x", "第9行：日期“2027-02-30”不是有效日期"),
    ("2027-2-3,off,春节,x", "第9行：日期“2027-2-3”不是有效日期"),
    ("２０２７-02-03,off,春节,x", "第9行：日期“２０２７-02-03”不是有效日期"),
    ("20270203,off,春节,x", "第9行：日期“20270203”不是有效日期"),
    (",off,春节,x", "第9行：日期“”不是有效日期"),
    ("0000-01-01,off,春节,x", "第9行：日期“0000-01-01”不是有效日期"),
    ("1948-12-31,off,春节,x", "第9行：日期“1948-12-31”超出范围，应在1949年至2100年之间"),
    ("2027-02-03,放假,春节,x", "第9行：kind“放假”无效，应为 off（放假）或 work（调休上班）"),
    ("2027-02-03,OFF,春节,x", "第9行：kind“OFF”无效"),
    ("2027-02-03,off,,x", "第9行：缺少名称"),
    ("2027-02-03,off,春节,", "第9行：缺少依据"),
    ("2027-02-03,off", "第9行：缺少名称"),
    (f"2027-02-03,off,{'春' * 81},x", "第9行：名称或依据超过80字"),
    ("2027-02-03,off,春\x00节,x", "第9行：含有不可见的控制字符"),
    ("2027-02-03,off,春\u202e节,x", "第9行：含有不可见的控制字符"),
    ("2027-02-03,off,{name},{0}", None),
    ("2027-10-07,off,国庆节,x", "第9行：日期 2027-10-07 重复，与第8行冲突"),
    ("2027-10-07,work,国庆节,x", "第9行：日期 2027-10-07 又标为放假又标为上班，与第8行冲突"),
    ('2027-02-03,off,"春节,x', "第9行：引号不成对"),
])
def test_a_faulty_line_is_refused_with_its_number_and_reason(line: str, reason: str | None) -> None:
    lines = with_line(9, line)
    if reason is None:
        assert parse_arrangement(lines).days[0].name == "{name}"
        return
    found = problems(lines)
    assert len([text for text in found if text.startswith(reason)]) == 1


def test_all_faults_of_a_file_are_told_at_once_in_order_of_lines() -> None:
    found = problems([*with_line(3, "2027-13-01,holiday,国庆节,x"), SOUND[1]])
    assert [text.split("：")[0] for text in found] == ["第3行", "第3行", "第10行"]


@pytest.mark.parametrize("off_days", [0, 1, 6])
def test_a_year_with_fewer_than_seven_days_off_is_refused_as_incomplete(off_days: int) -> None:
    """A notice may name days of the year before; importing them alone would wipe that year's arrangement."""
    earlier = [f"2026-12-{20 + n},off,元旦,x" for n in range(off_days)] + ["2026-12-27,work,元旦调休上班,x"]
    assert problems([*SOUND, *earlier]) == [
        f"2026年只有{off_days}个放假日，不完整：导入会替换整年的安排，请把2026年的全部放假日和调休上班日放进同一个文件"
    ]


def test_a_weekday_marked_as_make_up_day_is_accepted_with_a_warning() -> None:
    arrangement = parse_arrangement(with_line(9, "2027-10-11,work,国庆节调休上班,x"))
    assert [note.text for note in arrangement.warnings] == [
        "第9行：2027-10-11 本来就是工作日，无需标为调休上班，请核对通知原文"
    ]


@pytest.mark.parametrize("lines", [[], ["\n"], [HEAD], [HEAD, "", ",,,"]])
def test_a_file_without_dates_is_refused(lines: list[str]) -> None:
    assert len(problems(lines)) == 1


def test_a_file_without_the_right_head_is_refused_and_the_columns_named() -> None:
    assert problems(SOUND[1:]) == ["第1行：缺少列：date、kind、name、source。第一行应为 date,kind,name,source"]
    assert problems(["date,kind,name", *SOUND[1:]]) == ["第1行：缺少列：source。第一行应为 date,kind,name,source"]


def test_a_file_that_is_far_too_long_is_not_read_to_the_end() -> None:
    assert problems([HEAD, *["2027-01-01,off,元旦,x"] * (LARGEST_FILE + 1)]) == ["文件超过3000行，不像一份放假安排"]


def test_a_field_longer_than_the_reader_allows_is_refused() -> None:
    assert problems([HEAD, "2027-01-01,off," + "x" * 200_000 + ",x"]) == ["第2行：引号不成对或内容损坏，无法读取"]


@given(st.lists(st.text(max_size=40), max_size=12))
def test_no_text_whatever_breaks_the_reading(lines: list[str]) -> None:
    for head in ([], [HEAD]):
        with pytest.raises(Refused):
            parse_arrangement([*head, *lines])
