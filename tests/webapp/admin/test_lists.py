"""The administrator's lists: what they ask of the database, and units found by pinyin in their filters."""

import pytest

from models.accounts.types import Role
from tests.support import actors
from tests.support.statements import counting


@pytest.mark.parametrize(("path", "most"), [("/admin", 6), ("/admin/units", 3)])
def test_statements_do_not_grow_with_the_accounts(admin, database, path, most):
    counts = []
    admin.get(path)
    for more in (1, 6):
        with database.writing() as session:
            for unit in ("市监局", "税务局", "住建局", "公安局", "科工局", "财政局")[:more]:
                actors.account(session, Role.HANDLER, unit=unit)
        with counting(database) as said:
            admin.get(path)
        counts.append(len(said))
    assert counts[0] == counts[1] <= most


@pytest.mark.parametrize(
    ("path", "name"), [("/admin", "unit"), ("/admin/accounts/new", "unit"), ("/admin/units/new", "parent")]
)
def test_every_choice_of_a_unit_carries_its_pinyin_and_stays_a_select(admin, path, name):
    chooser = admin.soup(path).find("select", {"name": name})
    options = {option.get_text(strip=True): option for option in chooser.find_all("option")}
    assert chooser.has_attr("data-units")
    assert options["市监局"]["data-keys"].startswith("shi jian ju|yuan jiang")
    assert options["市监局"]["title"] == "沅江市市场监督管理局"
