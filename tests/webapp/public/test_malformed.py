"""Hundreds of malformed requests to each public form: no failure of ours, words in Chinese, the text kept (F7)."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.page import PageClient
from tests.webapp.public.conftest import FIELDS, NEW, hidden, page

STRANGE = {
    "empty": "",
    "blank": " \t\u3000",
    "nul": "a\x00b",
    "controls": "\x01\x02\x1b[31m",
    "crlf": "一行\r\n另一行\r又一行",
    "bidi": "\u202eabc\u2066",
    "zero width": "\u200b\ufeff",
    "combining": "e" + "\u0301" * 5_000,
    "astral": "\U00020000\U0001f600" * 20,
    "variation": "葛\U000e0100" * 10,
    "ten thousand": "长" * 10_000,
    "long number": "9" * 5_000,
    "superscript": "²³",
    "huge integer": str(2**63),
    "negative": "-1",
    "sql": "' OR 1=1; DROP TABLE appeals; --",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "template": "{{ 7*7 }}{% raw %}${7*7}#{7*7}",
    "format": "%s%n{0}{title}",
    "path": "../../../../etc/passwd",
    "formula": "=HYPERLINK(1)",
    "json": json.dumps({"a": [1, {"b": None}]}),
}
NAMES = (
    "appellant_kind", "appellant_name", "phone", "address", "enterprise_name", "credit_code", "confidential", "kind",
    "category", "against_unit", "title", "body", "demands-0", "attachments", "submission_key", "step", "remove_demand",
    "remove_file", "add_demand",
)  # fmt: skip
ODD_HEADERS = (
    {"HX-Request": "true"},
    {"HX-Request": "yes"},
    {"HX-Request": "true", "HX-Boosted": "true"},
    {"HX-Request": "true", "HX-History-Restore-Request": "true"},
    {"HX-Request": "true", "HX-Request-Type": "full"},
    {"HX-Request": "true", "HX-Target": "<b>", "HX-Trigger": "x" * 3_000, "HX-Current-URL": "javascript:1"},
    {"If-None-Match": '"' + "x" * 500 + '"', "If-Modified-Since": "yesterday", "Range": "bytes=9-1"},
    {"Accept": "application/x-nothing", "Accept-Language": "xx;q=9"},
    {"Cookie": "zhitongche=%00%ff; large_type=2; ;;="},
)
HTML = re.compile("<html|<div")


def answers_well(response: Any) -> None:
    text = response.get_data(as_text=True)
    assert response.status_code < 500, text[:300]
    if response.status_code >= 400:
        assert HTML.search(text) and re.search("[一-鿿]", text)
    assert "Traceback" not in text and "sqlalchemy" not in text


@pytest.mark.parametrize("kind", STRANGE)
def test_any_field_of_the_filing_form_may_hold_anything(client: PageClient, kind: str) -> None:
    fresh = hidden(client)
    for name in NAMES:
        response = client.post(NEW, data={**FIELDS, **fresh, "step": "check", name: STRANGE[kind]})
        answers_well(response)
        if name != "body" and response.status_code in (200, 422):
            assert FIELDS["body"] in response.get_data(as_text=True)


@pytest.mark.parametrize("kind", STRANGE)
def test_the_follow_up_and_the_calculator_take_anything(client: PageClient, kind: str) -> None:
    token = {"csrf_token": client.soup("/privacy").find("input", attrs={"name": "csrf_token"})["value"]}
    for fields in (
        {"number": STRANGE[kind], "code": "x"},
        {"number": "2026-000001", "code": STRANGE[kind]},
        {"number": STRANGE[kind]},
    ):
        response = client.post("/appeals/track", data={**token, **fields})
        answers_well(response)
        assert response.status_code == 422
    for fields in ({"start": STRANGE[kind]}, {"matter": STRANGE[kind]}, {STRANGE[kind] or "x": "1"}):
        answers_well(client.get("/", query_string=fields))
    answers_well(client.post("/large-type", data={**token, "next": STRANGE[kind]}))


@pytest.mark.parametrize("name", NAMES)
def test_a_field_may_be_missing_doubled_or_spelt_as_a_list(client: PageClient, name: str) -> None:
    fields = {**FIELDS, **hidden(client), "step": "check"}
    answers_well(client.post(NEW, data={key: value for key, value in fields.items() if key != name}))
    answers_well(client.post(NEW, data={**fields, name: [str(fields.get(name, "x")), "第二个", ""]}))
    answers_well(
        client.post(
            NEW, data={**fields, f"{name}[]": "x", f"{name}.a": "x", f"{name}-²": "x", f"{name}-{'9' * 5000}": "x"}
        )
    )


BODIES: tuple[tuple[str, bytes], ...] = (
    ("application/json", b'{"title": "x"}'),
    ("text/plain", b"title=x"),
    ("application/xml", b"<a/>"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\nnameless\r\n--x--"),
    ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
    ("multipart/form-data; boundary=" + "b" * 300, b"--b"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"title=+AGE-"),
    ("application/x-www-form-urlencoded", b"title=%ff%fe%ed%a0%80&body=%00&=&&;=%"),
    ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(20_000))),
    ("application/x-www-form-urlencoded", b"body=" + b"x" * 900_000),
    ("", b"title=x"),
)


@pytest.mark.parametrize(
    "path",
    [NEW, "/appeals/track", "/large-type", "/appeals/receipt/saved", "/appeals/receipt/pdf", "/appeals/track/end"],
)
@pytest.mark.parametrize(("kind", "body"), BODIES)
def test_any_body_of_any_type_is_answered(client: PageClient, path: str, kind: str, body: bytes) -> None:
    answers_well(client.post(path, data=body, content_type=kind))


@pytest.mark.parametrize("headers", ODD_HEADERS)
@pytest.mark.parametrize(
    "path", ["/", NEW, "/appeals/receipt", "/appeals/track", "/privacy", "/appeals/receipt/qr.svg"]
)
def test_odd_headers_change_nothing_for_the_worse(client: PageClient, path: str, headers: dict[str, str]) -> None:
    assert client.get(path, headers=headers).status_code == 200
    if path == NEW:
        response = client.post(NEW, data={**hidden(client), "title": "留着"}, headers=headers)
        answers_well(response)


@pytest.mark.parametrize(
    "path", ["/", NEW, "/appeals/receipt", "/appeals/track", "/privacy", "/large-type", "/appeals/track/end"]
)
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS", "HEAD", "PROPFIND"])
def test_other_methods_are_declined_politely(client: PageClient, path: str, method: str) -> None:
    assert client.open(path, method=method).status_code < 500


def many_fields() -> Iterator[dict[str, str]]:
    yield {f"demands-{no}": f"第{no}点" for no in range(100)}
    yield {f"x{no}": "y" for no in range(500)}
    yield {"demands-9999": "最后", "demands-0": "最先"}


@pytest.mark.parametrize("fields", list(many_fields()))
def test_many_fields_are_told_or_taken(client: PageClient, fields: dict[str, str]) -> None:
    fresh = {**FIELDS, **hidden(client), "step": "check", **fields}
    urlencoded = client.post(NEW, data=fresh)
    answers_well(urlencoded)
    answers_well(client.post(NEW, data=fresh, content_type="multipart/form-data"))
    if "demands-99" in fields:
        assert "第19点" in page(urlencoded).get_text() and "超出的没有收下" in page(urlencoded).get_text()


def test_text_where_a_file_belongs_is_no_file(client: PageClient) -> None:
    response = client.post(NEW, data={**FIELDS, **hidden(client), "attachments": "只是文字", "step": "check"})
    assert response.status_code == 200 and "没有上传" in page(response).get_text()


def flooded(client: PageClient) -> dict[str, Any]:
    many = {f"demands-{no}": f"第{no}点" for no in range(10_000)}
    return {**FIELDS, **hidden(client), "step": "check", **many}


def test_ten_thousand_demands_make_twenty_fields_and_a_sentence(client: PageClient) -> None:
    response = client.post(NEW, data=flooded(client))
    text = response.get_data(as_text=True)
    assert response.status_code == 422 and len(text) < 100_000
    assert "最多可写 20 点诉求" in text
    shown = [area.get_text(strip=True) for area in page(response).find_all("textarea", id=re.compile("^demands-"))]
    assert shown == [f"第{no}点" for no in range(20)], "what was typed within the limit stays"


def test_empty_rows_beyond_the_limit_are_no_error(client: PageClient) -> None:
    blank = {f"demands-{no}": "" for no in range(1, 10_000)}
    assert client.post(NEW, data={**FIELDS, **hidden(client), "step": "check", **blank}).status_code == 200


def test_an_error_page_brings_back_so_much_text_as_a_form_has_and_no_more(client: PageClient) -> None:
    response = client.post(NEW, data={**flooded(client), "csrf_token": "expired"})
    text = response.get_data(as_text=True)
    assert response.status_code == 400 and len(text) < 100_000
    assert FIELDS["body"] in text and "第19点" in text
