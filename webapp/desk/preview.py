"""How the reply that is being written will look on paper: composed as for print, drawn on the page, never stored.

Composing is arithmetic, milliseconds for an ordinary reply; no PDF is made and no worker of the renderer is taken. One
composition at a time in a process, bounded in text, so that typing in one room slows nobody in another (PDF-2).
"""

from threading import BoundedSemaphore
from typing import Any, Final

from flask import current_app, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.appeals.queries import demands, visible_appeal
from models.appeals.tables import Appeal
from models.handling.commands import Act
from models.handling.replies import DraftEntry
from models.handling.types import Action
from models.slips.commands import preview_draft
from models.slips.types import ReplySlip
from webapp import access, clock, db
from webapp.calendar import current_calendar
from webapp.config import Config
from webapp.desk.acts import ACTS, draft_of
from webapp.desk.editor import editor_context
from webapp.desk.forms import ReplyForm
from webapp.htmx import render, wants_part
from webapp.letterhead import for_slips
from webapp.slip_drawing import draw

MOST_CHARACTERS: Final = 12_000
"""Of all fields together: some twenty pages, a quarter of a second. A longer reply is saved and printed, but not drawn
while typing."""
PATIENCE: Final = 2.0
UNSOUND = "有内容太长，或者日期不完整。点“保存草稿”，页面会指出是哪一处；改好以后再看预览。"
TOO_LONG = "内容很长，预览只画 1.2 万字以内的答复。保存不受影响；排印出来太长的，送签时会提示。"
BUSY = "预览的人较多，请稍后再点“更新预览”。您写的内容不受影响。"
_composing = BoundedSemaphore(1)


def previewed(uid: str) -> Response:
    """The part for a browser that asks for it while somebody types; the whole editor, nothing lost, without script."""
    actor = access.current_actor()
    appeal = visible_appeal(db.session(), actor, uid)
    if request.method == "GET":  # reloaded, or come back to after signing in
        return redirect(url_for(ACTS[Action.PROPOSE_REPLY].page, uid=uid), code=303)
    form = ACTS[Action.PROPOSE_REPLY].form()
    assert isinstance(form, ReplyForm)
    shown = _shown(appeal, form)
    if wants_part():
        return render("desk/_preview.html", appeal=appeal, **shown)
    session = db.session()
    context = editor_context(session, actor, visible_appeal(session, actor, uid), Action.PROPOSE_REPLY, failed=form)
    return render("desk/reply.html", **context, **shown)


def _shown(appeal: Appeal, form: ReplyForm) -> dict[str, Any]:
    """`preview`, or `preview_problem` with what stands in its way. No lock is held while it is composed."""
    sound = form.validate() or not (form.entries.errors or form.form_errors)
    slip = typed_slip(db.session(), appeal, form) if sound else None
    db.release()
    if slip is None:
        return {"preview_problem": UNSOUND}
    if sum(len(one.facts) + len(one.basis) + len(one.actions) for one in slip.demands) > MOST_CHARACTERS:
        return {"preview_problem": TOO_LONG}
    if not _composing.acquire(timeout=PATIENCE):
        return {"preview_problem": BUSY}
    try:
        return {"preview": draw(slip)}
    finally:
        _composing.release()


def typed_slip(session: Session, appeal: Appeal, form: ReplyForm) -> ReplySlip:
    """The slip of this appeal with what is typed; a demand that the form does not name has nothing said to it."""
    config: Config = current_app.extensions["zhitongche.config"]
    typed = {one.demand_id: one for one in draft_of(form).entries}
    ids = [demand.id or 0 for demand in demands(session, appeal)]
    entries = {id_: typed.get(id_, DraftEntry(id_)) for id_ in ids}
    act = Act(access.current_actor(), clock.now(), current_calendar())
    return preview_draft(session, appeal, act, for_slips(config.public_base_url), entries)
