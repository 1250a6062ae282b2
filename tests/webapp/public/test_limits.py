"""Limits by address: filings, wrong codes, files. Shared by all processes, slow to anger, silent about who exists."""

import gc
import logging
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from ipaddress import ip_network
from typing import Any

import pytest
import time_machine
from sqlalchemy import text, update
from sqlmodel import col, select

from models.accounts.tables import Account
from models.appeals import limits
from models.appeals.enterprise_tables import EnterpriseAppeal
from models.appeals.limits import Limit
from models.appeals.queries import staged_uploads
from models.audit.tables import AuditRow
from tests.support import enterprises
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
def quick_codes(monkeypatch: pytest.MonkeyPatch, setting: Any) -> list[int]:
    """The slow hash is what is being protected: counted here, not waited for. Proof of work has a file of its own."""
    asked: list[int] = []
    setting(lookup_proof_per_hour=0)

    def is_right(number: str | None, code: str | None) -> bool:
        asked.append(1)
        return number == NUMBER and code == CODE

    monkeypatch.setattr("webapp.public.following.is_right", is_right)
    return asked


@pytest.fixture
def per_hour(setting: Any) -> Any:
    return lambda number: setting(intake_limit_per_hour=number)


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
    said = soup.find("main").get_text()
    assert said.count("约 59 分钟后再试") == 1 and "约 59 分钟后再试" in soup.select_one("main .notice").get_text()
    assert "请先改正" not in said and not soup.select(".error-text") and soup.find(id="code-error") is None
    assert said.count("0737-2700000") == len(soup.select("main a[href^='tel:']")) == 1, "a number that does not break"
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
    assert len(rows) == 4 and all(len(subject) in (0, 64) for _, subject in rows)
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


def test_a_thousand_filings_an_hour_are_told_to_both_logs_and_taken(
    client: PageClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, database: Database
) -> None:
    assert limits.ALARM.most == 1_000
    monkeypatch.setattr(limits, "ALARM", replace(limits.ALARM, most=2))
    with caplog.at_level(logging.WARNING, "zhitongche"):
        assert {post(client).status_code for _ in range(5)} == {303}
    assert [record.getMessage()[-17:] for record in caplog.records] == ["2 within the hour", "4 within the hour"]
    assert alarms(database) == [("filings_of_all", 2), ("filings_of_all", 4)]


def alarms(database: Database) -> list[tuple[str, int]]:
    with database.reading() as session:
        rows = session.exec(select(AuditRow).where(col(AuditRow.action) == "limit.alarm").order_by(col(AuditRow.seq)))
        return [(row.object_id, row.facts["count"]) for row in rows]


def test_a_thousand_wrong_codes_from_everywhere_are_told_to_the_log(
    client: PageClient, quick_codes: list[int], monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    assert limits.WRONG_CODES_OF_ALL.most == 1_000
    monkeypatch.setattr(limits, "WRONG_CODES_OF_ALL", replace(limits.WRONG_CODES_OF_ALL, most=3))
    assert {ask(client, f"10.6.0.{host}", number=f"2026-{host:06d}").status_code for host in range(4)} == {422}
    assert alarms(database) == [("wrong_codes_of_all", 3)]


@pytest.fixture
def long_standing(database: Database) -> Account:
    with database.writing() as session:
        return enterprises.established(session)


def from_(address: str, who: PageClient, number: int = 1) -> list[int]:
    """So many filings by this client from there."""
    fields = {**FIELDS, **hidden(who), "account": ""}
    return [
        who.post(
            NEW, data=fields | {"submission_key": secrets.token_urlsafe(24)}, environ_base={"REMOTE_ADDR": address}
        ).status_code
        for _ in range(number)
    ]


def test_fresh_accounts_of_one_address_share_what_a_visitor_of_it_has(
    client: PageClient, per_hour: Any, sign_in: Any, database: Database, long_standing: Account
) -> None:
    """Anybody makes ten accounts an hour: they must not be worth twenty times an address's filings."""
    per_hour(4)
    with database.writing() as session:
        fresh = [enterprises.person(session, enterprises.enterprise(session, code=f"9143{n:014d}")) for n in range(10)]
    filed = [status for one in fresh for status in from_("10.5.0.1", sign_in(account=one))]
    assert filed == [303] * 4 + [429] * 6
    assert from_("10.5.0.1", client) == [429], "and leave nothing to the visitors behind it, as visitors would"
    assert from_("10.5.0.2", sign_in(account=fresh[0])) == [303]
    assert from_("10.5.0.1", sign_in(account=long_standing), 9) == [303] * 8 + [429], "twice an address's, its own"


@pytest.mark.parametrize("missing", ["age", "dispatch", "filing"])
def test_neither_waiting_nor_one_good_appeal_alone_makes_an_account_known(
    per_hour: Any, sign_in: Any, database: Database, long_standing: Account, missing: str
) -> None:
    per_hour(1)
    with database.writing() as session:
        account = session.get_one(Account, long_standing.id)
        if missing == "age":
            account.created_at = NOW - timedelta(days=6)
        elif missing == "filing":  # another enterprise's, put on the list by number and code
            session.execute(update(EnterpriseAppeal).values(added_at=NOW))
        else:
            session.execute(text("DELETE FROM enterprise_appeals"))
        session.add(account)
    assert from_("10.5.0.1", sign_in(account=long_standing), 2) == [303, 429]


def test_a_fresh_account_proves_work_where_a_visitor_must(
    client: PageClient, setting: Any, sign_in: Any, database: Database, long_standing: Account
) -> None:
    setting(intake_proof_per_hour=1)
    with database.writing() as session:
        fresh = enterprises.person(session, enterprises.enterprise(session, code=enterprises.OTHER_CODE))
    assert from_("10.5.0.1", client) == [303]
    assert from_("10.5.0.1", sign_in(account=fresh)) == [422]
    assert from_("10.5.0.1", sign_in(account=long_standing), 3) == [303] * 3


def test_an_enterprise_is_counted_by_account_wherever_it_files_from(
    client: PageClient, per_hour: Any, sign_in: Any, long_standing: Account
) -> None:
    per_hour(1)
    enterprise = sign_in(account=long_standing)
    form = hidden(client)
    enterprise_form = {**form, "csrf_token": hidden(enterprise)["csrf_token"]}

    def file(who: PageClient, host: int, number: int) -> int:
        key = {"submission_key": f"k{number:024d}"}
        base = form if who is client else enterprise_form
        sent = {**FIELDS, **base, **key}
        return who.post(NEW, data=sent, environ_base={"REMOTE_ADDR": f"10.5.0.{host}"}).status_code

    assert [file(enterprise, host, host) for host in (1, 2, 3)] == [303, 303, 429], "two: twice as many as an address"
    assert file(client, 1, 11) == 303, "what the account filed is not counted for the address"


def test_the_account_s_limit_says_that_it_is_the_account_s(
    client: PageClient, per_hour: Any, sign_in: Any, long_standing: Account
) -> None:
    per_hour(1)
    enterprise = sign_in(account=long_standing)
    answers = [post(enterprise, account="") for _ in range(3)]
    assert answers[2].status_code == 429
    assert "贵企业这个账号" in page(answers[2]).find("main").get_text()


@pytest.mark.parametrize("address", ["10.8.3.4", "10.8.9.77", "::ffff:10.8.9.78"])
def test_a_service_hall_has_no_limits_of_its_own(
    client: PageClient, setting: Any, quick_codes: list[int], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WRONG_CODES", replace(limits.WRONG_CODES, most=3))
    halls = tuple(map(ip_network, ("10.8.3.4", "10.8.9.0/24")))
    setting(intake_limit_per_hour=1, intake_proof_per_hour=1, lookup_proof_per_hour=2, service_hall_addresses=halls)
    tries = [ask(client, address, number=f"2026-{n:06d}").status_code for n in range(1, 7)]
    assert set(tries) == {422} and len(quick_codes) == 6
    fields = {**FIELDS, **hidden(client)}
    filed = [
        client.post(NEW, data=fields | {"submission_key": f"k{n:024d}"}, environ_base={"REMOTE_ADDR": address})
        for n in range(3)
    ]
    assert {one.status_code for one in filed} == {303}
    next_door = [ask(client, "10.8.3.5", number=f"2026-{n:06d}").status_code for n in range(1, 5)]
    assert (next_door, len(quick_codes)) == ([422, 422, 422, 429], 8), "its neighbour has them all: two free attempts"


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
    assert "清理过期的次数记录 4 条" in said
