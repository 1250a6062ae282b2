"""The receipt of the form that this browser has just sent."""

from datetime import date

from sqlmodel import Session

from webapp import intake, receipts
from webapp.public import memory
from webapp.receipts import ReceiptPage


def receipt_page(session: Session, given: memory.Given, today: date) -> ReceiptPage | None:
    """None when nothing of that number was kept: its transaction failed after the page was left."""
    appeal = intake.own_appeal(session, given.number, given.submission_key)
    if appeal is None:
        return None
    return receipts.receipt_page(session, appeal, intake.code_of(given.submission_key), today)
