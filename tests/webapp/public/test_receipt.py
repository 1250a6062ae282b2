"""The receipt: shown until it is said to be saved, printable, then gone."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader

from models.appeals import receipt
from tests.support.page import PageClient
from tests.webapp.public.conftest import FIELDS, NEW, given, hidden, post
from webapp import clock
from webapp.db import Database
from webapp.filters import cn_date, cn_full_date


def test_number_and_code_are_shown_and_the_code_is_stored_nowhere(client: PageClient, stored, app: Flask) -> None:
    post(client)
    number, code = given(client)
    appeal = stored(number)
    canonical = receipt.normalise_code(code)
    assert canonical is not None and [len(part) for part in code.split("-")] == [4, 4, 4, 4]
    assert receipt.code_matches(app.extensions["zhitongche.config"].receipt_key, canonical, appeal.receipt_code_hash)
    assert canonical not in repr(appeal.model_dump()) and code not in repr(appeal.model_dump())


def test_it_can_be_read_again_until_it_is_saved_and_never_after(client: PageClient) -> None:
    post(client)
    first = given(client)
    assert given(client) == first
    answer = client.send("/appeals/receipt", action="/saved")
    assert answer.location == "/appeals/track"
    soup = client.soup("/appeals/receipt")
    assert first[1] not in soup.get_text() and soup.find(id="receipt-code") is None
    assert soup.find("main").find("a", href="/appeals/track") is not None
    assert client.post("/appeals/receipt/pdf", data=hidden(client)).status_code == 303


def test_it_is_gone_after_two_hours(client: PageClient) -> None:
    start = datetime(2026, 11, 20, 2, tzinfo=UTC)
    with time_machine.travel(start, tick=False):
        post(client)
    with time_machine.travel(start + timedelta(minutes=119), tick=False):
        assert given(client)[0]
    with time_machine.travel(start + timedelta(minutes=121), tick=False):
        assert client.soup("/appeals/receipt").find(id="receipt-code") is None


def test_it_promises_the_dates_that_a_dispatch_today_would(client: PageClient) -> None:
    with time_machine.travel(datetime(2026, 9, 30, 2, tzinfo=UTC), tick=False):
        post(client)
        soup = client.soup("/appeals/receipt")
    assert [one["datetime"] for one in soup.select(".promised p time")] == ["2026-10-10", "2026-10-15", "2026-10-27"]
    assert "受理并交办之日起算" in soup.get_text()


def test_dates_beyond_the_arranged_years_are_provisional(client: PageClient) -> None:
    with time_machine.travel(datetime(2026, 12, 21, 2, tzinfo=UTC), tick=False):
        post(client)
        assert "暂算" in client.soup("/appeals/receipt").select_one(".promised").get_text()


def test_the_qr_is_a_picture_of_our_own_without_number_or_code(client: PageClient) -> None:
    post(client)
    source = client.soup("/appeals/receipt").find("img", class_="receipt-qr")["src"]
    picture = client.get(source)
    assert picture.mimetype == "image/svg+xml" and picture.data.startswith(b"<svg")


@pytest.mark.slow
def test_the_print_carries_number_and_code_and_leaves_a_trace(client: PageClient, database: Database) -> None:
    post(client)
    number, code = given(client)
    answer = client.send("/appeals/receipt", action="/pdf")
    assert answer.mimetype == "application/pdf" and answer.headers["Content-Disposition"].startswith("attachment")
    text = "".join(one.extract_text() for one in PdfReader(BytesIO(answer.data)).pages)
    assert number in text and code in text
    today = cn_date(clock.today()).partition("(")[0]
    assert "今日" not in text and f"如{today}交办" in text, "read on another day it would be wrong"
    assert cn_full_date(clock.today()) in text
    with database.engine.connect() as connection:
        actions = [row[0] for row in connection.exec_driver_sql("SELECT action FROM audit_log")]
    assert "receipt.print" in actions


def test_a_receipt_of_a_filing_that_was_never_committed_shows_nothing(client: PageClient) -> None:
    with client.session_transaction() as cookie:
        cookie["receipt"] = ["2026-000009", "k" * 32, int(datetime.now(UTC).timestamp())]
    assert client.soup("/appeals/receipt").find(id="receipt-code") is None


def test_the_success_page_comes_only_after_the_row(client: PageClient, stored) -> None:
    fields = {**FIELDS, **hidden(client)}
    assert client.post(NEW, data=fields).status_code == 303
    assert stored("2026-000001").submission_digest
