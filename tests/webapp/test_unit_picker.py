"""The unit picker without script, and what its page carries for the script."""

import pytest
from sqlmodel import Session

from models.accounts.queries import handling_units, unit_by_name
from tests.support.page import PageClient
from webapp.unit_picker import near, unit_keys


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sjj", ["市监局"]), ("swj", ["商务局", "税务局"]), ("场监督", ["市监局"]), ("shichang", ["市监局"]),
        ("zhen", None),
        ("沅江市税务局", ["税务局"]), ("没有的局", []), ("", []), ("x" * 5000, []), ("%_", []),
    ],
)
def test_what_was_typed_is_answered_with_the_units_it_may_mean(
    session: Session, typed: str, meant: list[str] | None
) -> None:
    found = near(typed, handling_units(session))
    assert found == meant if meant is not None else len(found) == 3


def test_the_public_form_offers_them_beside_the_field(client: PageClient) -> None:
    answer = client.send("/appeals/new", {"against_unit": "swj", "step": "check"})
    assert answer.status_code == 422
    assert "您要找的是不是：商务局、税务局" in answer.get_data(as_text=True).split('id="against_unit-error"')[1][:400]


def test_each_option_carries_its_syllables_and_the_plain_list_stays(client: PageClient, session: Session) -> None:
    page = client.soup("/appeals/new")
    field, options = page.find("input", {"name": "against_unit"}), page.select("#units option")
    assert field["list"] == "units" and "role" not in field.attrs and len(options) == 47
    office = unit_by_name(session, "市监局")
    assert options[0]["data-keys"] == unit_keys(office) == "shi jian ju|yuan jiang shi shi chang jian du guan li ju"
    assert [tag["src"].split("?")[0] for tag in page.select("script[src*=picker]")] == ["/static/js/picker.js"]
    assert not client.soup("/").select("script[src*=picker]"), "loaded only where a picker stands"
