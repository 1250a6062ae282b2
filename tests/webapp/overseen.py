"""Walks of tests/webapp/test_broken_posts.py: the register of work errors, ratings, supervision beside any appeal,
policies of the clock.
"""

from typing import TYPE_CHECKING

from models.accounts.types import Role
from models.ratings.types import Half
from tests.support import rated
from tests.support.breaking import SentAgain
from tests.support.hostile import drawn
from tests.support.page import find_form, press, typed
from tests.webapp.supervision.test_records import POLICY

if TYPE_CHECKING:
    from tests.webapp.test_broken_posts import World

WORK_ERROR = {
    "unit": "市监局", "occurred_on": "2026-11-12", "content": "统计表漏报两家企业，会前更正。", "source": "own_check",
    "grade": "slight",
}


def work_errors(world: "World") -> None:
    supervisor, director = world.sign_in(Role.SUPERVISOR, unit="市优办"), world.sign_in(Role.DIRECTOR, unit="市优办")
    page = supervisor.send("/work-errors/new", WORK_ERROR).headers["Location"]
    world.sign_in(Role.APPROVER, unit="市监局").send(page, {"statement": "已更正。"}, action="/answer")
    supervisor.send(f"{page}/edit", WORK_ERROR | {"grade": "general", "reason": "核对以后更正。"})
    press(supervisor, "/work-errors", "/export/register")
    press(supervisor, page, "/files", evidence=(SentAgain(drawn("JPEG")), "佐证.jpg"))
    director.send(page, {"code": "repeated", "reason": "与另一条重复。"}, action="/revoke")


def policies(world: "World") -> None:
    """A new version, a further policy, an end: each from the form as it is filled in."""
    director = world.sign_in(Role.DIRECTOR)
    further = {"policy_name": "政企交流日", "kinds": ["complaint"]}
    for name, changes in (("3-7-15/revise", {"limit_verify": "2"}), ("new", further)):
        page = f"/office/policies/{name}"
        filled = typed(find_form(director.soup(page))) | {"policy_basis": "会议纪要"} | changes
        director.post(page, data=filled | {"step": "save"})
    press(director, "/office/policies/5-30/versions/1", "/end", last_on="2026-12-31")


def rating_results(world: "World") -> None:
    """What is public of a campaign, and its bulletin."""
    with world.database.writing() as session:
        campaign = rated.counted(session, {"税务局": rated.Got([50] * 6)}, Half.FIRST).uid
    director, page = world.sign_in(Role.DIRECTOR), f"/ratings/results/{campaign}/publish"
    director.send(page, {"scope": "scores", "reasons": "会议决定。"}, action="/publish")
    press(director, page, "/bulletin")


def supervision(world: "World") -> None:
    """What is no act on an appeal: thresholds, and a record that none is behind."""
    director = world.sign_in(Role.DIRECTOR)
    press(director, "/supervision/policy", "/policy", **POLICY)
    fields = {"unit": "税务局", "ground": "other", "grounds": "多次推诿。", "responsible": "主要负责人"}
    press(director, "/supervision/new/interview", "/interview", **fields)
