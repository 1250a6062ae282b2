"""Walks of tests/webapp/test_broken_posts.py: the calendar, which one proposes and another decides."""

from typing import TYPE_CHECKING

from models.accounts.types import Role
from models.handling import arranging, recalculation
from models.workdays.queries import load_calendar
from models.workdays.tables import ArrangementRow
from tests.support import actors
from tests.support.page import press
from tests.webapp.calendar_desk.conftest import DECEMBER, DESK, Desk

if TYPE_CHECKING:
    from tests.webapp.test_broken_posts import World


def calendar(world: "World") -> None:
    """Taken back, not approved, approved with the date that it moves."""
    world.clock.move_to(DECEMBER)
    desk = Desk(world.database, world.sign_in)
    press(desk.supervisor, desk.proposed(), "/withdraw")
    press(desk.director, desk.proposed(), "/refuse", reason="春节的日期与通知不符。")
    press(desk.director, desk.proposed(), "/approve")
    assert (desk.version(), _left(world)) == (2, 0)


def calendar_left(world: "World") -> None:
    """What an approval had no time for."""
    world.clock.move_to(DECEMBER)
    desk = Desk(world.database, world.sign_in, count=2)
    desk.proposed()
    with world.database.writing() as session:
        row = session.get_one(ArrangementRow, desk.row().id)
        arranging.approve(session, row, actor=actors.actor(session, Role.DIRECTOR), now=DECEMBER, limit=1)
    assert _left(world) == 1
    press(desk.director, DESK, "/recompute")
    assert _left(world) == 0


def _left(world: "World") -> int:
    with world.database.reading() as session:
        return recalculation.left_count(session, load_calendar(session))
