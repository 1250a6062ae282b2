"""What a refusal leaves standing for staff: their menu, the way back to work, and the manual that is theirs."""

import pytest
from bs4 import BeautifulSoup

from models.accounts.types import Role
from tests.conftest import SignIn
from tests.support.page import PageClient


def refused(client: PageClient, path: str, status: int) -> BeautifulSoup:
    response = client.get(path)
    assert response.status_code == status
    return BeautifulSoup(response.data, "html.parser")


@pytest.mark.parametrize(("path", "status"), [("/desk/appeals/nothing", 404), ("/office", 403)])
def test_a_refused_page_keeps_the_menu_and_leads_back_to_work(sign_in: SignIn, path: str, status: int) -> None:
    handler = sign_in(Role.HANDLER, unit="市监局")
    page = refused(handler, path, status)
    assert page.select_one(".masthead-nav a[href='/desk']")
    assert page.main.select_one(".buttons a[href='/desk']").get_text(strip=True) == "回到工作台"


def test_a_stranger_is_led_home_without_a_menu(client: PageClient) -> None:
    page = refused(client, "/nothing-here", 404)
    assert not page.select_one(".masthead-nav") and page.main.select_one(".buttons a[href='/']")


def test_the_administrator_is_led_to_the_administrators_manual(sign_in: SignIn) -> None:
    assert sign_in(Role.ADMINISTRATOR).soup("/admin").select_one(".masthead-tools a[href='/help/administrator']")


def said(page: BeautifulSoup) -> str:
    return page.main.get_text(" ", strip=True)


@pytest.mark.parametrize(("role", "unit", "path"), [
    (Role.HANDLER, "市监局", "/desk/appeals/nothing"), (Role.CLERK, "", "/office/appeals/nothing"),
    (Role.CLERK, "", "/nothing-here"), (Role.ADMINISTRATOR, "", "/admin/accounts/nothing"),
    (Role.ADMINISTRATOR, "", "/admin/units/nothing"),
])  # fmt: skip
def test_staff_who_find_nothing_are_not_told_how_the_public_looks_things_up(
    sign_in: SignIn, role: Role, unit: str, path: str
) -> None:
    text = said(refused(sign_in(role, unit=unit), path, 404))
    assert "查询码" not in text and "从列表里打开" in text
    assert ("可以查看的范围" in text) is (role is not Role.ADMINISTRATOR), "an account is nobody's secret there"


def test_the_public_is_told_how_to_look_things_up(client: PageClient) -> None:
    assert "请凭受理编号和查询码" in said(refused(client, "/nothing-here", 404))


def test_an_enterprise_that_strays_to_staff_is_led_to_its_own_page(sign_in: SignIn) -> None:
    page = refused(sign_in(Role.ENTERPRISE), "/desk", 403)
    assert "这个页面供工作人员使用" in said(page) and "岗位" not in said(page) and "负责人" not in said(page)
    assert page.main.select_one(".buttons a[href='/enterprise']")


@pytest.mark.parametrize("role", [Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR])
def test_the_office_is_not_told_to_call_itself(sign_in: SignIn, role: Role) -> None:
    text = said(refused(sign_in(role), "/admin", 403))
    assert "市优办" not in text and "拨打" not in text
    assert "拨打市优办电话" in said(refused(sign_in(Role.HANDLER, unit="市监局"), "/admin", 403))
