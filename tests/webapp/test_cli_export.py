"""`flask appeals export --month 2026-11 --out FILE.xlsx`: 附件6, 15 columns, nobody named (contract, EXP-1, EXP-2,
EXP-4).
"""

import csv
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import Result
from flask import Flask
from sqlmodel import Session, col, select

from models.appeals.queries import demands
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, AppellantKind, State
from models.appeals.vault import Identity
from models.audit.tables import AuditRow
from models.handling import linking
from models.handling.commands import Act
from models.handling.tables import ReplyItem
from tests.support.factories import MORNING, Story
from tests.support.matters import matter
from webapp.cli import export
from webapp.db import Database
from webapp.spreadsheets import REPORT_COLUMNS, read_appeal_report

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
WHO = Identity("杨大伟", "13812341239", "桔城大道1号", "沅江市辣妹子食品有限公司")


class Terminal:
    def __init__(self, app: Flask, out: Path) -> None:
        self.app, self.out = app, out

    def run(self, *words: str) -> Result:
        with self.app.app_context():
            return self.app.test_cli_runner().invoke(args=list(words))

    def export(self, month: str = "2026-11") -> list[dict[str, str]]:
        done = self.run("appeals", "export", "--month", month, "--out", str(self.out))
        assert done.exit_code == 0, done.output
        sheet = openpyxl.load_workbook(self.out).active
        headings, *rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
        assert tuple(headings) == REPORT_COLUMNS
        assert done.stdout.splitlines()[-1] == f"exported {len(rows)} rows into {self.out}"
        return [dict(zip(headings, row, strict=True)) for row in rows]


@pytest.fixture
def terminal(app: Flask, tmp_path: Path) -> Terminal:
    return Terminal(app, tmp_path / "月报.xlsx")


def answered(session: Session, **changes: object) -> Story:
    return Story(session, **changes).to(State.REPLIED)  # type: ignore[arg-type]


def test_an_answered_appeal_is_a_row_of_appendix_6(terminal: Terminal, session: Session) -> None:
    answered(session, identity=WHO, title="种养殖项目求指导", body="计划开展种养殖项目。", kind=AppealKind.HELP)
    session.commit()
    (row,) = terminal.export()
    assert list(row.values()) == [
        "求助", "2026-11-17", "网络", "杨*伟", "138****9", "市监局", "其他损害营商环境的问题", "种养殖项目求指导",
        "计划开展种养殖项目。", "已完成", "2026-11-17",
        "1.经核实，材料在两个股室之间流转时未及时登记。许可证已制作完成。（已解决）\n"
        "2.经核实，材料在两个股室之间流转时未及时登记。许可证已制作完成。（已解决）",
        "", "张*办", "",
    ]  # fmt: skip


@pytest.mark.shared
def test_the_headings_are_those_of_the_published_template() -> None:
    with (SHARED / "appeal_report_template.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert tuple(next(csv.reader(stream))) == REPORT_COLUMNS


def test_a_units_own_matter_stands_in_the_month_it_was_reported(terminal: Terminal, session: Session) -> None:
    matter(session, State.CLOSED, identity=WHO)
    matter(session, State.TO_AMEND, title="退回补正的不算")
    session.commit()
    (row,) = terminal.export()
    told = [row[name] for name in ("诉求日期", "诉求渠道", "办结日期", "回访", "诉求状态")]
    assert told == ["2026-11-12", "来访", "2026-11-13", "诉求人表示满意", "已完成"]
    assert row["调查核实办理情况"] == "1.已当场办结。（已解决）\n2.已说明办理条件。（解释说明）"


def test_the_month_is_that_of_the_answer_on_the_chinese_calendar(terminal: Terminal, session: Session) -> None:
    begun = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    for hour, title in ((15, "三十日夜里"), (16, "一日零时")):  # UTC; Asia/Shanghai is eight hours ahead
        story = Story(session, at=begun, title=title).to(State.IN_REVIEW)
        story.at = datetime(2026, 11, 30, hour, 30, tzinfo=UTC)
        story.to(State.REPLIED)
    session.commit()
    found = {month: [row["诉求描述"] for row in terminal.export(month)] for month in ("2026-11", "2026-12", "2026-10")}
    assert found == {"2026-11": ["三十日夜里"], "2026-12": ["一日零时"], "2026-10": []}


def test_what_is_not_concluded_or_was_concluded_elsewhere_is_no_row(terminal: Terminal, session: Session) -> None:
    for state in (State.SUBMITTED, State.HANDLING, State.IN_REVIEW):
        Story(session).to(state)
    answered(session, title="已答复")
    Story(session, title="已归档").to(State.CLOSED)
    session.commit()
    letters = terminal.out.with_name("letters.csv")
    with letters.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([
            ("id", "author", "title", "filed_at", "body", "reply", "replied_at"),
            ("1", "周喆珺", "装路灯", "2026-11-01T09:00:00", "没有灯。", "已列入计划。", "2026-11-02T09:00:00"),
        ])  # fmt: skip
    assert terminal.run("appeals", "import", str(letters)).exit_code == 0
    assert [row["诉求描述"] for row in terminal.export()] == ["已答复", "已归档"]


def test_merged_appeals_are_rows_of_their_own(terminal: Terminal, session: Session) -> None:
    main = Story(session, title="主件").to(State.HANDLING)
    other = Story(session, title="并入的", at=MORNING)
    linking.merge(session, other.appeal, Act(main.clerk, main.at, main.calendar), main=main.appeal)
    main.to(State.REPLIED)
    session.commit()
    assert sorted(row["诉求描述"] for row in terminal.export()) == ["主件", "并入的"]


# ---------------------------------------------------------------- nobody is named


@pytest.mark.parametrize("changes", [{"is_confidential": True}, {"kind": AppealKind.REPORT}])
def test_the_confidential_are_not_named_even_by_a_surname(
    terminal: Terminal, session: Session, changes: dict[str, object]
) -> None:
    answered(session, identity=WHO, body="我叫杨大伟，电话13812341239。", **changes)
    session.commit()
    (row,) = terminal.export()
    assert (row["诉求人/单位名称"], row["诉求人联系电话"]) == ("匿名（身份保密）", "")
    assert "大伟" not in row["投诉内容"] and "13812341239" not in row["投诉内容"]


def test_free_text_is_scanned_and_the_count_is_told(terminal: Terminal, session: Session) -> None:
    story = answered(
        session, identity=WHO, appellant_kind=AppellantKind.ENTERPRISE, title="辣妹子食品有限公司求助",
        body="联系人杨大伟，13812341239，住桔城大道1号。",
    )
    item = session.exec(select(ReplyItem).where(
        col(ReplyItem.demand_id) == demands(session, story.appeal)[0].id)
    ).one()  # fmt: skip
    item.facts = "已电话13973712345回访杨大伟，表示满意。"
    session.add(item)
    session.commit()
    (row,) = terminal.export()
    text = "\n".join(row.values())
    for canary in ("杨大伟", "13812341239", "13973712345", "辣妹子", "桔城大道"):
        assert canary not in text
    assert row["诉求人/单位名称"] == "沅****食品有限公司"
    done = terminal.run("appeals", "export", "--month", "2026-11", "--out", str(terminal.out))
    assert "已遮蔽 6 处" in done.stderr


# ---------------------------------------------------------------- what a cell may not do


def test_formulas_and_illegal_characters_do_no_harm(terminal: Terminal, session: Session) -> None:
    answered(session, title="=1+1", body="＝cmd|' /C calc'!A0")
    appeal = answered(session, title="+86", body="一")
    session.commit()
    with terminal.app.extensions["zhitongche.db"].writing() as writing:  # older rows may hold what forms refuse today
        writing.get_one(Appeal, appeal.appeal.id).body = "竖\x0b线\ufffe"
    rows = terminal.export()
    assert [row["诉求描述"] for row in rows] == ["'=1+1", "'+86"]
    assert rows[0]["投诉内容"].startswith("'＝") and rows[1]["投诉内容"] == "竖\ufffd线\ufffd"
    cells = [cell for row in openpyxl.load_workbook(terminal.out).active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_other_is_written_the_one_way(terminal: Terminal, session: Session) -> None:
    answered(session, body="其它事项")
    session.commit()
    assert terminal.export()[0]["投诉内容"] == "其他事项"


def test_an_exported_file_can_be_imported_again(terminal: Terminal, session: Session) -> None:
    answered(session, identity=WHO)
    answered(session, identity=None, appellant_kind=AppellantKind.ANONYMOUS, title="二")
    matter(session, State.CLOSED, title="三")
    session.commit()
    terminal.export()
    assert not read_appeal_report(terminal.out).errors
    again = terminal.run("appeals", "import", "--dry-run", str(terminal.out))
    assert (again.exit_code, again.stdout) == (0, "imported 3, refused 0\n")


# ---------------------------------------------------------------- trace, limits, arguments


def test_each_export_leaves_its_trace_and_a_file_for_its_owner(terminal: Terminal, database: Database) -> None:
    with database.writing() as session:
        answered(session)
    terminal.export()
    with database.reading() as session:
        last = session.exec(select(AuditRow).order_by(col(AuditRow.seq).desc())).first()
    assert last is not None and (last.action, last.object_id, last.facts["rows"]) == ("export", "2026-11", 1)
    assert stat.S_IMODE(terminal.out.stat().st_mode) == 0o600


def test_a_month_without_any_is_a_table_of_headings(terminal: Terminal) -> None:
    assert terminal.export() == []


def test_more_than_an_import_takes_is_refused(
    terminal: Terminal, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(session)
    session.commit()
    monkeypatch.setattr(export, "MOST_ROWS", 0)
    refused = terminal.run("appeals", "export", "--month", "2026-11", "--out", str(terminal.out))
    assert refused.exit_code == 2 and "最多 0 件" in refused.stderr and not terminal.out.exists()


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "2026-1", "202611", "２０２６-11", "1948-01", ""])
def test_a_month_that_is_none_is_refused(terminal: Terminal, month: str) -> None:
    refused = terminal.run("appeals", "export", "--month", month, "--out", str(terminal.out))
    assert refused.exit_code == 2 and "不是有效月份" in refused.stderr and not terminal.out.exists()


def test_a_file_that_cannot_be_written_is_told(terminal: Terminal, tmp_path: Path) -> None:
    for out, told in ((tmp_path / "no" / "x.xlsx", "无法写入"), (tmp_path / "x.csv", "只能写成 .xlsx")):
        refused = terminal.run("appeals", "export", "--month", "2026-11", "--out", str(out))
        assert refused.exit_code == 2 and told in refused.stderr


def test_december_ends_on_its_last_day() -> None:
    assert export._days("2026-12") == (date(2026, 12, 1), date(2026, 12, 31))
    assert export._days("2028-02") == (date(2028, 2, 1), date(2028, 2, 29))
