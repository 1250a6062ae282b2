"""Who may ask for a sealed identity and who may decide, as tables (domain.md §2, §9; IDN-3, ACC-4)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.accounts.types import Actor, Role
from models.appeals.reveal_rules import (
    OPEN_FOR,
    Matter,
    is_open,
    names_somebody,
    refused_to_ask,
    refused_to_decide,
)
from models.appeals.types import ENDED_STATES, RevealStatus, State

NOW = datetime(2026, 11, 18, 2, tzinfo=UTC)
SEALED = Matter(State.HANDLING, lead_unit_id=5, is_accused=False, has_identity=True, is_open=False)


def actor(*roles: Role, unit: int | None = 5, path: str = "/5/", account: int = 1) -> Actor:
    return Actor(account, "测试", frozenset(roles), unit, "单位", path)


@pytest.mark.parametrize("role", [Role.HANDLER, Role.APPROVER])
def test_the_lead_unit_may_ask(role: Role) -> None:
    assert refused_to_ask(actor(role), SEALED) is None


@pytest.mark.parametrize("role", [Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR])
def test_the_office_may_ask(role: Role) -> None:
    assert refused_to_ask(actor(role, unit=1, path="/1/"), SEALED) is None


@pytest.mark.parametrize(("who", "matter", "code"), [
    (actor(Role.HANDLER, unit=6, path="/6/"), SEALED, "reveal_not_your_role"),
    (actor(Role.CUSTODIAN), SEALED, "reveal_not_your_role"),
    *((actor(role), SEALED, "reveal_not_your_role") for role in (Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR)),
    *((actor(Role.CLERK, role), SEALED, "reveal_not_your_role") for role in (
        Role.LEADER, Role.AUDITOR, Role.ADMINISTRATOR)),
    (actor(Role.HANDLER), replace(SEALED, has_identity=False), "reveal_nobody"),
    (actor(Role.HANDLER), replace(SEALED, is_open=True), "reveal_not_needed"),
    (actor(Role.HANDLER), replace(SEALED, is_accused=True), "reveal_accused"),
    (actor(Role.CLERK, unit=9, path="/9/"), replace(SEALED, is_accused=True), "reveal_accused"),
    *((actor(Role.HANDLER), replace(SEALED, state=state), "reveal_ended") for state in ENDED_STATES),
])
def test_nobody_else_may_and_is_told_why(who: Actor, matter: Matter, code: str) -> None:
    assert refused_to_ask(who, matter) == code


def test_a_custodian_decides_for_other_people_of_other_units_only() -> None:
    custodian = actor(Role.CUSTODIAN, unit=7, path="/7/", account=2)
    assert refused_to_decide(custodian, actor(Role.HANDLER)) is None
    assert refused_to_decide(replace(custodian, roles=frozenset({Role.DIRECTOR})), actor(Role.HANDLER)) is not None
    both = actor(Role.CUSTODIAN, Role.CLERK, unit=None, path="", account=3)
    assert refused_to_decide(both, both) == "reveal_own_request"
    for path in ("/5/", "/5/7/", "/"):
        assert refused_to_decide(replace(custodian, unit_path=path), actor(Role.HANDLER)) == "reveal_same_unit"


def test_a_grant_is_open_for_thirty_minutes_and_not_a_moment_longer() -> None:
    until = NOW + OPEN_FOR
    assert is_open(RevealStatus.GRANTED, until, until - timedelta(microseconds=1))
    assert not is_open(RevealStatus.GRANTED, until, until)
    assert not is_open(RevealStatus.ASKED, None, NOW) and not is_open(RevealStatus.REFUSED, until, NOW)


@pytest.mark.parametrize("text", [
    "需联系举报人13873712345核实", "需联系 138 7371 2345", "138-7371-2345", "电话１３８７３７１２３４５",
    "0737-2712345", "证件 43090219800101123X", "信用代码 91430981MA4L16JQ9B", "代码91350100M0001TGQXM。",
])
def test_a_reason_with_somebodys_number_is_seen(text: str) -> None:
    assert names_somebody(text)


@pytest.mark.parametrize("text", [
    "需当面核对2026年10月18日提交的材料原件，窗口记录里有三份同名申请。", "受理编号 2026-000902 涉及金额 13800 元",
    "依据沅政办发〔2023〕5号第83条，需与本人核对3笔收费。", "",
])
def test_an_ordinary_reason_is_left_alone(text: str) -> None:
    assert not names_somebody(text)
