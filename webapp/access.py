"""Who may enter a view. Every view declares its access or the application does not start (ACC-1)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from models.accounts.rules import Permission, permits
from models.accounts.types import PUBLIC, Actor
from models.audit.commands import append
from models.errors import NotFound
from models.handling.assistance_rules import roles_of
from models.handling.types import Action
from webapp import clock, db, kept_forms

UID = re.compile("[0-9a-f]{32}")
"""The shape of every public id. What is none never reaches a query: PostgreSQL fails on a NUL in a text."""
PASSWORD_PAGES = frozenset({"accounts.password", "accounts.logout"})
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """`is_public`: anybody. Otherwise signed in, and with the permission or a role of the act, if one is named."""

    is_public: bool = False
    permission: Permission | None = None
    action: Action | None = None

    def allows(self, actor: Actor) -> bool:
        if self.is_public:
            return True
        if actor.account_id is None:
            return False
        if self.action is not None:
            return bool(actor.roles & roles_of(self.action))
        return self.permission is None or permits(actor.roles, self.permission)


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


public = _declare(Access(is_public=True))
signed_in = _declare(Access())


def requires(what: Permission | Action) -> Callable[[View], View]:
    """A permission of the table in `models.accounts.rules`, or an act of the workflow table."""
    if isinstance(what, Permission):
        return _declare(Access(permission=what))
    return _declare(Access(action=what))


def current_actor() -> Actor:
    """Whoever is signed in on this request, or the public."""
    if "actor" not in g:
        g.actor = current_user.actor if current_user.is_authenticated else PUBLIC
    return g.actor


def init_app(app: Flask) -> None:
    app.before_request(_check)
    app.before_request(_check_ids)


def require_declared(app: Flask) -> None:
    """Refuses to start when a view says nothing about who may enter."""
    silent = [
        name for name, view in app.view_functions.items() if not isinstance(getattr(view, "access", None), Access)
    ]
    if silent:
        raise RuntimeError(f"views without declared access: {', '.join(sorted(silent))}")


def _check() -> BaseResponse | None:
    if request.endpoint is None:
        return None
    view = access_of(request.endpoint)
    if view.is_public:
        return None
    actor = current_actor()
    if actor.account_id is not None and current_user.must_change_password and request.endpoint not in PASSWORD_PAGES:
        flash("这是一次性密码，请先改成您自己的密码。", "info")
        return redirect(url_for("accounts.password"), code=303)
    if view.allows(actor):
        return None
    if actor.account_id is None:
        return _to_login()
    record_denied(actor, request.endpoint, asked_id())
    return abort(403)


def _check_ids() -> None:
    """An id of another shape names nothing, in the same words and with the same trace as one that nothing has (ACC-3).
    Not a converter of the address: that would answer before it is known who asks, and leave no trace.
    """
    arguments = request.view_args or {}
    if any(name.endswith("uid") and not UID.fullmatch(value) for name, value in arguments.items()):
        raise NotFound("no_such_id")


def asked_uid(name: str) -> str:
    """The public id that the query names so; "" for anything else."""
    text = request.args.get(name, "")
    return text if UID.fullmatch(text) else ""


def picked_uids(name: str) -> list[str]:
    """The public ids that a form names so, each once and in its order. What is no id is no choice."""
    return [uid for uid in dict.fromkeys(request.form.getlist(name)) if UID.fullmatch(uid)]


def access_of(endpoint: str) -> Access:
    declared: Access = vars(current_app.view_functions[endpoint])["access"]
    return declared


def _to_login() -> BaseResponse:
    """Back to the page asked for after signing in; to the form's page when it was a POST, with what was typed."""
    accepted = request.accept_mimetypes
    if accepted and not accepted.accept_html:  # a client that names nothing takes anything
        abort(401)
    if request.method == "GET":
        flash("请先登录。", "info")
        return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), code=303)
    is_kept = kept_forms.keep()
    login = url_for("accounts.login", next=kept_forms.page_of_the_form() or None)
    if is_kept is False:
        abort(401)  # whose it was is not known: the page shows what was typed
    if kept_forms.is_background():
        return make_response(render_template("errors/_signed_out.html", login_url=login), 401)
    flash(kept_forms.KEPT if is_kept else "请先登录。", "info")
    return redirect(login, code=303)


def asked_id() -> str:
    """The public id that the address names. Anything else people write there stays out of the log (AUD-3)."""
    uid = str((request.view_args or {}).get("uid", ""))
    return uid if UID.fullmatch(uid) else ""


def record_denied(actor: Actor, what: str, object_id: str = "") -> None:
    """A refusal stays in the log although its request writes nothing else (AUD-4): a short transaction of its own."""
    db.release()
    with db.database().writing() as session:
        append(
            session,
            at=clock.now(),
            actor_id=actor.account_id,
            action="denied",
            object_kind="view",
            object_id=object_id,
            facts={"view": what},
        )
