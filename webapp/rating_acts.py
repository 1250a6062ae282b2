"""What the ratings' pages and time share: the keys, the closing after the last day, letters by mail."""

import logging
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from flask import current_app

from models.accounts.types import SYSTEM
from models.appeals.receipt import grouped
from models.errors import Refused
from models.ratings import closing, mails, queries
from models.ratings.campaigns import Act
from models.ratings.mails import Claimed
from models.ratings.types import CampaignState
from models.ratings.vault import RatingVault
from models.workdays.rules import local_day
from webapp import clock, db
from webapp.config import Config
from webapp.filters import cn_full_date
from webapp.letterhead import OFFICE
from webapp.smtp import MailRefused, MailServer, send, server_of

BALLOT_PATH: Final = "/ratings/ballot"
MOST_ROUNDS: Final = 250
log = logging.getLogger("zhitongche")
_KEPT: Final = "zhitongche.rating_vault"


def vault() -> RatingVault:
    """Made at first use, and kept with the application."""
    found = current_app.extensions.get(_KEPT)
    if found is None:
        found = current_app.extensions[_KEPT] = RatingVault(config().identity_key)
    return found


def config() -> Config:
    return current_app.extensions["zhitongche.config"]


def ballot_url() -> str:
    """As it stands on letters. The code never stands in an address."""
    return config().public_base_url + BALLOT_PATH


# ---------------------------------------------------------------- time


def close_due(now: datetime) -> int:
    """Closes what has had its last day; each campaign a transaction of its own. One whose envelopes are not in order
    stays open for people to look into.
    """
    with db.database().reading() as session:
        due = [row.uid for row in queries.due_to_close(session, local_day(now))]
    return sum(_close(uid, now) for uid in due)


def _close(uid: str, now: datetime) -> bool:
    try:
        with db.database().writing() as session:
            row = queries.campaign_row(session, uid, lock=True)
            if row.state is not CampaignState.OPEN:
                return False
            closing.close_by_time(session, row, vault(), Act(SYSTEM, now, local_day(now)))
    except Refused as refused:
        log.warning("rating not closed: %s", refused.code)
        return False
    db.drop_journal()
    return True


# ---------------------------------------------------------------- letters by mail


def can_mail() -> bool:
    return bool(config().smtp_url)


def send_mails(now: datetime) -> int:
    """How many were sent. A server that does not answer is asked once a run."""
    if not can_mail():
        return 0
    server, count = server_of(config().smtp_url, config().public_base_url), 0
    for _ in range(MOST_ROUNDS):
        with db.database().writing() as session:
            claimed = mails.claim(session, vault(), due_at=now, now=clock.now())
        answered, sent = _send_all(server, claimed)
        count += sent
        if not claimed or not answered:
            break
    return count


def _send_all(server: MailServer, claimed: Sequence[Claimed]) -> tuple[bool, int]:
    """Whether the server answered, and how many it took."""
    down, count = "", 0
    for mail in claimed:
        problem = MailRefused(down) if down else _problem(server, mail)
        down = down or (problem.code if problem and problem.is_servers else "")
        count += _enter(mail, problem)
    return not down, count


def _problem(server: MailServer, mail: Claimed) -> MailRefused | None:
    try:
        send(server, composed(mail, server.sender))
    except MailRefused as refused:
        return refused
    return None


def _enter(mail: Claimed, problem: MailRefused | None) -> bool:
    with db.database().writing() as session:
        if problem is None:
            return mails.sent(session, mail)
        mails.not_sent(session, mail, problem.code, is_final=problem.is_final, now=clock.now())
        return False


def composed(mail: Claimed, sender: str) -> EmailMessage:
    """The letter as a mail: who is asked, until when, where, and the code."""
    campaign = mail.campaign
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.invitee.mail
    message["Subject"] = f"【直通车】{campaign.title}：请您评议"
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail.uid}@{urlsplit(config().public_base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    lines = [
        f"{mail.invitee.name}：", campaign.letter,
        f"评议时间：{cn_full_date(campaign.opens_on)}至{cn_full_date(campaign.closes_on)}。",
        f"评议网址：{ballot_url()}", f"评议码：{grouped(mail.code)}", HOW_IT_IS_KEPT,
        f"{OFFICE.name}\n联系电话：{OFFICE.phone}",
    ]
    message.set_content("\n\n".join(lines))
    return message


HOW_IT_IS_KEPT: Final = (
    "评议码只能用一次，请勿转给他人。评议不记名：系统只记录这个评议码已经用过，不记录是哪一张评议票，"
    "任何人都不能由评议码查到您评了什么。"
)
