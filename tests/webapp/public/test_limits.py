"""Limits by address: filings, wrong codes, files. Shared by all processes, slow to anger, silent about who exists."""

import gc
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from sqlalchemy import text

from models.appeals import limits
from models.appeals.limits import Limit
from models.appeals.queries import staged_uploads
from tests.support.page import PageClient, find_form, hidden_fields
from tests.webapp.public.conftest import CODE, FIELDS, NEW, given, hidden, page, picture, post, text_of
from webapp.db import Database
from webapp.forms import key_digest

NUMBER = "2026-000001"
NOW = datetime(2026, 11, 18, 2, 1, tzinfo=UTC)
WRONG = "F" * 16
PDF = b"%PDF-1.7\ntrailer\n%%EOF\n"

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Werkzeug's test client leaves its own spool open


@pytest.fixture(autouse=True)
def a_wednesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def quick_codes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The slow hash is what is being protected: counted here, and not waited for."""
    asked: list[int] = []

    def is_right(number: str | None, code: str | None) -> bool:
        asked.append(1)
        return number == NUMBER and code == CODE

    monkeypatch.setattr("webapp.public.following.is_right", is_right)
    return asked


@pytest.fixture
def per_hour(app: Any) -> Iterator[Any]:
    before = app.extensions["zhitongche.config"]

    def set_to(number: int) -> None:
        app.extensions["zhitongche.config"] = replace(before, intake_limit_per_hour=number)

    yield set_to
    app.extensions["zhitongche.config"] = before


@pytest.fixture(autouse=True)
def _spools_are_gone() -> Iterator[None]:
    yield
    gc.collect()


def ask(client: PageClient, address: str, number: str = NUMBER, code: str = WRONG) -> Any:
    client.delete_cookie("zhitongche")
    form = hidden_fields(find_form(client.soup("/appeals/track"), "/track"))
    return client.post(
        "/appeals/track", data={**form, "number": number, "code": code}, environ_base={"REMOTE_ADDR": address}
    )


def statuses(client: PageClient, address: str, times: int, **asked: str) -> list[int]:
    return [ask(client, address, **asked).status_code for _ in range(times)]


def test_thirty_wrong_codes_an_hour_from_one_address_and_no_slow_hash_beyond(
    client: PageClient, quick_codes: list[int]
) -> None:
    tries = [ask(client, "10.1.1.1", number=f"2026-{n:06d}").status_code for n in range(100, 134)]
    assert tries == [422] * 30 + [429] * 4
    assert len(quick_codes) == 30
    assert ask(client, "10.1.1.2").status_code == 422


def test_who_must_wait_is_told_how_long_and_the_number_stays(client: PageClient, quick_codes: list[int]) -> None:
    for number in range(100, 130):
        ask(client, "10.1.1.1", number=f"2026-{number:06d}")
    answer = ask(client, "10.1.1.1")
    assert answer.status_code == 429 and answer.headers["Retry-After"] == str(59 * 60)
    soup = page(answer)
    assert "约 59 分钟后再试" in text_of(soup, "code-error") and "0737-2700000" in text_of(soup, "code-error")
    assert soup.find(id="number")["value"] == NUMBER


def test_after_the_hour_it_goes_on(
    client: PageClient, quick_codes: list[int], a_wednesday: time_machine.Traveller
) -> None:
    statuses(client, "10.1.1.1", 31)
    a_wednesday.shift(timedelta(hours=1))
    assert ask(client, "10.1.1.1").status_code == 422


def test_right_codes_are_not_counted_so_a_service_hall_can_ask_all_day(
    client: PageClient, quick_codes: list[int]
) -> None:
    assert set(statuses(client, "10.1.1.1", 40, code=CODE)) == {303}


def test_a_number_guessed_at_from_many_addresses_stays_open_to_its_holder(
    client: PageClient, quick_codes: list[int]
) -> None:
    for host in range(1, 12):
        assert ask(client, f"10.2.0.{host}").status_code == 422
    assert ask(client, "10.9.9.9", code=CODE).status_code == 303
    assert statuses(client, "10.9.9.8", 4) == [422, 422, 422, 429]
    assert ask(client, "10.9.9.8", code=CODE).status_code == 429
    assert ask(client, "10.9.9.7", code=CODE).status_code == 303


def test_who_waited_ten_minutes_may_try_a_guessed_number_again(
    client: PageClient, quick_codes: list[int], a_wednesday: time_machine.Traveller
) -> None:
    statuses(client, "10.2.0.1", 11)
    assert ask(client, "10.2.0.1", code=CODE).status_code == 429
    a_wednesday.shift(timedelta(minutes=10))
    assert ask(client, "10.2.0.1", code=CODE).status_code == 303


def test_a_number_that_does_not_exist_is_limited_alike(client: PageClient, quick_codes: list[int]) -> None:
    def course(number: str, network: str) -> list[int]:
        return [status for host in range(1, 5) for status in statuses(client, f"{network}.{host}", 5, number=number)]

    assert course(NUMBER, "10.3.0") == course("2026-000999", "10.4.0")


def test_one_subscriber_s_ipv6_addresses_are_one(client: PageClient, quick_codes: list[int]) -> None:
    tries = [ask(client, f"2001:db8:1:2::{n:x}", number=f"2026-{n:06d}").status_code for n in range(1, 33)]
    assert tries == [422] * 30 + [429] * 2
    assert ask(client, "2001:db8:1:3::1").status_code == 422


def test_no_address_and_no_number_is_stored(client: PageClient, quick_codes: list[int], database: Database) -> None:
    ask(client, "10.77.66.55", number="2026-424242")
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT name, subject FROM limit_counts")).all()
    assert len(rows) == 3 and all(len(subject) == 64 for _, subject in rows)
    assert not any(word in subject for _, subject in rows for word in ("10.77", "424242"))


def test_the_count_is_exact_when_many_workers_raise_it_at_once(database: Database) -> None:
    limit = Limit("test", 10, timedelta(hours=1))

    def take(_: int) -> int:
        with database.writing() as session:
            return limits.take(session, limit, "a" * 64, NOW)

    with ThreadPoolExecutor(8) as pool:
        counted = list(pool.map(take, range(40)))
    assert sorted(counted) == list(range(1, 41))


def test_the_setting_limits_filings_and_everything_typed_is_still_there(
    client: PageClient, per_hour: Any, database: Database
) -> None:
    per_hour(2)
    assert [post(client).status_code for _ in range(2)] == [303, 303]
    answer = post(client, body="第三件：办事窗口一直无人受理，请协调解决。", attachments=[(BytesIO(PDF), "合同.pdf")])
    assert answer.status_code == 429 and answer.headers["Retry-After"] == str(59 * 60)
    soup = page(answer)
    said = soup.find("main").get_text()
    assert "约 59 分钟后再提交" in said and "0737-2700000" in said
    assert soup.find(id="body").get_text(strip=True).startswith("第三件")
    assert soup.find(id="appellant_name")["value"] == "周喆珺"
    assert [row.find("span").get_text() for row in soup.select(".staged li")] == ["合同.pdf"]
    per_hour(3)
    again = client.post(NEW, data={**FIELDS, **hidden_fields(find_form(soup)), "step": "submit"})
    assert again.status_code == 303


def test_what_is_not_filed_is_not_counted_and_a_repeat_is_never_too_many(client: PageClient, per_hour: Any) -> None:
    per_hour(1)
    assert post(client, title="").status_code == 422
    fields = {**FIELDS, **hidden(client)}
    assert client.post(NEW, data=fields).status_code == 303
    number = given(client)
    assert client.post(NEW, data=fields).status_code == 303
    assert given(client) == number


def test_without_the_setting_filings_are_not_limited(client: PageClient) -> None:
    assert {post(client).status_code for _ in range(12)} == {303}


def test_a_thousand_filings_an_hour_are_told_to_the_log_and_taken(
    client: PageClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert limits.ALARM.most == 1_000
    monkeypatch.setattr(limits, "ALARM", replace(limits.ALARM, most=2))
    with caplog.at_level(logging.WARNING, "zhitongche"):
        assert {post(client).status_code for _ in range(3)} == {303}
    assert [record.getMessage() for record in caplog.records] == ["2 filings within the hour"]


def test_sixty_files_a_day_and_then_the_words_alone(
    client: PageClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits.UPLOADS.most == 60
    monkeypatch.setattr(limits, "UPLOADS", replace(limits.UPLOADS, most=3))
    two = [(BytesIO(picture("navy")), "甲.png"), (BytesIO(picture("red")), "乙.png")]
    assert post(client, attachments=two).status_code == 303
    fields = hidden(client)
    more = [(BytesIO(picture("green")), "丙.png"), (BytesIO(picture("blue")), "丁.png")]
    answer = client.post(NEW, data={**FIELDS, **fields, "attachments": more})
    assert answer.status_code == 422
    assert "今天上传的文件已达 3 个" in text_of(page(answer), "attachments-error")
    with database.reading() as session:
        assert [one.display_name for one in staged_uploads(session, key_digest(fields["submission_key"]))] == ["丙.png"]
    assert client.post(NEW, data={**FIELDS, **fields}).status_code == 303


def test_sweep_forgets_what_no_limit_counts_any_more(app: Any, client: PageClient, quick_codes: list[int]) -> None:
    ask(client, "10.1.1.1")
    said = app.test_cli_runner().invoke(args=["sweep", "--now", "2026-11-21T08:00:00"]).output
    assert "清理过期的次数记录 3 条" in said
