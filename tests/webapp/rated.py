"""A walk of tests/webapp/test_broken_posts.py: a campaign from its draft to the closing, with a ballot in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING
from unittest.mock import patch

from sqlmodel import col, select

from models.accounts.types import Role
from models.jobs.tables import Job
from models.ratings.tables import RatingCampaign, RatingInvitation
from models.ratings.vault import new_code
from tests.support.page import press
from tests.support.ratings import VAULT
from tests.support.voter import Voter
from webapp import jobs

if TYPE_CHECKING:
    from tests.webapp.test_broken_posts import World

PLAN = {
    "title": "企业家评议", "opens_on": "2026-11-17", "closes_on": "2026-12-10", "scale": "score", "minimum_n": "1",
    "dimensions-0-name": "服务态度", "dimensions-0-weight": "40", "dimensions-1-name": "办事效率",
    "dimensions-1-weight": "60", "letter": "请您评议。", "asked_conduct": ["rough"], "units": ["2", "3"],
}
LIST = (
    "沅江芦花香食品有限公司\t91430981MA4L000027\t琼湖街道1号\n沅江杰新纺织有限公司\t\t琼湖街道2号\n"
    "沅江洞庭农业有限公司\t\t\tnongye@example.cn"
)


def ratings(world: "World") -> None:
    director = world.sign_in(Role.DIRECTOR, unit="市优办")
    director.send("/ratings/new", PLAN | {"year": "2026", "half": "second"})
    with world.database.reading() as session:
        uid = session.exec(select(RatingCampaign.uid)).one()
    page = f"/ratings/{uid}"
    director.send(f"{page}/edit", PLAN | {"title": "企业家评议市直单位"})
    director.send(f"{page}/invitations/new", {"group": "enterprise", "invitees": LIST, "step": "add"})
    press(director, f"{page}/invitations", "/remove")
    press(director, page, "/open")
    with _mail_server(world):
        press(director, f"{page}/invitations", "/mails")
    with patch("webapp.jobs.hand_in"):  # the queue: what a job does is broken in its own tests
        press(director, f"{page}/invitations", "/letters", scope="letter")
        press(director, f"{page}/invitations", "/reissue")
    with world.database.reading() as session:
        job = session.exec(select(Job.uid).order_by(col(Job.id).desc())).first()
    with world.app.app_context():
        jobs.run(job or "")
    press(director, f"/jobs/{job}", "/result")
    press(director, f"/jobs/{job}", "/discard")
    press(director, page, "/units", unit="税务局")
    press(director, page, "/extend", closes_on="2026-12-20", extend_reason="回收较慢。")
    _vote(world)
    press(director, page, "/close", closing_reason="都已评完。")


@contextmanager
def _mail_server(world: "World") -> Iterator[None]:
    kept = world.app.extensions["zhitongche.config"]
    world.app.extensions["zhitongche.config"] = replace(kept, smtp_url="smtp://127.0.0.1:9")
    yield
    world.app.extensions["zhitongche.config"] = kept


def _vote(world: "World") -> None:
    code = new_code()
    with world.database.writing() as session:
        invited = session.exec(select(RatingInvitation)).first()
        assert invited is not None
        invited.code_hash = VAULT.code_hash(code)
        session.add(invited)
    voter = Voter(world.stranger())
    voter.enter(code)
    voter.rate(1, value_1="50", value_2="60")
    voter.cast()

