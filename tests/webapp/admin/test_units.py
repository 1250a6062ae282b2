"""The administrator's pages of units."""

from bs4 import BeautifulSoup
from sqlmodel import col, select

from models.accounts import queries
from models.accounts.tables import Unit
from models.accounts.types import Role
from models.audit.tables import AuditRow
from tests.support.page import find_form, hidden_fields

NEW = {"short_name": "数据局", "full_name": "沅江市数据局", "kind": "市直单位", "parent": ""}


def of_name(database, name: str) -> Unit:
    with database.reading() as session:
        return queries.unit_by_name(session, name)


def actions(database) -> list[str]:
    with database.reading() as session:
        rows = session.exec(select(AuditRow).where(col(AuditRow.object_kind) == "unit").order_by(col(AuditRow.seq)))
        return [row.action for row in rows]


def field_errors(response) -> list[str]:
    soup = BeautifulSoup(response.data, "html.parser")
    return [str(one["id"]).removesuffix("-error") for one in soup.select(".field-error")]


def test_a_unit_is_added_renamed_moved_and_put_out_of_use(admin, database):
    assert admin.send("/admin/units/new", NEW).status_code == 303
    unit, parent = of_name(database, "数据局"), of_name(database, "市监局")
    page = f"/admin/units/{unit.id}"
    assert admin.send(page, {**NEW, "short_name": "市数据局", "parent": str(parent.id)}).status_code == 303
    moved = of_name(database, "市数据局")
    assert moved.path == f"{parent.path}{unit.id}/"
    assert admin.send(page, action="/deactivate").status_code == 303
    with database.reading() as session:
        assert unit.id not in [one.id for one in queries.handling_units(session)], "no new appeal goes there"
    assert admin.send(page, action="/activate").status_code == 303
    assert actions(database) == ["unit.create", "unit.edit", "unit.deactivate", "unit.activate"]


def test_a_name_taken_and_a_cycle_are_refused_beside_the_field(admin, database):
    response = admin.send("/admin/units/new", {**NEW, "short_name": "市监局"})
    assert response.status_code == 422 and field_errors(response) == ["short_name"]
    assert 'value="沅江市数据局"' in response.get_data(as_text=True)
    unit = of_name(database, "市监局")
    sent = {"short_name": "市监局", "full_name": "全称", "kind": "市直单位", "parent": str(unit.id)}
    response = admin.send(f"/admin/units/{unit.id}", sent)
    assert response.status_code == 422 and field_errors(response) == ["parent"]
    assert admin.send("/admin/units/new", {**NEW, "full_name": ""}).status_code == 422
    assert actions(database) == []


def test_what_would_break_the_office_is_refused_beside_the_field(admin, database):
    office, other = of_name(database, "市优办"), of_name(database, "市监局")
    page = f"/admin/units/{office.id}"
    own = {"short_name": "市优办", "full_name": office.full_name, "kind": "市优办", "parent": ""}
    tried = {
        "市优办的类别不能更改": admin.send(page, {**own, "kind": "市直单位"}),
        "市优办不设上级单位": admin.send(page, {**own, "parent": str(other.id)}),
        "市优办只有一个": admin.send("/admin/units/new", {**NEW, "kind": "市优办"}),
        "市优办下面不设单位": admin.send("/admin/units/new", {**NEW, "parent": str(office.id)}),
    }
    for said, response in tried.items():
        errors = BeautifulSoup(response.data, "html.parser").select(".field-error")
        assert response.status_code == 422 and said in " ".join(one.get_text() for one in errors), said
    assert [field_errors(one)[0] for one in tried.values()] == ["kind", "parent", "kind", "parent"]
    assert "市优办的类别不能更改" in admin.get(page).get_data(as_text=True)
    assert actions(database) == []


def test_an_older_form_meets_what_came_between(admin, database):
    unit = of_name(database, "市监局")
    page = f"/admin/units/{unit.id}"
    form = find_form(admin.soup(page), str(unit.id))
    assert admin.send(page, action="/deactivate").status_code == 303
    sent = {**hidden_fields(form), "short_name": "甲", "full_name": "甲", "kind": "市直单位", "parent": ""}
    response = admin.post(page, data=sent)
    assert response.status_code == 409 and 'value="甲"' in response.get_data(as_text=True)
    assert "现在是：市监局" in response.get_data(as_text=True)
    assert of_name(database, "甲") is None


def test_the_same_form_sent_twice_adds_one_unit(admin, database):
    sent = {**hidden_fields(find_form(admin.soup("/admin/units/new"))), **NEW}
    assert [admin.post("/admin/units/new", data=sent).status_code for _ in range(2)] == [303, 303]
    assert actions(database) == ["unit.create"]


def test_the_tree_is_shown_with_its_people_and_an_odd_number_is_not_found(admin, colleague):
    row = next(one for one in admin.soup("/admin/units").find_all("tr") if one.find("a", string="市监局"))
    assert row.find(attrs={"data-label": "在用账号"}).get_text(strip=True) == "1"
    for odd in ("0", "x", "999999", "1" * 30, "٣"):
        assert admin.get(f"/admin/units/{odd}").status_code == 404


def test_only_administrators_open_the_units(sign_in):
    assert sign_in(Role.DIRECTOR).get("/admin/units").status_code == 403
