"""The unit picker in the browser: by name and pinyin, keyboard, touch and screen reader; plain lists without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.accounts.commands import create_unit
from models.accounts.queries import unit_by_name
from models.accounts.types import UnitKind
from tests.journeys.conftest import DESKTOP, Visitor
from tests.support.live import LiveServer

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
HOSTILE = "<img src=x onerror=alert(1)>局"


def choices(page: Page) -> list[str]:
    return [text.split("\n")[0] for text in page.locator("[role=option]").all_inner_texts()]


@pytest.fixture
def public(visitor: Visit) -> Visitor:
    someone = visitor()
    someone.go("/appeals/new")
    return someone


def test_a_unit_is_found_by_name_and_pinyin_with_the_keyboard_alone(public: Visitor, has_script: bool) -> None:
    page, field = public.page, public.page.locator("[name=against_unit]")
    if not has_script:
        expect(field).to_have_attribute("list", "units")
        assert page.locator("#units option").count() >= 47
        return
    for typed in ("sjj", "shijianju", "市监", "场监督"):
        field.fill(typed)
        assert choices(page) == ["市监局"], typed
    field.fill("swj")
    assert choices(page) == ["商务局", "税务局"]
    expect(field).to_have_attribute("aria-expanded", "true")
    public.look("unit-picker")
    page.keyboard.press("ArrowDown")
    active = field.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_contain_text("税务局")
    expect(page.locator(f"#{active}")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value("税务局")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.fill("swj")
    page.keyboard.press("Escape")
    expect(field).to_have_value("swj")
    assert not choices(page) or not page.locator("[role=listbox]").is_visible()
    field.fill("没有这样的局")
    expect(page.locator(".picker-none")).to_be_visible()


def test_a_finger_chooses_from_the_whole_list(public: Visitor, has_script: bool) -> None:
    if not has_script:
        return
    page, field = public.page, public.page.locator("[name=against_unit]")
    field.click()
    assert len(choices(page)) >= 47
    box = page.locator("[role=option]").first.bounding_box()
    assert box is not None and box["height"] >= 44
    page.get_by_role("option", name="住建局").click()
    expect(field).to_have_value("住建局")
    expect(field).to_be_focused()


def test_a_unit_name_is_text_wherever_it_is_offered(live: LiveServer, visitor: Visit, has_script: bool) -> None:
    with live.database.writing() as session:
        if unit_by_name(session, HOSTILE) is None:
            create_unit(session, HOSTILE, f"{HOSTILE}全称", UnitKind.DEPARTMENT)
    someone = visitor()
    someone.go("/appeals/new")
    field = someone.page.locator("[name=against_unit]")
    field.fill("imgsrc")
    if has_script:
        assert choices(someone.page) == [HOSTILE]
        someone.page.keyboard.press("Enter")
        expect(field).to_have_value(HOSTILE)
    assert not someone.page.locator("img[src=x]").count()


def test_a_list_is_narrowed_to_a_unit_by_pinyin(visitor: Visit, has_script: bool) -> None:
    clerk = visitor(DESKTOP)
    clerk.sign_in("shouli")
    clerk.go("/office/appeals")
    page = clerk.page
    if has_script:
        field = page.get_by_label("承办单位", exact=True)
        field.click()
        page.keyboard.type("zhifa")
        page.keyboard.press("Enter")
        expect(field).to_have_value("城管执法局")
        clerk.look("list-picker")
        field.fill("半句")
        page.get_by_placeholder("搜编号").click()
        expect(field).to_have_value("城管执法局")
    else:
        page.get_by_label("承办单位", exact=True).select_option("城管执法局")
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**unit=**")
    expect(page.locator("select[name=unit]")).to_have_value("城管执法局")
    if has_script:
        expect(page.get_by_label("承办单位", exact=True)).to_have_attribute("role", "combobox")
