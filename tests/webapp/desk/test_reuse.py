"""Earlier replies beside the editor: the unit's own, never a report's, put below what is typed and never over it."""

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from models.appeals.types import AppealKind, State
from models.handling.tables import ReplyItem
from tests.support.factories import IDENTITY
from tests.support.page import find_form, hidden_fields

FACTS = "经核实，材料在两个股室之间流转时未及时登记。"


def typed(soup: BeautifulSoup, **fields: str) -> dict[str, object]:
    return {**hidden_fields(find_form(soup, "/reply")), **fields}


def buttons(desk, uid: str, entry: int = 0) -> list[str]:
    answer = desk.handler.get(f"/desk/appeals/{uid}/reuse?entry={entry}", headers={"HX-Request": "true"})
    soup = BeautifulSoup(answer.data, "html.parser")
    return [str(button["value"]) for button in soup.select("button[name=use]")]


def use(desk, uid: str, value: str, **fields: str):
    soup = desk.handler.soup(f"/desk/appeals/{uid}/reply")
    return desk.handler.post(f"/desk/appeals/{uid}/reuse", data=typed(soup, use=value, **fields))


def area(answer, name: str) -> str:
    return BeautifulSoup(answer.data, "html.parser").select_one(f"[name='{name}']").get_text().lstrip("\r\n")


def test_the_most_alike_of_the_units_own_published_replies_come_first(desk) -> None:
    desk.appeal(State.REPLIED, title="食品经营许可变更超过承诺时限没有发证")
    desk.appeal(State.CLOSED, title="市场摊位分配不公")
    uid = desk.appeal(State.HANDLING, title="食品经营许可变更超过承诺时限未出证")
    answer = desk.handler.get(f"/desk/appeals/{uid}/reuse?entry=1", headers={"HX-Request": "true"})
    soup = BeautifulSoup(answer.data, "html.parser")
    assert [one.get_text() for one in soup.select("h4")] == ["食品经营许可变更超过承诺时限没有发证", "市场摊位分配不公"]
    assert FACTS in soup.get_text() and "已解决" in soup.get_text()
    assert IDENTITY.name not in soup.get_text() and IDENTITY.phone not in soup.get_text()


@pytest.mark.parametrize("kind", ["report", "other unit", "not published", "itself"])
def test_what_may_not_be_reused_is_neither_offered_nor_taken(desk, kind: str) -> None:
    changes = {"report": {"kind": AppealKind.REPORT}, "other unit": {"unit": "住建局"}}.get(kind, {})
    source = desk.appeal(State.IN_REVIEW if kind == "not published" else State.REPLIED, **changes)
    uid = source if kind == "itself" else desk.appeal(State.HANDLING)
    with desk.database.reading() as session:
        item = session.exec(select(ReplyItem)).first()
    assert buttons(desk, uid) == []
    if kind != "itself":
        assert use(desk, uid, f"0:{item.reply_id}:{item.demand_id}").status_code == 404


def test_a_block_goes_below_what_is_typed_and_nothing_typed_is_lost(desk) -> None:
    desk.appeal(State.REPLIED)
    uid = desk.appeal(State.HANDLING)
    value = buttons(desk, uid, 1)[0]
    fields = {
        "entries-0-facts": "第一点已写好。", "entries-1-facts": "已经写了一句。", "entries-1-outcome": "explained",
    }
    answer = use(desk, uid, value, **fields)
    assert answer.status_code == 200
    assert area(answer, "entries-0-facts") == "第一点已写好。"
    assert area(answer, "entries-1-facts") == f"已经写了一句。\n{FACTS}"
    assert area(answer, "entries-1-basis") == "《食品经营许可和备案管理办法》"
    soup = BeautifulSoup(answer.data, "html.parser")
    assert soup.select_one("[name='entries-1-outcome'] option[selected]")["value"] == "explained"
    assert "已加入" in soup.select_one("#entry-1 .reuse-added").get_text()
    assert find_form(soup, "/reply")["action"].endswith("/reply")
    again = use(desk, uid, value, **{"entries-1-facts": area(answer, "entries-1-facts")})
    assert area(again, "entries-1-facts").count(FACTS) == 1, "the same block is not added twice"


def test_an_empty_block_takes_the_outcome_too_and_the_result_can_be_saved(desk) -> None:
    desk.appeal(State.REPLIED)
    uid = desk.appeal(State.HANDLING)
    answer = use(desk, uid, buttons(desk, uid)[0])
    soup = BeautifulSoup(answer.data, "html.parser")
    assert soup.select_one("[name='entries-0-outcome'] option[selected]")["value"] == "solved"
    data = typed(soup, step="save", **{"entries-0-facts": area(answer, "entries-0-facts")})
    assert desk.handler.post(f"/desk/appeals/{uid}/reply", data=data).status_code == 303


def test_without_script_the_list_opens_on_the_page_with_what_was_typed(desk) -> None:
    desk.appeal(State.REPLIED)
    uid = desk.appeal(State.HANDLING)
    data = typed(desk.handler.soup(f"/desk/appeals/{uid}/reply"), look="0", **{"entries-0-facts": "写到一半"})
    soup = BeautifulSoup(desk.handler.post(f"/desk/appeals/{uid}/reuse", data=data).data, "html.parser")
    assert soup.select_one("#entry-0 details.reuse[open] button[name=use]")
    assert soup.select_one("[name='entries-0-facts']").get_text().strip() == "写到一半"


@pytest.mark.parametrize("value", ["x", "0:1", "0:1:x", "99:1:1", "0:1:1:1", "0:" + "9" * 30 + ":1"])
def test_a_forged_button_takes_nothing(desk, value: str) -> None:
    uid = desk.appeal(State.HANDLING)
    assert use(desk, uid, value).status_code == 404
