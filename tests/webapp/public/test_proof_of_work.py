"""ABU-1: beyond the soft limit a form asks the browser for work, once for each request, before anything slow."""

import base64
import gc
import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from werkzeug.test import TestResponse

from models.appeals import limits
from tests.support import proofs
from tests.support.page import PageClient
from tests.support.tables import counts
from tests.webapp.public.conftest import CODE, FIELDS, NEW, hidden, page
from webapp.config import Config
from webapp.db import Database

NOW = datetime(2026, 11, 18, 2, 1, tzinfo=UTC)
NUMBER, WRONG = "2026-000001", "F" * 16
TRACK = "/appeals/track"
Fields = dict[str, str]

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")  # Werkzeug's test client leaves its own spool open


@pytest.fixture(autouse=True)
def a_wednesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock
    gc.collect()


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch, setting: Callable[..., None]) -> list[int]:
    """One entry for each slow hash. Two look-ups an hour are free."""
    asked: list[int] = []

    def is_right(number: str | None, code: str | None) -> bool:
        asked.append(1)
        return number == NUMBER and code == CODE

    monkeypatch.setattr("webapp.public.following.is_right", is_right)
    setting(lookup_proof_per_hour=2)
    return asked


def text_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def ask(client: PageClient, fields: Fields | None = None, *, host: str = "10.1.1.1", code: str = WRONG) -> TestResponse:
    client.delete_cookie("zhitongche")
    here = {"REMOTE_ADDR": host}
    token = re.search(r'name="csrf_token" value="([^"]*)"', text_of(client.get(TRACK, environ_base=here)))
    assert token is not None
    sent = {"csrf_token": token[1], "number": NUMBER, "code": code, **(fields or {})}
    return client.post(TRACK, data=sent, environ_base=here)


def used_up(client: PageClient, host: str = "10.1.1.1") -> str:
    """The page after the free look-ups: it asks for a proof."""
    for _ in range(2):
        last = ask(client, host=host)
    return text_of(last)


@pytest.fixture
def as_delivered(setting: Callable[..., None], tmp_path: Path) -> None:
    """What holds when an office sets the limit and nothing else."""
    config = Config.from_env({"DATA_DIR": str(tmp_path), "INTAKE_LIMIT_PER_HOUR": "10"})
    names = ("intake_limit_per_hour", "intake_proof_per_hour", "intake_proof_per_hour_all", "lookup_proof_per_hour")
    setting(**{name: getattr(config, name) for name in names})


def test_a_plain_client_files_as_often_as_the_limit_says(client: PageClient, as_delivered: None) -> None:
    """No script, no HTTPS: ten and then a wait that is told (ABU-2), never a sum that it cannot do."""
    fields = hidden(client)
    answers = [file(client, fields | {"submission_key": f"k{n:023d}"}) for n in range(12)]
    assert [one.status_code for one in answers] == [303] * 10 + [429] * 2
    assert answers[10].headers["Retry-After"] == "3540" and "0737-2700000" in text_of(answers[10])


def test_a_plain_client_s_thirtieth_code_is_looked_at_like_its_first(
    client: PageClient, hashed: list[int], as_delivered: None
) -> None:
    answers = [ask(client, {"number": f"2026-{n:06d}"}) for n in range(100, 129)]
    assert {one.status_code for one in answers} == {422} and not proofs.asks(text_of(answers[-1]))
    assert ask(client, code=CODE).status_code == 303 and len(hashed) == 30
    last = [ask(client, {"number": f"2026-{n:06d}"}).status_code for n in range(200, 203)]
    assert (last, len(hashed)) == ([422, 429, 429], 31)


def test_below_the_threshold_no_page_speaks_of_it(client: PageClient, hashed: list[int]) -> None:
    pages = [client.get(TRACK), ask(client), client.post(NEW, data={**FIELDS, **hidden(client), "step": "check"})]
    for one in pages:
        assert "proof" not in text_of(one) and "验证" not in page(one).find("main").get_text()


def test_beyond_it_a_look_up_goes_on_only_with_a_proof(client: PageClient, hashed: list[int]) -> None:
    used_up(client)
    asked = ask(client)
    assert (asked.status_code, len(hashed)) == (422, 2), "no slow hash without it"
    assert page(asked).find(id="number")["value"] == NUMBER, "what was typed stays"
    tried = ask(client, proofs.solved(text_of(asked)))
    assert (tried.status_code, len(hashed)) == (422, 3) and "不对" in text_of(tried)
    assert ask(client, proofs.solved(text_of(tried)), code=CODE).status_code == 303


def test_the_page_already_asks_when_it_is_opened_beyond_the_threshold(client: PageClient, hashed: list[int]) -> None:
    used_up(client)
    opened = text_of(client.get(TRACK, environ_base={"REMOTE_ADDR": "10.1.1.1"}))
    assert ask(client, proofs.solved(opened), code=CODE).status_code == 303
    assert not proofs.asks(text_of(client.get(TRACK, environ_base={"REMOTE_ADDR": "10.1.1.2"})))


def test_without_script_it_says_the_way_by_telephone_and_when_it_opens_again(
    client: PageClient, hashed: list[int], a_wednesday: time_machine.Traveller
) -> None:
    used_up(client)
    said = page(ask(client)).find(attrs={"data-proof": "failed"}).get_text(" ", strip=True)
    assert "0737-2700000" in said and "59 分钟后" in said and "都在" in said
    a_wednesday.shift(timedelta(minutes=59))
    assert ask(client, code=CODE).status_code == 303


def test_one_proof_sent_again_and_again_counts_once(client: PageClient, hashed: list[int], database: Database) -> None:
    fields = proofs.solved(used_up(client))
    for _ in range(28):  # up to the hard limit of thirty; a hundred against four workers are in tests/faults
        ask(client, fields)
    assert (len(hashed), counts(database)["used_proofs"]) == (3, 1)


def test_a_hundred_at_once_spend_one_proof_once(database: Database) -> None:
    def spend(_: int) -> bool:
        with database.writing() as session:
            return limits.spend(session, "d" * 64, NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(spend, range(100))) == 1


def changed(fields: Fields, **parameters: Any) -> Fields:
    document = json.loads(base64.b64decode(fields["proof"]))
    document["challenge"]["parameters"] |= parameters
    return fields | {"proof": base64.b64encode(json.dumps(document).encode()).decode()}


NO_PROOFS: dict[str, Callable[[Fields], Fields]] = {
    "none": lambda fields: {},
    "empty": lambda fields: fields | {"proof": ""},
    "no base64": lambda fields: fields | {"proof": "证明" * 20},
    "a list": lambda fields: fields | {"proof": base64.b64encode(b"[]").decode()},
    "nested deeply": lambda fields: fields | {"proof": base64.b64encode(b"[" * 2_900).decode()},
    "lone surrogates": lambda fields: changed(fields, data={"bound": "\ud800"}),
    "enormous": lambda fields: fields | {"proof": "A" * 300_000},
    "made cheaper": lambda fields: changed(fields, cost=1),
    "kept valid for longer": lambda fields: changed(fields, expiresAt=4_000_000_000),
    "for another form": lambda fields: fields | {"proof_key": "another"},
}


@pytest.mark.parametrize("kind", NO_PROOFS)
def test_what_is_no_proof_of_this_form_is_asked_for_again(client: PageClient, hashed: list[int], kind: str) -> None:
    fields = proofs.solved(used_up(client))
    answer = ask(client, NO_PROOFS[kind](fields), code=CODE)
    assert (answer.status_code, len(hashed)) == (422, 2) and proofs.asks(text_of(answer))
    assert ask(client, fields, code=CODE).status_code == 303, "the real one still holds"


def test_a_proof_holds_where_it_was_asked_for_and_ten_minutes(
    client: PageClient, hashed: list[int], a_wednesday: time_machine.Traveller
) -> None:
    fields = proofs.solved(used_up(client))
    used_up(client, "10.1.1.2")
    assert ask(client, fields, code=CODE, host="10.1.1.2").status_code == 422
    a_wednesday.shift(timedelta(minutes=10))
    assert ask(client, fields, code=CODE).status_code == 422
    assert len(hashed) == 4


def test_while_everybody_guesses_who_comes_fresh_is_asked_for_nothing(
    client: PageClient, hashed: list[int], setting: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "WRONG_CODES_OF_ALL", replace(limits.WRONG_CODES_OF_ALL, most=5))
    setting(lookup_proof_per_hour=0)
    for host in range(5):
        assert ask(client, {"number": f"2026-{host + 50:06d}"}, host=f"10.2.0.{host}").status_code == 422
    assert ask(client, code=CODE, host="10.9.9.9").status_code == 303
    tries = [proofs.asks(text_of(ask(client, host="10.2.0.99"))) for _ in range(3)]
    assert tries == [False, False, True], "its fourth would need one, though no threshold is set"


# ---------------------------------------------------------------- filing


@pytest.fixture
def one_is_free(setting: Callable[..., None]) -> None:
    setting(intake_proof_per_hour=1)


def file(client: PageClient, fields: Fields, **more: str) -> TestResponse:
    return client.post(NEW, data={**FIELDS, **fields, **more})


@pytest.mark.usefixtures("one_is_free")
def test_a_filing_beyond_the_threshold_comes_back_whole_and_is_taken_with_a_proof(
    client: PageClient, database: Database
) -> None:
    assert file(client, hidden(client)).status_code == 303
    fields = hidden(client)
    asked = file(client, fields, body="第二件：办事窗口一直无人受理，请协调解决。")
    soup = page(asked)
    assert asked.status_code == 422 and "第二件：办事窗口" in soup.find("main").get_text()
    assert "0737-2700000" in soup.find(attrs={"data-proof": "failed"}).get_text()
    carried = {tag["name"]: tag["value"] for tag in soup.select("main input[type=hidden]")}
    sent = carried | proofs.solved(text_of(asked)) | {"step": "submit"}
    assert client.post(NEW, data=sent).status_code == 303
    assert client.post(NEW, data=sent).status_code == 303, "the same form again is the same receipt"
    assert counts(database)["appeals"] == 2 and counts(database)["used_proofs"] == 1


@pytest.mark.usefixtures("one_is_free")
def test_the_check_page_asks_while_it_is_read_and_one_proof_files_once(client: PageClient, database: Database) -> None:
    file(client, hidden(client))
    fields = hidden(client)
    checked = file(client, fields, step="check")
    assert checked.status_code == 200
    proof = proofs.solved(text_of(checked))
    other = file(client, hidden(client), **proof)
    assert other.status_code == 422, "made for another form"
    assert file(client, fields, **proof).status_code == 303
    assert counts(database)["appeals"] == 2


def test_everybody_together_beyond_their_threshold_are_asked(
    client: PageClient, setting: Callable[..., None]
) -> None:
    setting(intake_proof_per_hour_all=2)
    fields = hidden(client)
    answers = [
        client.post(NEW, data=FIELDS | fields | {"submission_key": f"k{n:023d}"},
                    environ_base={"REMOTE_ADDR": f"10.3.0.{n}"})
        for n in range(3)
    ]
    assert [one.status_code for one in answers] == [303, 303, 422] and proofs.asks(text_of(answers[2]))


@pytest.mark.parametrize(("base", "is_asked"), [
    ("http://zhitongche.yuanjiang", False), ("https://zhitongche.yuanjiang", True), ("http://127.0.0.1:8000", True),
])
def test_it_is_asked_for_only_where_browsers_can_calculate_it(
    client: PageClient, hashed: list[int], setting: Callable[..., None], base: str, is_asked: bool
) -> None:
    """Without HTTPS the hard limits stand alone: SubtleCrypto is not there."""
    used_up(client)
    setting(public_base_url=base)
    assert proofs.asks(text_of(client.get(TRACK, environ_base={"REMOTE_ADDR": "10.1.1.1"}))) is is_asked
