"""The register: what was issued when, for whoever may see the appeal."""

from datetime import timedelta

import pytest

from models.accounts.types import Role
from tests.conftest import SignIn
from tests.support.factories import MORNING
from tests.support.statements import counting
from tests.webapp.slips.conftest import Publish
from webapp.db import Database


def test_the_register_lists_number_appeal_unit_and_day(publish: Publish, sign_in: SignIn) -> None:
    publish(unit="市监局")
    text = sign_in(Role.CLERK).soup("/slips").main.get_text(" ", strip=True)
    for said in ("答复书", "沅优办答〔2026〕1号", "食品经营许可变更超过承诺时限未出证", "市监局", "2026年11月17日"):
        assert said in text


def test_a_unit_sees_only_slips_of_its_own_appeals(publish: Publish, sign_in: SignIn) -> None:
    publish(unit="市监局", title="市监局的诉求标题")
    publish(unit="税务局", title="税务局的诉求标题")
    text = sign_in(Role.HANDLER, unit="税务局").soup("/slips").main.get_text(" ", strip=True)
    assert "税务局的诉求标题" in text and "市监局的诉求标题" not in text
    assert "共 1 份" in text


def test_day_and_month_filter_in_the_address(publish: Publish, sign_in: SignIn) -> None:
    publish(title="十一月的诉求")
    publish(title="十月的诉求", at=MORNING - timedelta(days=30))
    clerk = sign_in(Role.CLERK)
    by_month = clerk.soup("/slips?month=2026-10").main.get_text()
    assert "十月的诉求" in by_month and "十一月的诉求" not in by_month
    by_day = clerk.soup("/slips?day=2026-11-17").main.get_text()
    assert "十一月的诉求" in by_day and "十月的诉求" not in by_day
    assert "没有签发这类文书" in clerk.soup("/slips?day=2026-11-16").main.get_text()


@pytest.mark.parametrize("query", ["month=2026-13", "month=xx", "page=0", "page=99999999999", "page=-1", "page=２"])
def test_nonsense_in_the_address_is_no_error(publish: Publish, sign_in: SignIn, query: str) -> None:
    publish()
    assert "沅优办答〔2026〕1号" in sign_in(Role.CLERK).soup(f"/slips?{query}").main.get_text()


def test_a_day_that_is_none_is_told_beside_the_field(publish: Publish, sign_in: SignIn) -> None:
    answer = sign_in(Role.CLERK).get("/slips?day=2026-02-30")
    assert answer.status_code == 422
    assert 'id="day-error"' in answer.get_data(as_text=True)


def test_the_list_is_a_part_of_its_own_for_htmx(publish: Publish, sign_in: SignIn) -> None:
    publish()
    part = sign_in(Role.CLERK).get("/slips", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert part.lstrip().startswith('<div id="register">') and "<html" not in part


def test_statements_do_not_grow_with_the_register(publish: Publish, sign_in: SignIn, database: Database) -> None:
    clerk, counts = sign_in(Role.CLERK), []
    for more in (1, 4):
        for _ in range(more):
            publish()
        with counting(database) as said:
            clerk.get("/slips")
        counts.append(len(said))
    assert counts[0] == counts[1] <= 5


@pytest.mark.parametrize("role", [Role.LEADER, Role.AUDITOR])
def test_who_reads_everything_reads_the_register(publish: Publish, sign_in: SignIn, role: Role) -> None:
    publish()
    assert "沅优办答〔2026〕1号" in sign_in(role).soup("/slips").main.get_text()


def test_the_public_and_administrators_do_not_read_the_register(publish: Publish, sign_in: SignIn) -> None:
    publish()
    assert sign_in(Role.ADMINISTRATOR).get("/slips").status_code == 403
