"""Who files is nowhere but under seal: not on the follow-up page, not in the database, not in a log (IDN-1, IDN-2)."""

import logging

import pytest

from tests.support.page import PageClient
from tests.webapp.public.conftest import follow, given, post
from webapp.db import Database

CANARIES = {
    "appellant_name": "金丝雀甲",
    "phone": "13912345678",
    "address": "金丝雀路99号",
    "enterprise_name": "金丝雀乙有限公司",
    "credit_code": "91350100M0001TGQXM",
}


def dump(database: Database) -> str:
    """Every cell of every table, as text and as raw bytes."""
    found = []
    with database.engine.connect() as connection:
        from models.tables import metadata

        for table in metadata.tables.values():
            for row in connection.execute(table.select()):
                found += [cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell) for cell in row]
    return "\n".join(found)


@pytest.mark.parametrize("kind", ["person", "enterprise", "anonymous"])
def test_an_identity_is_readable_nowhere(
    client: PageClient, database: Database, database_url: str, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    caplog.set_level(logging.DEBUG)
    assert post(client, appellant_kind=kind, confidential="y", **CANARIES).status_code == 303
    number, code = given(client)
    follow(client, number, code)
    page = client.get("/appeals/track").get_data(as_text=True)
    assert number in page
    stored, logged = dump(database), caplog.text
    if database_url.startswith("sqlite"):
        from pathlib import Path

        path = Path(database_url.removeprefix("sqlite:///"))
        stored += "".join(one.read_bytes().decode("utf-8", "replace") for one in path.parent.glob(path.name + "*"))
    for canary in CANARIES.values():
        assert canary not in page and canary not in stored and canary not in logged
    for secret in (code, code.replace("-", "")):
        assert secret not in stored and secret not in logged and secret not in page


def test_no_address_of_a_page_carries_number_code_or_person(client: PageClient) -> None:
    post(client, **CANARIES)
    number, code = given(client)
    follow(client, number, code)
    for path in ("/appeals/receipt", "/appeals/track"):
        soup = client.soup(path)
        addresses = " ".join(
            str(tag.get("href") or tag.get("src") or tag.get("action") or "") for tag in soup.find_all(True)
        )
        assert number not in addresses and code not in addresses
