"""Letting somebody in: a new session on the server, and nothing left of who sat at this browser before (SES-1)."""

from flask import session as cookie
from flask_login import current_user, login_user
from sqlmodel import Session

from models.accounts import commands, queries
from models.accounts.tables import Account
from models.accounts.types import Actor
from models.audit.commands import append
from webapp import clock
from webapp.kept_forms import keep_check, own_check
from webapp.pages import SignedInUser
from webapp.refilling import recall


def enter(session: Session, account: Account) -> Actor:
    """Begins a session for the account, whose password was checked or was just set, and gives the browser its token."""
    if current_user.is_authenticated:  # a shared computer: who sat here before is signed out, not only covered over
        commands.end_session(session, current_user.token, now=clock.now())
    check = own_check(session, account.id)
    user = _begin(session, account)
    cookie.clear()
    login_user(user)
    keep_check(check)
    recall(session, account.id)
    return user.actor


def _begin(session: Session, account: Account) -> SignedInUser:
    now = clock.now()
    token = commands.begin_session(session, account, now=now)
    append(session, at=now, actor_id=account.id, action="login", object_kind="account", object_id=account.uid)
    session.flush()
    found = queries.signed_in(session, commands.token_hash(token), now)
    if found is None:
        raise RuntimeError("an account without a role cannot sign in")
    return SignedInUser(token, found)
