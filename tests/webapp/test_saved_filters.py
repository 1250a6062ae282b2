"""Filters kept under a name: found again as links above the list, one's own only, and nothing unknown inside."""

from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from models.accounts.saved_filters import MOST, canonical
from models.accounts.tables import SavedFilter
from models.accounts.types import ListPlace, Role
from tests.support.page import find_form, hidden_fields


@pytest.fixture
def handler(sign_in):
    return sign_in(Role.HANDLER, unit="市监局")


def keep(client, name: str, path: str = "/desk?who=none&q=欠款", place: str = "desk"):
    form = find_form(client.soup(path), f"/filters/{place}")
    return client.post(f"/filters/{place}", data={**hidden_fields(form), "name": name})


def links(client, path: str = "/desk") -> dict[str, str]:
    found = client.soup(path).select(".kept-filters nav a:not(.kept-manage)")
    return {link.get_text(): str(link["href"]) for link in found}


@pytest.mark.parametrize(
    ("place", "given", "kept"),
    [
        (ListPlace.DESK, "who=mine&show=overdue", "show=overdue&who=mine"),
        (ListPlace.DESK, "page=3&next=//evil&state=closed&q=%E6%AC%A0%E6%AC%BE", "q=%E6%AC%A0%E6%AC%BE"),
        (ListPlace.DESK, "q=a&q=b&who=", "q=a"),
        (ListPlace.DESK, "q=" + "%E6%AC%A0" * 500, "q=" + "%E6%AC%A0" * 60),
        (ListPlace.DESK, "q=%0d%0aSet-Cookie:x%00", "q=Set-Cookie%3Ax"),
        (ListPlace.OFFICE, "state=to_sign&who=mine&unit=x", "state=to_sign&unit=x"),
        (ListPlace.DESK, "&".join(["q=1"] * 1000), ""),
        (ListPlace.DESK, "javascript:alert(1)", ""),
        (ListPlace.DESK, "", ""),
    ],
)
def test_only_known_keys_are_kept_each_once_and_short(place: ListPlace, given: str, kept: str) -> None:
    assert canonical(place, given) == kept


def test_a_filter_is_named_and_found_again_as_a_link(handler) -> None:
    answer = keep(handler, "欠款未分派")
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query) == {"who": ["none"], "q": ["欠款"]}
    assert list(links(handler)) == ["欠款未分派"]
    soup = handler.soup(links(handler)["欠款未分派"])
    assert soup.select_one("#desk-search")["value"] == "欠款"
    assert soup.select_one(".kept-filters a[aria-current]").get_text() == "欠款未分派"
    assert not soup.select(".kept-filters details"), "what is kept already needs no keeping"
    assert not handler.soup("/desk").select(".kept-filters details"), "a list without filter has nothing to keep"


def test_the_office_keeps_its_own_in_its_own_list(sign_in) -> None:
    clerk = sign_in(Role.CLERK, unit="市优办")
    assert keep(clerk, "待签收", "/office/appeals?state=to_sign", "office").status_code == 303
    assert links(clerk, "/office/appeals") == {"待签收": "/office/appeals?state=to_sign"}
    assert clerk.get("/filters/desk").status_code == 403


def test_names_are_checked_and_nothing_typed_is_lost(handler) -> None:
    keep(handler, "欠款")
    for name, reason in (("", "请给这个筛选起个名字"), ("欠" * 21, "最多"), ("欠款", "已有同名的筛选")):
        answer = keep(handler, name, "/desk?kind=report")
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert reason in text and 'value="kind=report"' in text and f'value="{name}"' in text


def test_there_are_twelve_at_most(handler, database) -> None:
    form = find_form(handler.soup("/desk?q=欠款"), "/filters/desk")
    for number in range(MOST):
        data = {**hidden_fields(form), "name": f"第{number}个", "submission_key": f"filter-key-{number:06d}"}
        assert handler.post("/filters/desk", data=data).status_code == 303
    answer = handler.post("/filters/desk", data={**hidden_fields(form), "name": "再来一个"})
    assert answer.status_code == 422 and "最多保存 12 个" in answer.get_data(as_text=True)
    with database.reading() as session:
        assert len(session.exec(select(SavedFilter)).all()) == MOST


def test_the_same_form_sent_twice_keeps_one(handler) -> None:
    form = find_form(handler.soup("/desk?q=欠款"), "/filters/desk")
    for _ in range(2):
        assert handler.post("/filters/desk", data={**hidden_fields(form), "name": "欠款"}).status_code == 303
    assert list(links(handler)) == ["欠款"]


def test_a_filter_is_renamed_and_deleted_by_its_owner_only(handler, sign_in, database) -> None:
    keep(handler, "欠款")
    with database.reading() as session:
        uid = session.exec(select(SavedFilter.uid)).one()
    stranger = sign_in(Role.HANDLER, unit="市监局")
    assert not links(stranger)
    token = hidden_fields(find_form(stranger.soup("/password"), "/password"))["csrf_token"]
    own = find_form(handler.soup("/filters/desk"), "/rename")
    for act in ("rename", "delete"):
        data = {**hidden_fields(own), "csrf_token": token, "name": "我的"}
        assert stranger.post(f"/filters/desk/{uid}/{act}", data=data).status_code == 404
    handler.post(f"/filters/desk/{uid}/rename", data={**hidden_fields(own), "name": "拖欠"})
    assert list(links(handler)) == ["拖欠"]
    gone = find_form(handler.soup("/filters/desk"), "/delete")
    assert handler.post(f"/filters/desk/{uid}/delete", data=hidden_fields(gone)).status_code == 303
    assert not links(handler)


@pytest.mark.parametrize("script", ["<img onerror=a()>", "\"><script>a()</scr", "{{7*7}}", "' onx='"])
def test_a_name_is_text_wherever_it_stands(handler, script: str) -> None:
    keep(handler, script)
    for path in ("/desk", "/filters/desk"):
        soup = handler.soup(path)
        assert script in soup.main.get_text()
        assert not soup.main.select("img, script, [onx], [onerror]")
