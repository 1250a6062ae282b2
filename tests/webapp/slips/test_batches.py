"""A batch print from the register: a job with a result, of what its orderer may see, one bookmark for each slip."""

from io import BytesIO
from urllib.parse import unquote

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlmodel import Session, col, select

from models.accounts.types import Role
from models.appeals.types import State
from models.audit.tables import AuditRow
from models.slips import commands
from models.slips.kinds import SlipKind
from tests.conftest import SignIn
from tests.models.slips.facts import REMINDER
from tests.support.factories import LETTERHEAD, Story
from tests.support.page import PageClient
from tests.webapp.pdf.conftest import ROOT, make_slip
from tests.webapp.pdf.papers import make_paper
from webapp.db import Database
from webapp.pdf import PdfRenderer
from webapp.slip_batch import PORTION, render_batch


def order(session: Session, unit: str = "市监局") -> None:
    story = Story(session, unit=unit).to(State.DISPATCHED)
    act = story.act(story.supervisor)
    commands.issue_of_appeal(session, SlipKind.DISPATCH_ORDER, story.appeal, act, LETTERHEAD)
    commands.issue(session, SlipKind.REMINDER, REMINDER, act, LETTERHEAD, appeal=story.appeal)


def printed(client: PageClient, query: str = "") -> list[str]:
    """Orders the batch of this list and answers the numbers that its bookmarks name."""
    answer = client.send(f"/slips{query}", action="/slips/batches")
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/jobs/")
    result = client.soup(answer.headers["Location"]).find("a", string="下载结果")
    assert result is not None
    pdf = client.get(str(result["href"])).data
    return [str(mark.title).split()[0] for mark in PdfReader(BytesIO(pdf)).outline]


def test_a_batch_is_a_job_whose_result_has_a_bookmark_for_each_slip_of_the_filter(
    printing: Flask, database: Database, sign_in: SignIn
) -> None:
    with database.writing() as session:
        order(session), order(session, "税务局")
    clerk = sign_in(Role.CLERK)
    every = ["沅优办交〔2026〕1号", "沅优办交〔2026〕2号", "沅优办催〔2026〕1号", "沅优办催〔2026〕2号"]
    assert printed(clerk) == every
    assert printed(clerk, "?kind=reminder") == every[2:]
    assert printed(clerk, "?day=2026-11-17&kind=dispatch_order") == every[:2]
    with database.reading() as session:
        traces = session.exec(select(AuditRow.facts).where(col(AuditRow.action) == "slip.print")).all()
    assert len(traces) == 8 and {one["audience"] for one in traces} == {"batch"}


def test_a_unit_prints_its_own_slips_and_no_others(printing: Flask, database: Database, sign_in: SignIn) -> None:
    with database.writing() as session:
        order(session), order(session, "税务局")
    assert printed(sign_in(Role.HANDLER, unit="税务局")) == ["沅优办交〔2026〕2号", "沅优办催〔2026〕2号"]


def test_an_empty_list_orders_no_job(database: Database, sign_in: SignIn) -> None:
    with database.writing() as session:
        order(session)
    clerk = sign_in(Role.CLERK)
    token = clerk.soup("/slips").find("form", action="/slips/batches")
    sent = {one["name"]: one["value"] for one in token.find_all("input")}
    answer = clerk.post("/slips/batches", data=sent | {"day": "2026-11-16"})
    assert unquote(answer.headers["Location"]) == "/slips?day=2026-11-16"
    assert "没有任务" in clerk.soup("/jobs").main.get_text()


# ---------------------------------------------------------------- drawing in portions


@pytest.fixture(scope="module")
def renderer() -> PdfRenderer:
    made = PdfRenderer(ROOT / ".fonts" / "fonts.conf", workers=1, timeout=120, max_pages=1_000)
    yield made
    made.close()


def test_portions_are_joined_in_order_and_each_slip_begins_on_a_front_side(renderer: PdfRenderer) -> None:
    kinds = [kind for kind in SlipKind if kind is not SlipKind.REPLY]
    papers = [make_paper(kinds[no % len(kinds)], number=f"第{no}份") for no in range(PORTION + 3)]
    told: list[tuple[int, int]] = []
    pdf = render_batch([make_slip(), *papers], renderer, lambda done, total: told.append((done, total)))
    reader = PdfReader(BytesIO(pdf))
    assert [str(mark.title).split()[0] for mark in reader.outline][1:] == [paper.number for paper in papers]
    starts = [reader.get_destination_page_number(mark) for mark in reader.outline]
    assert starts == sorted(starts) and {page % 2 for page in starts} == {0}
    for start, paper in zip(starts[1:], papers, strict=True):
        assert paper.number in reader.pages[start].extract_text()
    assert told == [(0, PORTION + 4), (PORTION, PORTION + 4), (PORTION + 4, PORTION + 4)]


def test_whoever_watches_can_end_the_work_between_portions(renderer: PdfRenderer) -> None:
    def stop(done: int, total: int) -> None:
        if done:
            raise InterruptedError(done)

    with pytest.raises(InterruptedError):
        render_batch([make_slip()] * (PORTION + 1), renderer, stop)
