"""From 1 November on, while the next year has no arrangement: those who keep the calendar are told (CLK-5)."""

import pytest
import time_machine
from flask import Flask

from models.accounts.types import Role
from tests.conftest import SignIn
from tests.support.statements import counting
from tests.webapp.calendar_desk.conftest import DESK, NEW, Desk, text_of
from webapp.db import Database


@pytest.mark.parametrize(("today", "is_told"), [("2026-10-31", False), ("2026-11-01", True), ("2026-12-31", True)])
def test_from_november_on_the_keepers_are_told_that_a_year_is_wanting(
    desk: Desk, sign_in: SignIn, clock: time_machine.Traveller, today: str, is_told: bool
) -> None:
    clock.move_to(f"{today}T09:00:00+08:00")
    for who, path in (
        (sign_in(Role.SUPERVISOR), "/office"), (sign_in(Role.DIRECTOR), "/office/triage"),
        (sign_in(Role.DIRECTOR), DESK),
    ):
        page = who.soup(path)
        link = page.find("main").find("a", string="提出放假安排", href=NEW)
        assert ("2027年的放假安排还没有导入" in text_of(page)) is is_told, path
        assert not is_told or link is not None
    assert "还没有导入" not in text_of(sign_in(Role.CLERK).soup("/office/triage"))


def test_check_and_sweep_say_so_on_standard_error(app: Flask, desk: Desk, clock: time_machine.Traveller) -> None:
    """Whatever `check` finds: files that other tests left in the store of this process are none of this one's."""
    for words in (["check"], ["sweep"]):
        with app.app_context():
            said = app.test_cli_runner().invoke(args=words)
        assert said.stderr.startswith("注意：2027年的放假安排还没有导入")
        assert "注意" not in said.stdout
    said = app.test_cli_runner().invoke(args=["sweep", "--now", "2026-10-31T08:00:00"])
    assert said.stderr == ""


def test_the_warning_costs_no_statement(
    app: Flask, database: Database, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    asked = []
    for day in ("2026-10-30", "2026-12-01"):
        clock.move_to(f"{day}T09:00:00+08:00")
        keeper = sign_in(Role.SUPERVISOR)
        keeper.soup("/office")
        with counting(database) as statements:
            keeper.soup("/office")
        asked.append(len(statements))
    assert asked[0] == asked[1]
