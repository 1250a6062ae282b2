"""Filing: who must say what, what is refused and how it is told, and that nothing typed is lost."""

from typing import Any

import pytest

from models.appeals import queries
from models.appeals.tables import AppellantIdentity
from models.appeals.types import AppellantKind
from models.appeals.vault import IdentityVault
from tests.support.page import PageClient, find_form, hidden_fields
from tests.webapp.public.conftest import FIELDS, NEW, given, hidden, page, post, text_of
from webapp.db import Database

ENTERPRISE = {"appellant_kind": "enterprise", "enterprise_name": "沅江某某食品有限公司"}
ANONYMOUS = {"appellant_kind": "anonymous", "appellant_name": None, "phone": None}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {**ENTERPRISE, "credit_code": "91350100M0001TGQXM"},
        {**ENTERPRISE, "credit_code": "乱写的代码"},
        ANONYMOUS,
        {**ANONYMOUS, "confidential": "y"},
        {**ANONYMOUS, "phone": "不是电话"},
        {"enterprise_name": "字" * 900},
        {"confidential": "y"},
        {"phone": "１３８７３７１２３４５"},
        {"phone": "0737-2700000"},
        {"category": ""},
        {"category": None},
        {"category": "行政许可、审批服务问题"},
        {"category": "其它"},
        {"against_unit": "市监局"},
        {"against_unit": "沅江市市场监督管理局"},
        {"against_unit": ""},
        {"demands-0": None, "demands-1": None},
        {"demands-0": "", "demands-1": "  "},
        {"title": "题" * 60},
        {"body": "情" * 5_000},
        {"body": "\r\n".join(["十个字的一行情况说明"] * 200)},
        {"demands-0": "点" * 500},
        {"appellant_name": "欧阳\U00020000 O'Brien"},
        {"unknown": "x", "status": "closed", "id": "1", "number": "2026-000099", "lead_unit_id": "3"},
    ],
)
def test_a_filing_in_order_is_answered_with_a_receipt(client: PageClient, stored: Any, changes: dict[str, Any]) -> None:
    response = post(client, **changes)
    assert response.status_code == 303 and response.location == "/appeals/receipt"
    number, code = given(client)
    assert number == "2026-000001" and len(code) == 19
    assert stored(number).state == "submitted"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"appellant_kind": None}, "appellant_kind"),
        ({"appellant_kind": "king"}, "appellant_kind"),
        ({"appellant_name": ""}, "appellant_name"),
        ({"appellant_name": "　 "}, "appellant_name"),
        ({"appellant_name": "名" * 41}, "appellant_name"),
        ({"appellant_name": "第一行\n第二行"}, "appellant_name"),
        ({"phone": ""}, "phone"),
        ({"phone": "123"}, "phone"),
        ({"phone": "0" * 39}, "phone"),
        ({"address": "址" * 121}, "address"),
        ({**ENTERPRISE, "enterprise_name": ""}, "enterprise_name"),
        ({**ENTERPRISE, "appellant_name": ""}, "appellant_name"),
        ({**ENTERPRISE, "phone": ""}, "phone"),
        ({**ENTERPRISE, "enterprise_name": "企" * 81}, "enterprise_name"),
        ({"kind": None}, "kind"),
        ({"kind": "gossip"}, "kind"),
        ({"category": "no_such_class"}, "category"),
        ({"against_unit": "没有的局"}, "against_unit"),
        ({"title": ""}, "title"),
        ({"title": "题" * 61}, "title"),
        ({"body": ""}, "body"),
        ({"body": "太短"}, "body"),
        ({"body": "情" * 5_001}, "body"),
        ({"body": "行\n" * 201 + "完"}, "body"),
        ({"demands-0": "点" * 501}, "demands-0"),
        ({f"demands-{no}": "一点" for no in range(21)}, "demands"),
        ({"title": "有\x00空字符"}, "title"),
        ({"body": "看不见的\x07响铃，以及足够长的正文内容"}, "body"),
        ({"body": "改变方向\u202e的隐藏字符，以及足够长的正文"}, "body"),
        ({"demands-1": "点\u2066点"}, "demands-1"),
    ],
)
@pytest.mark.parametrize("step", ["check", "submit"])
def test_what_is_wrong_is_told_beside_its_field(
    client: PageClient, database: Database, changes: dict[str, Any], field: str, step: str
) -> None:
    response = post(client, **{**changes, "step": step})
    soup = page(response)
    assert response.status_code == 422
    assert text_of(soup, f"{field}-error").startswith("请改正")
    links = [link["href"].lstrip("#") for link in soup.select(".error-summary a")]
    assert links and all(soup.find(id=link) is not None for link in links)
    with database.reading() as session:
        assert queries.by_number(session, "2026-000001") is None


def test_an_error_loses_nothing_that_was_typed(client: PageClient) -> None:
    typed = {
        **ENTERPRISE,
        "credit_code": "9135",
        "address": "桔城大道1号",
        "against_unit": "没有的局",
        "confidential": "y",
    }
    soup = page(post(client, **typed))
    form = find_form(soup)
    for name in ("enterprise_name", "credit_code", "address", "against_unit"):
        assert form.find(attrs={"name": name})["value"] == typed[name]
    for name in ("appellant_name", "phone", "title"):
        assert form.find(attrs={"name": name})["value"] == FIELDS[name]
    assert form.find(id="body").get_text().strip() == FIELDS["body"]
    assert form.find(id="demands-1").get_text().strip() == FIELDS["demands-1"]
    assert form.find(attrs={"name": "confidential"}).has_attr("checked")
    assert form.find("input", attrs={"value": "enterprise"}).has_attr("checked")
    assert form.find("option", attrs={"value": "permit_refused"}).has_attr("selected")


def test_invisible_characters_are_taken_out_so_that_the_next_try_succeeds(client: PageClient) -> None:
    soup = page(post(client, title="有\x00空\u202e字符"))
    form = find_form(soup)
    assert form.find(id="title")["value"] == "有空字符"
    again = client.post(NEW, data={**FIELDS, **hidden_fields(form), "title": form.find(id="title")["value"]})
    assert again.status_code == 303


@pytest.mark.parametrize("step", ["check", "", "nonsense", None])
def test_anything_but_submit_is_first_shown_for_checking(
    client: PageClient, database: Database, step: str | None
) -> None:
    response = post(client, step=step)
    assert response.status_code == 200 and "请检查一遍" in page(response).h1.get_text()
    with database.reading() as session:
        assert queries.by_number(session, "2026-000001") is None


def test_the_check_page_carries_everything_and_submits(client: PageClient, stored: Any) -> None:
    typed = {
        **ENTERPRISE,
        "credit_code": "91350100M0001TGQXM",
        "against_unit": "市监局",
        "body": "第一行情况说明\r\n\r\n第三行情况说明",
    }
    soup = page(post(client, **typed, step="check"))
    assert "校验位不符" in soup.get_text()
    for shown in ("沅江某某食品有限公司", "沅江市市场监督管理局", "周喆珺", "13873712345", "投诉", FIELDS["demands-1"]):
        assert shown in soup.get_text()
    answer = client.post(NEW, data={**hidden_fields(find_form(soup)), "step": "submit"})
    assert answer.status_code == 303
    assert stored(given(client)[0]).body == "第一行情况说明\n\n第三行情况说明"


def test_going_back_from_the_check_page_keeps_everything(client: PageClient) -> None:
    checked = page(post(client, step="check"))
    response = client.post(NEW, data={**hidden_fields(find_form(checked)), "step": "edit"})
    form = find_form(page(response))
    assert response.status_code == 200 and not page(response).select(".field-error")
    assert form.find(id="title")["value"] == FIELDS["title"]
    assert form.find(id="demands-1").get_text().strip() == FIELDS["demands-1"]
    assert form.find("input", attrs={"value": "person"}).has_attr("checked")


HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.mark.parametrize("headers", [{}, HTMX, {**HTMX, "HX-Boosted": "true"}])
@pytest.mark.parametrize(
    ("button", "left"),
    [
        ({"add_demand": "1"}, ["甲", "乙", ""]),
        ({"remove_demand": "0"}, ["乙"]),
        ({"remove_demand": "7"}, ["甲", "乙"]),
        ({"remove_demand": "²"}, ["甲", "乙"]),
        ({"remove_demand": "-1"}, ["甲", "乙"]),
    ],
)
def test_demands_are_added_and_removed_without_judging_the_form(
    client: PageClient, headers: dict[str, str], button: dict[str, str], left: list[str]
) -> None:
    fields = {**hidden(client), "demands-0": "甲", "demands-1": "乙", **button}
    response = client.post(NEW, data=fields, headers=headers)
    soup = page(response)
    assert response.status_code == 200 and not soup.select(".field-error")
    assert [area.get_text().strip() for area in soup.select("#demands textarea")] == left
    assert [area["name"] for area in soup.select("#demands textarea")] == [f"demands-{no}" for no in range(len(left))]
    assert (b"<html" in response.data) is (headers != HTMX)


def test_without_a_demand_the_title_is_what_is_asked_for(client: PageClient, database: Database, stored: Any) -> None:
    post(client, **{"demands-0": " ", "demands-1": None})
    with database.reading() as session:
        found = queries.demands(session, stored("2026-000001"))
    assert [one.text for one in found] == [FIELDS["title"]]


def test_what_is_kept_is_what_was_said(
    client: PageClient, database: Database, stored: Any, vault: IdentityVault
) -> None:
    post(
        client,
        **ENTERPRISE,
        credit_code="9135 0100-m0001tgqxm",
        phone="138 7371 2345",
        confidential="y",
        against_unit="市监局",
    )
    appeal = stored(given(client)[0])
    assert appeal.is_confidential and appeal.against_unit_id is not None and appeal.category == "permit_refused"
    with database.reading() as session:
        who = queries.own_identity(session, vault, appeal)
    assert who is not None
    assert (who.name, who.phone, who.credit_code) == ("周喆珺", "13873712345", "91350100M0001TGQXM")


def test_an_anonymous_filing_keeps_nobody_whatever_was_typed(
    client: PageClient, database: Database, stored: Any
) -> None:
    post(client, appellant_kind="anonymous", enterprise_name="某公司")
    appeal = stored(given(client)[0])
    assert appeal.appellant_kind is AppellantKind.ANONYMOUS
    with database.reading() as session:
        assert session.get(AppellantIdentity, appeal.id) is None


def test_an_unknown_form_key_is_renewed_and_the_text_kept(client: PageClient) -> None:
    response = post(client, submission_key="short")
    form = find_form(page(response))
    assert response.status_code == 422 and form.find(id="title")["value"] == FIELDS["title"]
    assert "页面停留太久" in text_of(page(response), "error-summary")
    assert client.post(NEW, data={**FIELDS, **hidden_fields(form)}).status_code == 303


def test_a_form_without_its_token_is_refused_with_the_text_kept(client: PageClient) -> None:
    response = post(client, csrf_token="wrong")
    assert response.status_code == 400 and FIELDS["body"] in response.get_data(as_text=True)
