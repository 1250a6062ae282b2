"""Who of an enterprise is signed in on this request, for pages that anybody may open."""

from flask import current_app
from flask_login import current_user
from sqlmodel import Session

from models.appeals import enterprise_queries as queries
from models.appeals.enterprise_queries import Membership
from models.appeals.tables import Appeal
from models.appeals.vault import IdentityVault
from webapp import access


def vault() -> IdentityVault:
    return current_app.extensions["zhitongche.vault"]


def current(session: Session) -> Membership | None:
    """None for everybody else, and while a one-time password waits to be changed (AUT-4)."""
    actor = access.current_actor()
    if not actor.is_enterprise or current_user.must_change_password:
        return None
    return queries.membership(session, actor)


def may_add(session: Session, appeal: Appeal) -> bool:
    """Somebody of an enterprise has the appeal open by number and code, and it is not on the enterprise's list yet."""
    member = current(session)
    return member is not None and queries.listed(session, member, appeal) is None
