"""Evidence (佐证) of an entry: sent by its keepers, judged and kept like any upload, handed out to whoever may read the
entry.
"""

from collections.abc import Sequence
from contextlib import ExitStack

from flask import Response as FileResponse
from flask import current_app, flash, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from models.accounts.unit_tree import unit_by_id
from models.appeals.types import StoredFile
from models.audit.commands import append
from models.errors import Conflict, Refused
from models.supervision import work_error_queries as queries
from models.supervision import work_errors
from webapp import access, clock, db, disk, downloads, keyed
from webapp.files import MOST_BYTES, FileRefused, FileStore, judge, put
from webapp.work_errors.evidence_views import copy_name, has_originals
from webapp.work_errors.forms import EvidenceForm
from webapp.work_errors.page import Failed, explain, show_entry

NO_FILE = "请选择佐证材料的文件"
NO_ROOM = "系统的存储空间不足，暂时不能收文件，请联系系统管理员。"
KEPT = "已收下 {count} 份佐证，责任单位可以看到。"


def hand_out(uid: str, file_uid: str) -> FileResponse:
    """The file, or NotFound alike for what is not there and what this actor may not see. Each is logged first."""
    session, actor = db.session(), access.current_actor()
    error = queries.visible(session, actor, uid)
    found = queries.file(session, error, file_uid)
    is_original = has_originals(actor, unit_by_id(session, error.unit_id))
    db.release()
    content, headers = downloads.original(found) if is_original else downloads.copy(found, copy_name(found))
    facts = {"work_error": uid} | ({"original": True} if is_original else {})
    with db.database().writing() as log:
        append(
            log, at=clock.now(), actor_id=actor.account_id, action="file.view", object_kind="work_error_file",
            object_id=file_uid, facts=facts,
        )
    return FileResponse(content, headers=headers)


# ---------------------------------------------------------------- sending some


def add(uid: str) -> Response:
    """Files are judged and lie on the disk before a row names them; what does not come about leaves no file. The rows
    have a transaction of their own: the files are given up only where nothing but its COMMIT can fail (DUR-1).
    """
    form, actor = EvidenceForm(), access.current_actor()
    sent = [one for one in request.files.getlist("evidence") if one.filename]
    queries.visible(db.session(), actor, uid)
    db.release()
    with ExitStack() as cleaning:
        kept, problems = _kept(sent, cleaning)
        if problems or not form.validate_on_submit():
            form.evidence.errors = problems
            return show_entry(uid, Failed("add_files", keyed.renewed(form)), 422)
        try:
            return _keep(uid, form, kept, cleaning)
        except (Refused, Conflict) as error:
            access.record_denied(actor, f"{request.endpoint}:{error.code}", uid)
            explain(form, error)
            return show_entry(uid, Failed("add_files", form), 422)


def _keep(uid: str, form: EvidenceForm, kept: Sequence[StoredFile], cleaning: ExitStack) -> Response:
    actor, subject = access.current_actor(), f"work_error.files:{uid}"
    with db.database().writing() as session:
        error = queries.visible(session, actor, uid, lock=True)
        if keyed.is_repeat(session, actor, form, subject):
            flash(keyed.REPEATED, "info")
            return redirect(url_for("work_errors.show", uid=uid), code=303)
        unit, act = unit_by_id(session, error.unit_id), work_errors.Act(actor, clock.now())
        for file in kept:
            work_errors.add_file(session, error, unit, file, act)
        keyed.burn(session, actor, form, subject)
        session.flush()
        cleaning.pop_all()
    flash(KEPT.format(count=len(kept)), "success")
    return redirect(url_for("work_errors.show", uid=uid), code=303)


def _kept(sent: Sequence[FileStorage], cleaning: ExitStack) -> tuple[list[StoredFile], list[str]]:
    """More than an entry may hold are not even looked at: the command refuses them."""
    store: FileStore = current_app.extensions["zhitongche.files"]
    kept: list[StoredFile] = []
    if not sent or not disk.takes_files():
        return kept, [NO_ROOM if sent else NO_FILE]
    problems: list[str] = []
    for one in sent[: work_errors.MOST_FILES + 1]:
        data = one.stream.read(MOST_BYTES + 1)
        try:
            kept.append(put(data, judge(data, one.filename or ""), store, cleaning))
        except FileRefused as refused:
            problems.append(refused.message_zh)
    return kept, problems
