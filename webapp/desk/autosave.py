"""The draft saves itself while somebody types: a small answer for the line below the form, never a page.

What cannot be saved is said there and stays on the page; the row version in the form moves only with a save, so that
a draft changed in another window meets the conflict page and nothing is overwritten (CON-1).
"""

from flask import make_response, render_template
from werkzeug.wrappers import Response

from models.appeals.queries import visible_appeal
from models.errors import Conflict, Refused
from models.handling import replies
from models.handling.commands import Act
from models.handling.types import Action
from models.workdays.rules import SHANGHAI
from webapp import access, clock, db
from webapp.calendar import current_calendar
from webapp.desk.acts import SAVES, draft_of
from webapp.desk.forms import ReplyForm
from webapp.messages import message

UNSOUND = "有内容太长，或者日期不完整。请点“保存草稿”，页面会指出是哪一处。"
NEWER = "这份草稿刚在别处改过（同事，或者您的另一个窗口）。您写的内容还在本页，请点“保存草稿”，对照两份内容再决定。"


def autosaved(uid: str, action: Action) -> Response:
    """200 with the time, 422 or 409 with what is in the way."""
    session, actor = db.session(), access.current_actor()
    form = SAVES[action].form()
    assert isinstance(form, ReplyForm)
    appeal = visible_appeal(session, actor, uid, lock=True)
    if not form.validate_on_submit():
        return _line(form.draft_version.data, problem=UNSOUND, status=422)
    act = Act(actor, clock.now(), current_calendar(), expected_version=form.expected_version)
    try:
        saved = replies.save_draft(session, appeal, draft_of(form), act)
    except Conflict:
        return _line(form.draft_version.data, problem=NEWER, status=409)
    except Refused as refused:
        access.record_denied(actor, f"desk.autosave:{refused.code}", uid)
        return _line(form.draft_version.data, problem=message(refused.code), status=422)
    return _line(str(saved.version), saved_at=f"{act.now.astimezone(SHANGHAI):%H:%M}")


def _line(draft_version: str | None, *, saved_at: str = "", problem: str = "", status: int = 200) -> Response:
    part = render_template(
        "desk/_autosave.html", draft_version=draft_version or "0", saved_at=saved_at, problem=problem
    )
    return make_response(part, status)
