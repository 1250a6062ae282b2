"""Signing several appeals at once: each one signed, or reported with the reason why not."""

from flask import flash
from sqlmodel import Session

from models.appeals.tables import Appeal
from models.handling import commands
from models.handling.commands import Act
from webapp.desk.bulk import Outcome, say_skipped

SUBJECT = "sign:many"
NOTHING_PICKED = "请先勾选要签收的诉求，再点批量签收。"


def sign_one(session: Session, appeal: Appeal, act: Act) -> None:
    commands.sign(session, appeal, act)


def say(outcome: Outcome) -> None:
    """What happened, one message for those signed and one for each reason why others were not."""
    if outcome.done:
        flash(f"已签收 {len(outcome.done)} 件：{'、'.join(outcome.done)}。请在时限前核实到位。", "success")
    say_skipped(outcome, "签收")
