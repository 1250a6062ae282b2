"""Prints a slip: rendered once, kept, and the same bytes for ever after. Every print leaves an audit row.

Order of the first print (DUR-1): release the request's transaction, render without any lock, file on the disk, then one
short transaction with the file's name and the audit row. Only after its COMMIT do the bytes leave.
"""

import hashlib
import logging
from contextlib import ExitStack
from enum import StrEnum
from urllib.parse import quote

from flask import current_app
from sqlmodel import Session

from models.accounts.types import Actor
from models.audit.commands import append
from models.errors import NotFound, Refused
from models.slips.commands import keep_pdf, number_text
from models.slips.paper import content_of
from models.slips.tables import SLIP_LABELS, Slip
from webapp import clock, db
from webapp.files import FileStore
from webapp.pdf import PdfRenderer
from webapp.slip_pdf import render_slip

log = logging.getLogger("zhitongche")


class Audience(StrEnum):
    """For whom a print was made, as the audit log says it."""

    APPELLANT = "appellant"
    STAFF = "staff"
    BATCH = "batch"


def slip_pdf(slip: Slip, actor: Actor, audience: Audience) -> bytes:
    """The PDF of a slip that is the actor's to read (the caller has asked). Ends the request's transaction unkept.

    Raises Refused("slip_damaged") when the kept file is gone or changed, PdfBusy and PdfRefused from the first print.
    """
    db.release()
    if slip.pdf_name is not None:
        pdf = _kept(slip)
        with db.database().writing() as session:
            record_print(session, slip, actor, audience)
        return pdf
    return _first_print(slip, actor, audience)


def _first_print(slip: Slip, actor: Actor, audience: Audience) -> bytes:
    files: FileStore = current_app.extensions["zhitongche.files"]
    renderer: PdfRenderer = current_app.extensions["zhitongche.pdf"]
    pdf = render_slip(content_of(slip.content), renderer)
    name = files.put(pdf)
    with ExitStack() as cleaning:
        cleaning.callback(files.delete, name)
        with db.database().writing() as session:
            is_first = keep_pdf(session, slip, pdf_name=name, pdf_sha256=hashlib.sha256(pdf).hexdigest())
            record_print(session, slip, actor, audience)
            stored = session.get_one(Slip, slip.id)
            session.flush()  # every statement but COMMIT: what fails up to here leaves no file
            if is_first:
                cleaning.pop_all()  # from here the row may be durable: the file stays whatever COMMIT says
    return pdf if is_first else _kept(stored)


def _kept(slip: Slip) -> bytes:
    """The bytes of the first print, unchanged, or no bytes at all."""
    files: FileStore = current_app.extensions["zhitongche.files"]
    try:
        pdf = files.read(slip.pdf_name or "")
    except NotFound as missing:
        log.error("kept file of slip %s is missing", slip.uid)
        raise Refused("slip_damaged") from missing
    if hashlib.sha256(pdf).hexdigest() != slip.pdf_sha256:
        log.error("kept file of slip %s has changed", slip.uid)
        raise Refused("slip_damaged")
    return pdf


def record_print(session: Session, slip: Slip, actor: Actor, audience: Audience) -> None:
    append(
        session, at=clock.now(), actor_id=actor.account_id, action="slip.print", object_kind="slip", object_id=slip.uid,
        facts={"audience": audience},
    )


def print_headers(slip: Slip, *, disposition: str = "inline") -> dict[str, str]:
    """Our own PDF may open in the browser; nothing in it may run, and a shared computer keeps nothing.

    A phone has no use for a page it cannot save: the appellant's copy is an "attachment".
    """
    name = f"{SLIP_LABELS[slip.kind]} {number_text(slip.kind, slip.year, slip.number)}.pdf"
    return {
        "Content-Type": "application/pdf",
        "Content-Disposition": f"{disposition}; filename=\"slip.pdf\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; object-src 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
    }
