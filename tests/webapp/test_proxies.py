"""WEB-6: who asks and by which name we are called is believed from our own proxy alone, by the exact number of hops."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from flask import Flask, request
from werkzeug.test import Client

from models.accounts.types import Role
from tests.support.page import PageClient, hidden_fields
from webapp import access, create_app

SPOOFED = {
    "X-Forwarded-For": "10.66.66.66, 203.0.113.9", "X-Forwarded-Host": "evil.example, zhitongche.yuanjiang",
    "X-Forwarded-Proto": "https", "X-Real-IP": "10.66.66.66", "Forwarded": "for=10.66.66.66;host=evil.example",
}
"""The last entry of each list is what the nearest proxy wrote; whatever stands before it anybody can send."""
Behind = Callable[[int], Client]


@pytest.fixture
def behind(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Behind]:
    """`behind(1)` asks an application that has one proxy in front."""
    with ExitStack() as made:

        def client(proxies: int, **settings: object) -> Client:
            config = replace(
                app.extensions["zhitongche.config"], database_url=database_url, data_dir=tmp_path,
                trusted_proxies=proxies, **settings,
            )
            one = create_app(config)
            made.callback(one.extensions["zhitongche.db"].dispose)

            @access.public
            def probe() -> str:
                return f"{request.remote_addr} {request.host} {request.scheme}"

            one.add_url_rule("/probe", "probe", probe)
            return one.test_client()

        yield client


@pytest.mark.parametrize(("proxies", "seen"), [
    (0, "127.0.0.1 localhost http"), (1, "203.0.113.9 zhitongche.yuanjiang https"),
])
def test_only_as_many_hops_are_believed_as_there_are(behind: Behind, proxies: int, seen: str) -> None:
    assert behind(proxies).get("/probe", headers=SPOOFED).text == seen


def test_one_hop_too_few_is_no_hop(behind: Behind) -> None:
    """Two proxies announced, one address in the list: somebody went round the outer one, and nothing is believed."""
    assert behind(2).get("/probe", headers={"X-Forwarded-For": "10.66.66.66"}).text.startswith("127.0.0.1 ")


@pytest.mark.parametrize("host", ["evil.example", "zhitongche.yuanjiang.evil.example", "localhost@evil.example", "["])
def test_a_name_that_is_not_ours_gets_no_page(behind: Behind, host: str) -> None:
    client = behind(0, trusted_hosts=("localhost", "zhitongche.yuanjiang"))
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code == 400 and "evil" not in answer.text
    forwarded = {"X-Forwarded-Host": host}
    assert client.get("/", headers=forwarded).status_code == 200, "not asked, so not believed and not refused"
    assert behind(1, trusted_hosts=("localhost",)).get("/", headers=forwarded).status_code == 400


def test_links_in_pages_never_carry_a_forwarded_name(client: PageClient, sign_in: Callable[..., PageClient]) -> None:
    for who, path in ((client, "/"), (client, "/appeals/track"), (sign_in(Role.CLERK), "/office")):
        assert "evil.example" not in who.get(path, headers=SPOOFED).get_data(as_text=True)


@pytest.mark.parametrize("wanted", [
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "/%09/evil.example", "/\t/evil.example", "///evil.example", " //evil.example", "/desk\r\nLocation: //evil.example",
])
def test_what_comes_next_is_a_path_of_ours_or_nothing(client: PageClient, wanted: str) -> None:
    form = client.soup("/").find("form", action="/large-type")
    token = form.find("input", attrs={"name": "csrf_token"})["value"]
    answer = client.post("/large-type", data={"csrf_token": token, "next": wanted})
    location = answer.headers["Location"]
    assert answer.status_code == 303 and location.startswith("/") and not location.startswith(("//", "/\\"))
    assert "evil" not in location or location.startswith("/%")


@pytest.mark.parametrize(("path", "query"), [
    ("/%00", ""), ("/appeals/track", "number=%E8%8A%A6&x=%00"), ("/appeals/track", "\xff\xfe"), ("/芦苇", "a=b"),
])
def test_whatever_the_address_large_type_comes_back_to_it(client: PageClient, path: str, query: str) -> None:
    answer = client.get(path, query_string=query)
    assert answer.status_code in {200, 404} and "\0" not in answer.text
    form = BeautifulSoup(answer.text, "html.parser").find("form", action="/large-type")
    back = client.post("/large-type", data=hidden_fields(form)).headers["Location"]
    assert client.get(back).status_code == answer.status_code
    assert unquote(back).startswith(unquote(path))
