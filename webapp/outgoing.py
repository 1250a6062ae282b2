"""Works through the outbox: claims what is due, sends it, enters what came of it. A timed act of `webapp.sweeping`."""

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import urlsplit

from flask import current_app

from models.notices import outbox
from models.notices.outbox import Claimed
from webapp import clock, db
from webapp.config import Config
from webapp.letterhead import OFFICE
from webapp.notice_words import hint, subject
from webapp.smtp import MailRefused, MailServer, send, server_of

MOST_ROUNDS: Final = 25
FOOT: Final = "这是系统自动发出的邮件，请勿回复。不想再收到邮件的，请在“我的账号”中删去邮箱。"


def send_due(now: datetime) -> int:
    """How many were sent. Nothing where no mail server is named. A server that does not answer is asked once a run."""
    config: Config = current_app.extensions["zhitongche.config"]
    if not config.smtp_url:
        return 0
    server, count = server_of(config.smtp_url, config.public_base_url), 0
    for _ in range(MOST_ROUNDS):
        with db.database().writing() as session:
            claimed = outbox.claim(session, due_at=now, now=clock.now())
        answered, sent = _send_all(server, claimed, config)
        count += sent
        if not claimed or not answered:
            break
    return count


def _send_all(server: MailServer, claimed: Sequence[Claimed], config: Config) -> tuple[bool, int]:
    """Whether the server answered, and how many it took."""
    is_down, sent = "", 0
    for mail in claimed:
        problem = _problem(server, mail, config, is_down)
        is_down = is_down or (problem.code if problem and problem.is_servers else "")
        sent += _enter(mail, problem)
    return not is_down, sent


def _problem(server: MailServer, mail: Claimed, config: Config, is_down: str) -> MailRefused | None:
    """Sends it; what kept it from being sent, if anything did."""
    if mail.problem:
        return MailRefused(mail.problem, is_final=True, is_servers=False)
    if is_down:
        return MailRefused(is_down)
    try:
        send(server, composed(mail, server.sender, config.public_base_url))
    except MailRefused as refused:
        return refused
    return None


def _enter(mail: Claimed, problem: MailRefused | None) -> bool:
    now = clock.now()
    with db.database().writing() as session:
        if problem is None:
            return outbox.sent(session, mail, now=now)
        outbox.not_sent(session, mail, problem.code, is_final=problem.is_final, now=now)
        return False


def composed(mail: Claimed, sender: str, base_url: str) -> EmailMessage:
    """A number and a link, nothing of the content and nobody's name (IDN-4). The same mail has the same id each time:
    one that came twice is known as one.
    """
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.address
    message["Subject"] = f"【直通车】{subject(mail.kind)}" + (f"（{mail.number}）" if mail.number else "")
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{mail.uid}@{urlsplit(base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    lines = [f"{subject(mail.kind)}：{mail.number}" if mail.number else subject(mail.kind), hint(mail.kind, mail.facts)]
    message.set_content("\n\n".join([*lines, f"登录后查看：{base_url}/notices", f"{OFFICE.name}\n{FOOT}"]))
    return message
