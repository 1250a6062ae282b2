"""The unit's home page: what is there, in which order, and signing several at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.types import AppealKind, State
from models.handling import worklist
from models.handling.types import Action
from tests.support.factories import MORNING
from tests.support.page import PageClient, find_form, hidden_fields

PART = {"HX-Request": "true"}


def titles(soup: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in soup.select("a.row-link")]


def counters(soup: BeautifulSoup) -> dict[str, int]:
    return {a.span.get_text(strip=True): int(a.b.get_text()) for a in soup.select(".counter")}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("", ["超期件", "待签收件", "待核实件", "办理件", "待签发件"]),
        ("overdue", ["超期件"]),
        ("soon", ["待签收件"]),
        ("to_sign", ["待签收件"]),
        ("to_verify", ["超期件", "待核实件"]),
        ("in_hand", ["办理件"]),
        ("in_review", ["审核件"]),
        ("ended", ["答复件"]),
        ("nonsense", ["超期件", "待签收件", "待核实件", "办理件", "待签发件"]),
    ],
)
def test_each_counter_shows_its_appeals_and_what_bites_first_is_on_top(desk, shown: str, expected: list[str]) -> None:
    desk.appeal(State.REPLIED, title="答复件")
    desk.appeal(State.IN_REVIEW, title="审核件")
    desk.appeal(State.HANDLING, title="办理件")
    desk.appeal(State.REPLY_SIGN_OFF, title="待签发件")
    desk.appeal(State.VERIFYING, title="待核实件")
    desk.appeal(State.DISPATCHED, title="待签收件")
    desk.appeal(State.VERIFYING, title="超期件", at=MORNING - timedelta(days=7))
    soup = desk.handler.soup(f"/desk?show={shown}")
    assert titles(soup) == expected
    assert counters(soup) == {
        "全部待办": 5, "已超期": 1, "将到期": 1, "待签收": 1, "待核实": 2, "办理中": 1, "审核中": 1, "已办结": 1,
    }


def test_ended_appeals_are_counted_up_to_a_bound_and_all_shown_under_their_own_tab(
    desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "MOST_ENDED", 1)
    worklist._counted.cache_clear()
    for title in ("答复一", "答复二", "答复三"):
        desk.appeal(State.REPLIED, title=title)
    desk.appeal(State.HANDLING, title="办理件")
    told = {a.span.get_text(strip=True): a.b.get_text() for a in desk.handler.soup("/desk").select(".counter")}
    ended = titles(desk.handler.soup("/desk?show=ended"))
    worklist._counted.cache_clear()
    assert (told["已办结"], told["全部待办"], told["办理中"]) == ("1+", "1", "1")
    assert sorted(ended) == ["答复一", "答复三", "答复二"]


def test_what_waits_for_a_signature_is_counted_for_the_approver_only(desk) -> None:
    desk.appeal(State.REPLY_SIGN_OFF, title="待签发件")
    assert titles(desk.approver.soup("/desk?show=to_sign_off")) == ["待签发件"]
    assert "待我签发" not in counters(desk.handler.soup("/desk"))


def test_a_row_tells_the_days_left_and_the_last_day(desk) -> None:
    desk.appeal(State.DISPATCHED)
    row = desk.handler.soup("/desk").select_one("tbody tr")
    assert row is not None
    assert "还剩 1 个工作日" in row.select_one(".cell-due").get_text()
    assert "11月18日(周三)" in row.select_one(".cell-date").get_text()
    assert row.select_one(".cell-kind").get_text(strip=True) == "投诉"


@pytest.mark.parametrize("words", ["许可", "许可 没有", "窗口", "2026-000001"])
def test_two_characters_find_an_appeal_even_after_it_ended(desk, words: str) -> None:
    desk.appeal(State.REPLIED, title="食品许可没有发证")
    desk.appeal(State.DISPATCHED, title="停水", body="一直停水。")
    assert titles(desk.handler.soup("/desk", query_string={"q": words})) == ["食品许可没有发证"]


@pytest.mark.parametrize("words", ["%", "__", "没有这样的字"])
def test_a_search_without_a_hit_says_what_to_do(desk, words: str) -> None:
    desk.appeal(State.DISPATCHED)
    soup = desk.handler.soup("/desk", query_string={"q": words})
    assert not titles(soup)
    assert "没有找到符合条件的诉求" in soup.main.get_text()


def test_an_empty_desk_says_what_would_be_here(desk) -> None:
    assert "市优办交办后会出现在这里" in desk.handler.soup("/desk").main.get_text()


def test_another_units_appeals_are_neither_listed_nor_counted_nor_found(desk) -> None:
    desk.appeal(State.DISPATCHED, unit="住建局", title="别家的件")
    soup = desk.handler.soup("/desk", query_string={"q": "别家"})
    assert not titles(soup)
    assert set(counters(soup).values()) == {0}


def test_a_report_against_the_own_unit_is_invisible_even_to_its_lead_unit(desk) -> None:
    uid = desk.appeal(State.DISPATCHED, title="举报件", kind=AppealKind.REPORT)

    def accuse(session, appeal) -> None:
        appeal.against_unit_id = unit_by_name(session, "市监局").id

    assert titles(desk.handler.soup("/desk")) == ["举报件"]
    desk.change(uid, accuse)
    soup = desk.handler.soup("/desk")
    assert not titles(soup)
    assert counters(soup)["全部待办"] == 0
    assert desk.handler.get(f"/desk/appeals/{uid}").status_code == 404


@pytest.mark.parametrize("query", ["", "?show=to_sign", "?q=许可"])
def test_a_swap_gets_the_part_and_everything_else_the_page(desk, query: str) -> None:
    desk.appeal(State.DISPATCHED)
    whole = desk.handler.get(f"/desk{query}").get_data(as_text=True)
    part = desk.handler.get(f"/desk{query}", headers=PART).get_data(as_text=True)
    boosted = desk.handler.get(f"/desk{query}", headers={**PART, "HX-Boosted": "true"}).get_data(as_text=True)
    assert part.lstrip().startswith('<div id="desk-queue"')
    assert "<html" in whole and "<html" in boosted
    shown = BeautifulSoup(part, "html.parser")
    assert titles(shown) == titles(BeautifulSoup(whole, "html.parser")) != []


def test_the_queue_asks_the_database_as_often_for_a_full_page_as_for_five_rows(desk) -> None:
    counts = []
    for more in (5, 20):
        for _ in range(more):
            desk.appeal(State.DISPATCHED)
        desk.handler.get("/desk")
        with desk.counted() as statements:
            soup = desk.handler.soup("/desk")
        counts.append((len(titles(soup)), len(statements)))
    assert counts == [(5, 5), (25, 5)], statements


def test_the_second_page_keeps_the_filter(desk) -> None:
    for _ in range(26):
        desk.appeal(State.DISPATCHED)
    following = desk.handler.soup("/desk?show=to_sign").select_one(".pager a[rel=next]")
    assert following is not None
    soup = desk.handler.soup(str(following["href"]))
    assert len(titles(soup)) == 1
    assert soup.select_one(".counter[aria-current]").span.get_text() == "待签收"


# ---------------------------------------------------------------- signing several


def pick(client: PageClient, *uids: str, path: str = "/desk") -> dict[str, object]:
    form = find_form(client.soup(path), "/desk/sign")
    return {**hidden_fields(form), "appeal": list(uids)}


def test_only_what_the_unit_has_on_its_desk_can_be_picked(desk) -> None:
    wanted = {desk.appeal(State.DISPATCHED), desk.appeal(State.HANDLING)}
    desk.appeal(State.IN_REVIEW)
    desk.appeal(State.REPLIED)
    boxes = desk.handler.soup("/desk").select("input[name=appeal]")
    assert {box["value"] for box in boxes} == wanted
    for tab in ("in_review", "ended"):
        assert not desk.handler.soup(f"/desk?show={tab}").select("input[name=appeal], button[form=sign-many]")


def test_several_are_signed_at_once_and_the_others_reported_with_the_reason(desk) -> None:
    first, second = desk.appeal(State.DISPATCHED), desk.appeal(State.DISPATCHED)
    signed_by_another = desk.appeal(State.VERIFYING)
    foreign = desk.appeal(State.DISPATCHED, unit="住建局")
    fields = pick(desk.handler, first, second, signed_by_another, foreign)
    answer = desk.handler.post("/desk/sign", data=fields)
    assert (answer.status_code, answer.location) == (303, "/desk")
    assert [desk.row(uid).state for uid in (first, second)] == [State.VERIFYING] * 2
    assert desk.row(foreign).state is State.DISPATCHED
    said = desk.handler.soup("/desk").select_one("#page-message").get_text()
    assert "已签收 2 件" in said
    assert f"{desk.row(signed_by_another).number} 没有签收：这件诉求的状态已经变化" in said
    assert desk.row(foreign).number not in said and "没有找到这件诉求" in said
    assert {row.object_id for row in desk.log("denied")} == {signed_by_another, foreign}


def test_the_same_form_sent_twice_signs_once(desk) -> None:
    uid = desk.appeal(State.DISPATCHED)
    fields = pick(desk.handler, uid)
    for _ in range(2):
        assert desk.handler.post("/desk/sign", data=fields).status_code == 303
    assert [one.action for one in desk.events(uid)].count(Action.SIGN) == 1
    assert not desk.log("denied")


def test_signing_nothing_says_to_pick_first_and_keeps_the_filter(desk) -> None:
    desk.appeal(State.DISPATCHED)
    answer = desk.handler.post("/desk/sign", data=pick(desk.handler, path="/desk?show=to_sign"))
    assert answer.location == "/desk?show=to_sign"
    assert "请先勾选" in desk.handler.soup("/desk").select_one("#page-message").get_text()


def test_the_office_has_no_desk(desk, sign_in: Callable[..., PageClient]) -> None:
    assert sign_in(Role.CLERK, unit="市优办").get("/desk").status_code == 403


def test_one_kind_can_be_looked_at_and_the_counters_count_it_alone(desk) -> None:
    desk.appeal(State.HANDLING, title="投诉件", kind=AppealKind.COMPLAINT)
    desk.appeal(State.HANDLING, title="咨询件", kind=AppealKind.CONSULT)
    soup = desk.handler.soup("/desk?kind=consult")
    assert titles(soup) == ["咨询件"]
    assert counters(soup)["全部待办"] == counters(soup)["办理中"] == 1
    assert soup.select_one("#desk-kind option[selected]").get_text() == "咨询"
    assert all("kind=consult" in a["href"] for a in soup.select(".counter"))
    assert titles(desk.handler.soup("/desk?kind=consult&q=投诉")) == []
    assert len(titles(desk.handler.soup("/desk?kind=nonsense"))) == 2


def test_signing_several_leads_back_to_the_same_kind(desk) -> None:
    desk.appeal(State.DISPATCHED, title="咨询件", kind=AppealKind.CONSULT)
    form = find_form(desk.handler.soup("/desk?kind=consult"), "/desk/sign")
    picked = str(form.select_one("[name=appeal]")["value"])
    answer = desk.handler.post("/desk/sign", data={**hidden_fields(form), "appeal": picked})
    assert answer.headers["Location"].endswith("/desk?kind=consult")
