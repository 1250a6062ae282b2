"""Handing out an appeal's attachment: through the appeal's scope, with its trace, so that nothing in it runs.

The original goes to supervisor and director only. Everybody else gets the picture drawn anew, or the PDF, under a name
that tells nothing (IDN-6).
"""

from collections.abc import Callable

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
from webapp.files import FileStore, download_headers, redrawn
from webapp.presenting import PICTURES, evidence_name

Find = Callable[..., Appeal]


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
    content, headers = _original(found) if is_original else _copy(found)
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


def _original(found: Attachment) -> tuple[bytes, dict[str, str]]:
    return _store().read(found.stored_name), download_headers(found.kind, found.display_name)


def _copy(found: Attachment) -> tuple[bytes, dict[str, str]]:
    """A picture that came without a copy (an import, the demonstration) is drawn anew now."""
    name = evidence_name(found)
    if found.kind not in PICTURES:
        return _store().read(found.stored_name), download_headers(found.kind, name)
    if found.derivative_name is None:
        return redrawn(_store().read(found.stored_name), found.kind, name), download_headers("jpg", name)
    return _store().read(found.derivative_name), download_headers("jpg", name)
