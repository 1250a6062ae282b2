"""`flask slips batch`: the days' slips in one PDF with a bookmark each."""

from io import BytesIO
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from pypdf import PdfReader
from sqlmodel import col, select

from models.appeals import views
from models.appeals.tables import Appeal
from models.appeals.types import ViewerGroup, ViewKind
from models.audit.tables import AuditRow
from tests.webapp.slips.conftest import Publish
from webapp.cli.slips import slips_cli
from webapp.db import Database

NOVEMBER = ("--from", "2026-11-01", "--to", "2026-11-30")


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(slips_cli, ["batch", *arguments])


def test_the_batch_has_a_bookmark_for_every_slip_and_a_trace(
    app: Flask, database: Database, publish: Publish, tmp_path: Path
) -> None:
    slips = [publish(), publish()]
    out = tmp_path / "batch.pdf"
    result = run(app, *NOVEMBER, "--kind", "reply", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "printed 2 slips" in result.output
    titles = [str(mark.title) for mark in PdfReader(BytesIO(out.read_bytes())).outline]
    assert [title.split()[0] for title in titles] == ["沅优办答〔2026〕1号", "沅优办答〔2026〕2号"]
    with database.reading() as session:
        rows = session.exec(select(AuditRow).where(col(AuditRow.action) == "slip.print")).all()
    assert [row.object_id for row in rows] == [slip.uid for slip in slips]
    assert {row.facts["audience"] for row in rows} == {"batch"}


def test_the_appellant_is_told_of_prints_by_the_command_line_too(
    app: Flask, database: Database, publish: Publish, tmp_path: Path
) -> None:
    """Each run is a print, though nobody's account stands behind the command."""
    slip = publish()
    for name in ("first.pdf", "second.pdf"):
        assert run(app, *NOVEMBER, "--out", str(tmp_path / name)).exit_code == 0
    with database.reading() as session:
        appeal = session.get_one(Appeal, slip.appeal_id)
        assert views.counts(session, appeal)[ViewKind.PRINT] == {ViewerGroup.OFFICE: 2}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2026-11-18", "--to", "2026-11-30"), "没有签发文书"),
        (("--from", "2026-11-30", "--to", "2026-11-01"), "不能晚于"),
        (("--from", "2026-02-30", "--to", "2026-11-01"), "不是有效日期"),
        ((*NOVEMBER, "--kind", "letter"), "没有“letter”这种文书"),
    ],
)
def test_a_batch_that_cannot_be_says_why_and_writes_nothing(
    app: Flask, publish: Publish, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    publish()
    out = tmp_path / "batch.pdf"
    result = run(app, *arguments, "--out", str(out))
    assert result.exit_code == 2 and said in result.output
    assert not list(tmp_path.glob("*.pdf*"))
