"""Anybody may ask whether a slip is genuine; the answer names nobody."""

import pytest

from tests.support.page import PageClient
from tests.webapp.slips.conftest import Publish


def variants(code: str) -> list[str]:
    wide = "".join(chr(ord(letter) + 0xFEE0) if letter != "-" else "－" for letter in code)
    return [code, code.lower(), code.replace("-", ""), code.replace("-", " — "), wide, f"  {code}\u200b "]


def test_a_slip_is_confirmed_by_number_date_unit_and_hash(client: PageClient, publish: Publish) -> None:
    slip = publish()
    text = client.soup(f"/slips/verify/{slip.verification_code}").main.get_text(" ", strip=True)
    printed = " ".join(slip.content_hash[start : start + 4] for start in range(0, 16, 4))
    for said in ("核验通过", "沅优办答〔2026〕1号", "2026年11月17日", "沅江市优化营商环境协调办公室", printed):
        assert said in text


def test_nothing_of_the_appeal_or_its_appellant_is_shown(client: PageClient, publish: Publish) -> None:
    slip = publish(title="不该出现的标题")
    page = client.get(f"/slips/verify/{slip.verification_code}").get_data(as_text=True)
    for secret in ("不该出现的标题", "周喆珺", "13873712345", "食品经营", "2026-000001", slip.uid, "市场监督"):
        assert secret not in page


def test_case_width_dashes_and_spaces_do_not_matter(client: PageClient, publish: Publish) -> None:
    slip = publish()
    for typed in variants(slip.verification_code):
        text = client.soup("/slips/verify", query_string={"code": typed}).main.get_text()
        assert "核验通过" in text, typed


@pytest.mark.parametrize(
    "typed", ["ZZZZ-ZZZZ-ZZZZ-ZZZZ", "UUUU", "沅优办", "A" * 5_000, "../../etc", "%00", "<b>x</b>"]
)
def test_an_unknown_code_says_what_to_do(client: PageClient, publish: Publish, typed: str) -> None:
    publish()
    text = client.soup("/slips/verify", query_string={"code": typed}).main.get_text()
    assert "未查到" in text and "0737" in text


def test_without_a_code_the_page_only_asks(client: PageClient) -> None:
    text = client.soup("/slips/verify").main.get_text()
    assert "未查到" not in text and "核验通过" not in text


def test_the_verdict_is_a_part_of_its_own_for_htmx(client: PageClient, publish: Publish) -> None:
    slip = publish()
    headers = {"HX-Request": "true"}
    part = client.get("/slips/verify", query_string={"code": slip.verification_code}, headers=headers)
    text = part.get_data(as_text=True)
    assert text.lstrip().startswith('<section class="block" id="verdict"')
    assert "核验通过" in text and "<html" not in text
