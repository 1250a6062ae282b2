"""Handing out an appeal's attachment: through the appeal's scope, with its trace, so that nothing in it runs."""

from flask import Response, current_app

from models.appeals import queries
from models.audit.commands import append
from webapp import access, clock, db
from webapp.files import FileStore, download_headers


def attachment(uid: str, file_uid: str) -> Response:
    """The file, or NotFound alike for what is not there and what this actor may not see.

    Each hand-out is logged first, in a short transaction of its own (AUD-3): a GET may write nothing but view logs.
    """
    session, actor = db.session(), access.current_actor()
    appeal = queries.visible_appeal(session, actor, uid)
    found = queries.attachment(session, appeal, file_uid)
    store: FileStore = current_app.extensions["zhitongche.files"]
    content = store.read(found.stored_name)
    db.release()
    with db.database().writing() as log:
        append(
            log, at=clock.now(), actor_id=actor.account_id, action="file.view", object_kind="attachment",
            object_id=found.uid, facts={"appeal": appeal.uid},
        )
    return Response(content, headers=download_headers(found.kind, found.display_name))
