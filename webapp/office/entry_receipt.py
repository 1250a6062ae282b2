"""The receipt of an entry: number and code to hand over or read out, once; later prints go without the code."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import current_app, make_response, session
from werkzeug.wrappers import Response

from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.appeals.types import ViewKind
from models.audit.commands import append
from models.errors import NotFound
from webapp import access, clock, db, intake, view_log
from webapp.files import download_headers
from webapp.receipts import ReceiptPage, as_print, receipt_page
from webapp.slip_pdf import render_receipt

SHOWN_FOR = timedelta(minutes=30)
"""As long as somebody may be on the telephone; a desk is left and sat at by others."""
_ENTRY = "entry"
WITHOUT_CODE = "补打的回执不含查询码。查询码只在登记时告知一次，丢失的，请诉求人当面或者来电与市优办联系。"


def remember(number: str, submission_key: str) -> None:
    """In the clerk's own signed cookie: the key from which the code follows. The code itself is kept nowhere."""
    session[_ENTRY] = [number, submission_key, int(clock.now().timestamp()), access.current_actor().account_id]


def forget() -> None:
    session.pop(_ENTRY, None)


def given() -> tuple[Appeal, ReceiptPage] | None:
    """What this clerk has just written down, with its code; None when it has been told or the time is over."""
    kept = session.get(_ENTRY)
    if kept is None:
        return None
    number, key, at, account_id = kept
    is_fresh = abs(clock.now() - datetime.fromtimestamp(at, UTC)) <= SHOWN_FOR
    if not is_fresh or account_id != access.current_actor().account_id:
        forget()
        return None
    with db.database().reading() as reading:
        appeal = intake.own_appeal(reading, number, key)
        return (appeal, receipt_page(reading, appeal, intake.code_of(key), clock.today())) if appeal else None


def print_given(appeal: Appeal, page: ReceiptPage) -> Response:
    return _pdf(appeal, page, "receipt.print")


def reprint(uid: str) -> Response:
    """Without the code, which nobody knows any more; who printed it stays in the log."""
    with db.database().reading() as reading:
        appeal = visible_appeal(reading, access.current_actor(), uid)
        if appeal.paper_received_on is None or appeal.is_self_registered:
            raise NotFound("no_such_appeal")
        page = receipt_page(reading, appeal, "", clock.today())
    return _pdf(appeal, page, "receipt.reprint")


def _pdf(appeal: Appeal, page: ReceiptPage, action: str) -> Response:
    """Rendered before the transaction begins; the log's row is written with the answer."""
    printed = as_print(page)
    if not page.code:
        printed = replace(printed, follow_up=WITHOUT_CODE)
    pdf = render_receipt(printed, current_app.extensions["zhitongche.pdf"])
    append(
        db.session(), at=clock.now(), actor_id=access.current_actor().account_id, action=action, object_kind="appeal",
        object_id=appeal.uid, facts={},
    )
    view_log.seen(appeal, ViewKind.PRINT)
    response = make_response(pdf)
    response.headers.update(download_headers("pdf", f"受理回执{page.number}.pdf"))
    return response
