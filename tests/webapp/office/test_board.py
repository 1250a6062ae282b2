"""The board and the lists behind its numbers."""

from datetime import timedelta

import pytest

from models.accounts.types import Role
from models.appeals.types import State
from tests.conftest import SignIn
from tests.support.factories import MORNING
from tests.support.page import PageClient
from tests.support.statements import counting
from tests.webapp.office.conftest import Make
from webapp.db import Database


def counters(client: PageClient) -> dict[str, tuple[int, str]]:
    found = client.soup("/office").select("nav.counters a")
    return {link.span.get_text(): (int(link.b.get_text()), str(link["href"])) for link in found}


def titles(client: PageClient, address: str) -> list[str]:
    return [link.get_text() for link in client.soup(address).select(".row-link")]


def test_the_counters_count_and_open_their_lists(make: Make, sign_in: SignIn) -> None:
    make(State.SUBMITTED, title="还没受理")
    make(State.ACCEPTED, title="还没交办")
    make(State.DISPATCHED, title="超期的", at=MORNING - timedelta(days=10))
    make(State.DISPATCHED, title="明天到期的")
    make(State.IN_REVIEW, title="等审核的")
    make(State.REPLIED, title="已经答复的")
    clerk = sign_in(Role.CLERK)
    found = counters(clerk)
    counts = {label: count for label, (count, _) in found.items()}
    assert counts == {
        "待受理": 1, "待交办": 1, "办理中": 2, "将到期": 1, "已超期": 1, "协办超期": 0, "待审核": 1, "已答复": 1,
    }
    assert titles(clerk, found["已超期"][1]) == ["超期的"]
    assert titles(clerk, found["办理中"][1]) == ["超期的", "明天到期的"]
    for label, (count, address) in found.items():
        assert len(titles(clerk, address)) == count, label


def test_the_unit_with_overdue_appeals_stands_first_and_every_number_opens_its_list(
    make: Make, sign_in: SignIn
) -> None:
    for _ in range(3):
        make(State.HANDLING, unit="市监局")
    make(State.VERIFYING, unit="税务局", at=MORNING - timedelta(days=20))
    clerk = sign_in(Role.CLERK)
    lines = clerk.soup("/office").select(".board tbody tr")
    assert [line.a.get_text() for line in lines] == ["税务局", "市监局"]
    for line in lines:
        for link in line.select("td.numeric a"):
            shown = int("".join(letter for letter in link.get_text() if letter.isdigit()))
            assert len(titles(clerk, str(link["href"]))) == shown


def test_a_late_review_is_overdue_too(make: Make, sign_in: SignIn) -> None:
    make(State.IN_REVIEW, title="审核拖过了期", at=MORNING - timedelta(days=30))
    clerk = sign_in(Role.CLERK)
    assert titles(clerk, counters(clerk)["已超期"][1]) == ["审核拖过了期"]


def test_filters_and_search_work_together(make: Make, sign_in: SignIn) -> None:
    make(State.HANDLING, unit="市监局", title="许可证的事")
    make(State.HANDLING, unit="税务局", title="许可证的事二")
    make(State.VERIFYING, unit="市监局", title="别的事")
    clerk = sign_in(Role.CLERK)
    assert titles(clerk, "/office/appeals?unit=市监局&state=in_hand&q=许可") == ["许可证的事"]
    assert "没有符合条件的诉求" in clerk.soup("/office/appeals?q=没有这样的").main.get_text()


@pytest.mark.parametrize("query", ["state=nonsense", "unit=x", "due=never", "q=%25", "q=%00", "page=999"])
def test_nonsense_in_the_address_is_no_error(make: Make, sign_in: SignIn, query: str) -> None:
    make()
    assert sign_in(Role.CLERK).get(f"/office/appeals?{query}").status_code == 200


def test_the_list_is_a_part_of_its_own_for_htmx(make: Make, sign_in: SignIn) -> None:
    make()
    part = sign_in(Role.CLERK).get("/office/appeals", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert 'id="office-list"' in part and "<html" not in part


@pytest.mark.parametrize(("path", "most"), [("/office", 8), ("/office/appeals", 8), ("/office/review", 7)])
def test_statements_do_not_grow_with_the_appeals(
    make: Make, sign_in: SignIn, database: Database, path: str, most: int
) -> None:
    director, counts = sign_in(Role.DIRECTOR), []
    director.get(path)
    for units in (("市监局",), ("税务局", "住建局", "公安局")):
        for unit in units:
            make(State.IN_REVIEW, unit=unit)
        with counting(database) as said:
            director.get(path)
        counts.append(len(said))
    assert counts[0] == counts[1] <= most


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR])
def test_leaders_and_auditors_read_without_acts_and_without_identity(make: Make, sign_in: SignIn, role: Role) -> None:
    appeal = make(State.IN_REVIEW)
    reader = sign_in(role)
    page = reader.soup(f"/office/appeals/{appeal.uid}")
    assert "现在不需要您办理" in page.get_text()
    assert "周喆珺" not in page.get_text() and "13873712345" not in page.get_text()
    assert not page.main.find_all("form", action=lambda action: action and "/office/" in action)
    assert reader.get("/office/triage").status_code == reader.get("/office/review").status_code == 403
    wanted = {"总览", "满意率", "评议", "自办件", "督办", "文书", "错情", "日历", "时限规定"}
    own = {"批示"} if role is Role.LEADER else set()
    assert {link.get_text() for link in page.select(".masthead-nav a")} == wanted | own


@pytest.mark.parametrize("role", [Role.HANDLER, Role.APPROVER, Role.ADMINISTRATOR, Role.ENTERPRISE])
def test_nobody_else_enters_the_office(make: Make, sign_in: SignIn, role: Role) -> None:
    appeal = make(State.IN_REVIEW)
    unit = "市监局" if role in (Role.HANDLER, Role.APPROVER) else ""
    stranger = sign_in(role, unit=unit)
    for path in ("", "/appeals", "/triage", "/review", f"/appeals/{appeal.uid}", f"/triage/{appeal.uid}"):
        assert stranger.get(f"/office{path}").status_code == 403, path


def test_an_unknown_appeal_is_not_found(make: Make, sign_in: SignIn) -> None:
    assert sign_in(Role.CLERK).get("/office/appeals/" + "0" * 32).status_code == 404


def test_each_role_sees_the_ways_it_may_go(make: Make, sign_in: SignIn) -> None:
    make(State.SUBMITTED)
    make(State.IN_REVIEW)
    for role, ways in (
        (Role.CLERK, {"登记诉求", "受理交办", "评议"}),
        (Role.SUPERVISOR, {"待我审批", "错情", "评议"}),
        (Role.DIRECTOR, {"登记诉求", "受理交办", "待我审批", "错情", "评议"}),
    ):
        nav = {link.get_text() for link in sign_in(role).soup("/office").select(".masthead-nav a")}
        assert nav == {"总览", "回访", "自办件", "督办", "文书", "日历", "时限规定"} | ways
