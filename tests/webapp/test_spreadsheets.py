"""Tables in and out: EXP-1 to EXP-3, the letters and 附件6."""

import csv
import io
import os
import time
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from webapp.spreadsheets import (
    LETTER_COLUMNS,
    REPORT_COLUMNS,
    ReportRow,
    SheetRefused,
    neutralised,
    parse_date,
    parse_instant,
    read_appeal_report,
    read_letters_csv,
    read_rows,
    write_report,
)

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
LETTER = ("1", "网友", "标题", "2019-04-23T17:03:19", "正文", "答复", "2019-05-09T09:51:30")
REPORT = ("面上问题清单", "2023-05-29", "其他", "杨*伟", "138****9", "工商联", "其它", "关于种养殖项目", "计划开展",
          "已完成", "2023-05-30", "积极联系", "表示满意", "张*景", "13*****8")  # fmt: skip


def csv_file(folder: Path, rows: Sequence[Sequence[str]], *, encoding: str = "utf-8") -> Path:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    path = folder / "table.csv"
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def xlsx_file(folder: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    path = folder / "table.xlsx"
    book.save(path)
    return path


def changed(row: Sequence[str], **values: str) -> list[str]:
    names = LETTER_COLUMNS if len(row) == 7 else REPORT_COLUMNS
    return [values.get(name, value) for name, value in zip(names, row, strict=True)]


@pytest.mark.shared
def test_all_933_letters_are_read() -> None:
    sheet = read_letters_csv(SHARED / "letters.csv")
    assert len(sheet.rows) == 933
    assert sheet.errors == ()
    first = sheet.rows[0]
    assert (first.line, first.source_id, first.author) == (2, "2574", "A0009233")
    assert first.filed_at.isoformat() == "2019-04-23T17:03:19+08:00"
    assert any("\n" in row.body for row in sheet.rows)
    assert not any("\u200b" in row.title for row in sheet.rows)
    assert sheet.rows[-1].line == (SHARED / "letters.csv").read_bytes().count(b"\n")


@pytest.mark.shared
def test_the_published_sample_of_appendix_6_is_read() -> None:
    sheet = read_appeal_report(SHARED / "appeal_report_template.csv")
    assert sheet.errors == ()
    (row,) = sheet.rows
    assert (row.filed_on, row.concluded_on) == (date(2023, 5, 29), date(2023, 5, 29))
    assert (row.channel, row.item) == ("其他", "其他")
    assert (row.appellant, row.phone, row.unit) == ("杨*伟", "138****9", "工商联")
    assert (row.reporter, row.reporter_phone) == ("张*景", "13*****8")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_chinese_excel_writes(tmp_path: Path, encoding: str) -> None:
    sheet = read_letters_csv(
        csv_file(tmp_path, [LETTER_COLUMNS, changed(LETTER, author="王喆䶮𠮷")], encoding=encoding)
    )
    assert [row.author for row in sheet.rows] == ["王喆䶮𠮷"]


def test_a_broken_row_is_told_with_line_and_reason_and_the_others_stay(tmp_path: Path) -> None:
    rows = [
        LETTER_COLUMNS,
        changed(LETTER, id="1", body="第一行\n第二行\n第三行"),
        changed(LETTER, id="2", filed_at="前天", title=""),
        changed(LETTER, id="1"),
        changed(LETTER, id="3", replied_at="2018-01-01T00:00:00"),
        changed(LETTER, id="4", body="坏\x00字"),
        changed(LETTER, id="5", reply=""),
        changed(LETTER, id="6", reply="", replied_at=""),
        ["7"],
    ]
    sheet = read_letters_csv(csv_file(tmp_path, rows))
    assert [row.source_id for row in sheet.rows] == ["1", "6"]
    assert {error.line for error in sheet.errors} == {5, 6, 7, 8, 9, 11}
    told = [str(error) for error in sheet.errors]
    assert "第 5 行“title”：不能为空，请补充。" in told
    assert any(text.startswith("第 5 行“filed_at”：“前天”不是有效的时间") for text in told)
    assert "第 6 行“id”：与第 2 行重复，请删去其中一行。" in told
    assert "第 7 行“replied_at”：早于来信时间，请核对。" in told
    assert any(text.startswith("第 8 行“body”：文字中含有无法保存的空字符") for text in told)
    assert "第 9 行“reply”：有答复时间而没有答复内容，请补充。" in told


@pytest.mark.parametrize("heading", ["诉求", "诉求填报人", " 诉求填报人 ", "*诉求填报人"])
def test_the_fourteenth_heading_is_known_by_its_cut_and_its_full_name(tmp_path: Path, heading: str) -> None:
    headings = [heading if name == "诉求填报人" else name for name in REPORT_COLUMNS]
    (row,) = read_appeal_report(csv_file(tmp_path, [headings, REPORT])).rows
    assert row.reporter == "张*景"


def test_a_workbook_with_title_notes_numbers_and_real_dates_is_read(tmp_path: Path) -> None:
    cells: list[object] = list(REPORT)
    cells[1], cells[4], cells[10], cells[14] = datetime(2023, 5, 29), 13812341234, 45076, 13812341234.0  # noqa: DTZ001
    rows: list[Sequence[object]] = [
        ["县市区诉求上报模板"],
        REPORT_COLUMNS,
        cells,
        [None] * 15,
        ["备注：1.沅江高新区……"],
    ]
    sheet = read_appeal_report(xlsx_file(tmp_path, rows))
    assert sheet.errors == ()
    (row,) = sheet.rows
    assert (row.line, row.filed_on, row.concluded_on) == (3, date(2023, 5, 29), date(2023, 5, 30))
    assert (row.phone, row.reporter_phone) == ("13812341234", "13812341234")


def test_a_report_row_needs_date_unit_and_matter_and_ends_after_it_began(tmp_path: Path) -> None:
    empty = changed(REPORT, 诉求日期="", 诉求承办单位名称="", 诉求描述="")
    late = changed(REPORT, 办结日期="2023-05-01")
    sheet = read_appeal_report(csv_file(tmp_path, [REPORT_COLUMNS, empty, late, REPORT]))
    assert len(sheet.rows) == 1
    assert [(error.line, error.column) for error in sheet.errors] == [
        (2, "诉求日期"),
        (2, "诉求承办单位名称"),
        (2, "诉求描述"),
        (3, "办结日期"),
    ]


@pytest.mark.parametrize(
    "text",
    ["2023-05-29", "2023/5/29", "2023.5.29", "2023年5月29日", "2023年05月29号", "20230529", "45075", "45075.5",
     "２０２３－５－２９", "2023-05-29 00:00:00", "2023-05-29T08:00", " 2023 年 5 月 29 日 "],
)  # fmt: skip
def test_a_day_is_understood_in_the_spellings_offices_use(text: str) -> None:
    assert parse_date(text) == date(2023, 5, 29)


@pytest.mark.parametrize(
    "text", ["", "2023-02-30", "2023-13-01", "1948-12-31", "2101-01-01", "5月29日", "2023", "99999", "昨天"]
)
def test_what_is_no_day_of_our_time_is_none(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize("text", ["2019-04-23T17:03:19", "2019/04/23 17:03:19", "2019-04-23T09:03:19Z"])
def test_an_instant_without_an_offset_is_local(text: str) -> None:
    found = parse_instant(text)
    assert found is not None
    assert found.isoformat() == "2019-04-23T17:03:19+08:00"
    assert found.utcoffset() == timedelta(hours=8)


def refusal(path: Path) -> str:
    with pytest.raises(SheetRefused) as caught:
        read_appeal_report(path)
    assert caught.value.message_zh.endswith("。")
    return caught.value.code


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0", "sheet_kind"),
        ("a.csv", b"", "sheet_empty"),
        ("a.csv", "诉求日期,诉求描述\n".encode(), "sheet_columns"),
        ("a.csv", "甲,乙\n\"没有结束的引号\n".encode(), "sheet_broken"),
        ("a.csv", b"\xff\xfe\xff\xff\x81", "sheet_encoding"),
        ("a.xlsx", b"", "sheet_broken"),
        ("a.xlsx", b"PK\x03\x04 not a zip", "sheet_broken"),
        ("a.xlsx", b"x" * (2 * 2**20 + 1), "sheet_too_large"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_a_table_is_refused_by_cause(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert refusal(tmp_path / name) == code


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(SheetRefused) as caught:
        read_appeal_report(csv_file(tmp_path, [REPORT_COLUMNS[:13], REPORT[:13]]))
    assert caught.value.message_zh == "缺少以下列：诉求填报人、填报人手机号。请按模板补齐表头后再导入。"


@pytest.mark.parametrize("write", [csv_file, xlsx_file])
def test_five_thousand_rows_are_the_most(tmp_path: Path, write: Callable[[Path, list[Sequence[str]]], Path]) -> None:
    assert len(read_rows(write(tmp_path, [REPORT_COLUMNS, *[["一"]] * 5000]), REPORT_COLUMNS)) == 5000
    for extra in (1, 100):
        assert refusal(write(tmp_path, [REPORT_COLUMNS, *[["一"]] * (5000 + extra)])) == "sheet_too_many_rows"


def rezipped(path: Path, member: str, data: bytes) -> Path:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()} | {member: data}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_zip_bomb_is_refused_before_anything_is_unpacked(tmp_path: Path) -> None:
    large = b"".join(os.urandom(2_500) + bytes(97_500) for _ in range(215))
    for data in (large, bytes(15_000_000)):  # too large unpacked at an innocent ratio; the other way round
        bomb = rezipped(xlsx_file(tmp_path, [REPORT_COLUMNS]), "xl/sharedStrings.xml", data)
        started = time.perf_counter()
        assert refusal(bomb) == "sheet_bomb"
        assert time.perf_counter() - started < 1


@pytest.mark.parametrize("depth", [1, 10])
def test_a_workbook_with_entities_is_refused_however_few(tmp_path: Path, depth: int) -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, depth))
    xml = f'<!DOCTYPE x [<!ENTITY e0 "ha">{levels}]><sst xmlns="x"><si><t>&e{depth - 1};</t></si></sst>'.encode()
    for member in ("xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/workbook.xml"):
        path = xlsx_file(tmp_path, [REPORT_COLUMNS, REPORT])
        with zipfile.ZipFile(path) as archive:
            types = archive.read("[Content_Types].xml")
        strings = (
            b'<Override PartName="/xl/sharedStrings.xml" ContentType='
            b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
        )
        rezipped(path, "[Content_Types].xml", types.replace(b"</Types>", strings))
        assert refusal(rezipped(path, member, xml)) == "sheet_broken", member


def test_a_workbook_that_skips_thousands_of_rows_loses_none_silently(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(list(REPORT_COLUMNS))
    for place, value in enumerate(REPORT, start=1):
        book.worksheets[0].cell(row=60_000, column=place, value=value)
    book.save(tmp_path / "gap.xlsx")
    (row,) = read_appeal_report(tmp_path / "gap.xlsx").rows
    assert row.line == 60_000


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1", "＠",
             "=HYPERLINK(\"//x\")"]  # fmt: skip


def report_row(**values: str) -> ReportRow:
    texts = {name: "文" for name in ReportRow.__dataclass_fields__ if name not in {"line", "filed_on", "concluded_on"}}
    return ReportRow(line=2, filed_on=date(2026, 11, 21), concluded_on=None, **(texts | values))


def exported(rows: Sequence[ReportRow], path: Path) -> list[list[openpyxl.cell.cell.Cell]]:
    with path.open("wb") as stream:
        assert write_report(rows, stream) == len(rows)
    return [list(cells) for cells in openpyxl.load_workbook(path).worksheets[0].iter_rows()]


def test_no_cell_of_an_export_is_ever_a_formula(tmp_path: Path) -> None:
    cells = exported(
        [report_row(complaint=text, appellant=text) for text in [*DANGEROUS, "#REF!", "2026"]], tmp_path / "a.xlsx"
    )
    assert {cell.data_type for row in cells for cell in row} <= {"s", "inlineStr", "n"}
    assert not [cell.value for row in cells for cell in row if str(cell.value).startswith(tuple("=+-@＝＋－＠\t\r"))]
    assert all(cell.value is None for row in cells for cell in row if cell.data_type == "n")  # empty cells only


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_dangerous_start_is_marked_with_an_apostrophe(text: str) -> None:
    assert neutralised(text) == "'" + text
    assert neutralised("文" + text) == "文" + text


def test_characters_xml_cannot_carry_are_replaced_and_the_export_goes_on(tmp_path: Path) -> None:
    bad = "".join(map(chr, range(32))) + "\ud800\udfff\ufffe\uffff尾"
    cells = exported([report_row(complaint="头" + bad), report_row(complaint="长" * 40_000)], tmp_path / "a.xlsx")
    assert cells[1][8].value.startswith("头�")
    assert cells[1][8].value.endswith("尾")
    assert cells[2][8].value.endswith("…（已截断）")
    assert len(cells[2][8].value) == 32_767


def test_the_export_has_the_fifteen_columns_and_comes_back_as_it_was(tmp_path: Path) -> None:
    row = report_row(complaint="=1+1", phone="138****1234", findings="一\n二", appellant="王喆\U000e0100")
    cells = exported([row], tmp_path / "a.xlsx")
    assert tuple(cell.value for cell in cells[0]) == REPORT_COLUMNS
    assert read_appeal_report(tmp_path / "a.xlsx").rows == (row,)


def test_an_export_of_nothing_has_its_headings_and_names_nobody(tmp_path: Path) -> None:
    cells = exported([], tmp_path / "a.xlsx")
    assert len(cells) == 1
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert b"openpyxl" not in archive.read("docProps/core.xml")
