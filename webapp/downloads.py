"""Handing out an appeal's attachment: through the appeal's scope, with its trace, so that nothing in it runs.

The original goes to supervisor and director only, and not where their own unit is concerned
(`handling.concerned.may_have_originals`). Everybody else gets the copy: the picture drawn anew, the PDF written anew
without what tells who made it, under a name that tells nothing (IDN-6). What no copy can be made of is not handed out.
"""

from collections.abc import Callable
from typing import Protocol

from flask import Response, current_app
from sqlmodel import Session

from models.accounts.types import Actor
from models.appeals import queries
from models.appeals.tables import Appeal, Attachment
from models.appeals.types import ViewKind
from models.audit.commands import append
from models.handling import linking
from models.handling.concerned import may_have_originals
from webapp import access, clock, db, view_log
from webapp.files import FileRefused, FileStore, cleaned, download_headers, redrawn
from webapp.presenting import PICTURES, evidence_name

COPY_CODES = {"file_check_busy": "copy_busy"}
"""What the refusal of an upload means to whoever asks for the copy."""
Find = Callable[..., Appeal]
Handed = tuple[bytes, dict[str, str]]
"""Content and headers."""


class Kept(Protocol):
    """A row that names a file and, where one could be made, its copy."""

    stored_name: str
    display_name: str
    kind: str
    derivative_name: str | None



def attachment(
    uid: str, file_uid: str, *, find: Find = queries.visible_appeal, is_with_merged: bool = True
) -> Response:
    """The file, or NotFound alike for what is not there and what this actor may not see. `find` is the door; with the
    appeal come those merged into it, unless told not to.

    Each hand-out is logged first, in a short transaction of its own (AUD-3): a GET may write nothing but view logs.
    """
    session, actor = db.session(), access.current_actor()
    asked = find(session, actor, uid)
    appeal, found = _reached(session, actor, asked, file_uid, is_with_merged)
    is_original = may_have_originals(session, actor, appeal)
    db.release()
    content, headers = original(found) if is_original else copy(found, evidence_name(found))
    view_log.seen(appeal, ViewKind.FILE)
    facts = {"appeal": appeal.uid} | ({"original": True} if is_original else {})
    with db.database().writing() as log:
        append(
            log, at=clock.now(), actor_id=actor.account_id, action="file.view", object_kind="attachment",
            object_id=found.uid, facts=facts,
        )
    return Response(content, headers=headers)


def _reached(
    session: Session, actor: Actor, asked: Appeal, file_uid: str, is_with_merged: bool
) -> tuple[Appeal, Attachment]:
    """The file, and the appeal it belongs to."""
    if is_with_merged:
        return linking.holder_of(session, actor, asked, file_uid)
    return asked, queries.attachment(session, asked, file_uid)


def _store() -> FileStore:
    return current_app.extensions["zhitongche.files"]


def original(found: Kept) -> Handed:
    return _store().read(found.stored_name), download_headers(found.kind, found.display_name)


def copy(found: Kept, name: str) -> Handed:
    """What came without a copy (before there were any, by an import, while the child was busy) is copied now: a GET
    keeps nothing. FileRefused where that cannot be done.
    """
    is_picture = found.kind in PICTURES
    headers = download_headers("jpg" if is_picture else found.kind, name)
    if found.derivative_name is not None:
        return _store().read(found.derivative_name), headers
    data = _store().read(found.stored_name)
    return (_drawn(data, found.kind, name) if is_picture else cleaned(data, name)), headers


def _drawn(data: bytes, kind: str, name: str) -> bytes:
    """In words for whoever reads the file, not for whoever sent it."""
    try:
        return redrawn(data, kind, name)
    except FileRefused as refused:
        raise FileRefused(COPY_CODES.get(refused.code, "copy_impossible_picture"), name=name) from refused
