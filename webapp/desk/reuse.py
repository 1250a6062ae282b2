"""Earlier replies of the unit beside a demand, and their text put into the form: appended, never over what is typed."""

from typing import Any

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import Field, Form

from models.appeals.queries import visible_appeal
from models.errors import NotFound
from models.handling import reuse
from models.handling.reuse import Block
from models.handling.types import Action
from webapp import access, db
from webapp.desk.acts import ACTS
from webapp.desk.editor import editor_context
from webapp.desk.forms import MOST_DEMANDS, ReplyForm
from webapp.forms import row_id
from webapp.htmx import render, wants_part

KINDS = {"reply": Action.PROPOSE_REPLY, "preliminary": Action.PROPOSE_PRELIMINARY}
ADDED = "已加入 {number} 的答复，还没有保存。请改成这一件的事实，不相干的删掉。"


def offered(uid: str) -> Response:
    """The earlier replies beside one demand, as a part; an address opened by itself leads to the editor."""
    actor, session = access.current_actor(), db.session()
    appeal = visible_appeal(session, actor, uid)
    if not wants_part():
        return redirect(url_for(ACTS[KINDS[_kind()]].page, uid=uid), code=303)
    return render(
        "desk/_reuse.html", appeal=appeal, position=_position(request.args.get("entry", "")), kind=_kind(),
        earlier=reuse.earlier(session, actor, appeal),
    )


def used(uid: str) -> Response:
    """The editor as it was typed: with the earlier replies open beside one demand, or with one of them taken in."""
    actor, session = access.current_actor(), db.session()
    appeal = visible_appeal(session, actor, uid)
    action = KINDS[_kind()]
    form = ACTS[action].form()
    assert isinstance(form, ReplyForm)
    position = _position(request.form.get("look", ""))
    shown: dict[str, Any] = {}
    if request.form.get("use"):
        position, number = _take(uid, form, request.form["use"])
        shown = {"reused": position, "reused_text": ADDED.format(number=number)}
    elif position >= 0:
        shown = {"reuse_open": position, "earlier": reuse.earlier(session, actor, appeal)}
    return render("desk/reply.html", **editor_context(session, actor, appeal, action, failed=form), **shown)


def _kind() -> str:
    kind = request.args.get("kind", "reply")
    return kind if kind in KINDS else "reply"


def _position(text: str) -> int:
    """Which demand of the form; -1 for none of them."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and int(text) < MOST_DEMANDS else -1


def _take(uid: str, form: ReplyForm, wanted: str) -> tuple[int, str]:
    """Puts "demand:reply:demand" of the button into the form. Returns where, and whose reply it was."""
    parts = wanted.split(":")
    if len(parts) != 3:
        abort(404)
    actor, session = access.current_actor(), db.session()
    position = _position(parts[0])
    if not 0 <= position < len(form.entries):
        raise NotFound("no_such_reply")
    found = reuse.block(session, actor, visible_appeal(session, actor, uid), row_id(parts[1]), row_id(parts[2]))
    put(form.entries[position].form, found)
    return position, found.number


def put(entry: Form, block: Block) -> None:
    """The block's words below what is typed already; the outcome only where none is chosen."""
    if not entry["outcome"].data and block.outcome is not None:
        entry["outcome"].data = block.outcome.value
    for name, text in (("facts", block.facts), ("basis", block.basis), ("actions", block.actions)):
        _append(entry[name], text)


def _append(field: Field, text: str) -> None:
    typed = (field.data or "").rstrip()
    if text.strip() and text.strip() not in typed:
        field.data = f"{typed}\n{text.strip()}" if typed else text.strip()
