"""Walks of tests/webapp/test_broken_posts.py: the appellant rates, by three ways; the policy changes."""

from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

from models.accounts.types import Role
from models.appeals.types import State
from tests.support import enterprises as people
from tests.support.page import press

if TYPE_CHECKING:
    from tests.webapp.test_broken_posts import World

CODE = "0123456789ABCDEF"
LOW = {"grade": "1", "reason": "窗口仍说没有收到材料。"}
POLICY = {
    "rating_days": "20", "link_hours": "12", "share_percent": "50", "least_per_unit": "2", "attempts_most": "2",
    "contact_workdays": "1", "put_right_workdays": "5", "put_right_workdays_most": "15",
    "in_force_from": "2026-12-01", "basis": "市优办会议纪要",
}


def rating(world: "World") -> None:
    """One is rated where it is followed, another through a link on somebody's other telephone."""
    for by_link in (False, True):
        client = world.stranger()
        number = world.story(State.REPLIED).appeal.number
        client.send("/appeals/track", {"number": number, "code": CODE}, action="/track")
        page = press(client, "/appeals/track", "/track/rating-link")
        if not by_link:
            press(client, "/appeals/track", "/track/rate", **LOW)
            continue
        url = BeautifulSoup(page.data, "html.parser").find(id="rating-link").get_text(strip=True)
        world.stranger().send(url.removeprefix("http://localhost"), LOW)


def enterprise_rating(world: "World") -> None:
    story = world.story(State.REPLIED)
    with world.database.writing() as session:
        person = people.person(session, people.enterprise(session))
        people.put_on_list(session, person, session.merge(story.appeal))
    client, page = world.sign_in(account=person), f"/enterprise/appeals/{story.appeal.uid}"
    press(client, page, "/rating-link")
    press(client, page, "/rate", **LOW)


def follow_up_policy(world: "World") -> None:
    press(world.sign_in(Role.DIRECTOR), "/follow-up/policy", "/policy", **POLICY)
