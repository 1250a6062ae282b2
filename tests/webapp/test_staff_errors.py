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
