"""`flask users …`: accounts by the command line."""

import click
from flask.cli import AppGroup
from sqlmodel import Session

from models.accounts import commands, queries
from models.accounts.passwords import one_time_password
from models.accounts.rules import refused_roles
from models.accounts.tables import Unit
from models.accounts.types import ROLE_LABELS, UNIT_ROLES, Role
from models.appeals.text import clean_name
from models.audit.commands import append
from models.errors import Refused
from webapp import clock, db
from webapp.cli.refusals import BadArgument
from webapp.messages import message

users_cli = AppGroup("users", help="Accounts.")


@users_cli.command("create")
@click.option("--role", "role_names", multiple=True, required=True, help=f"one or more of: {', '.join(Role)}")
@click.option("--username", required=True)
@click.option("--display-name", default="")
@click.option("--unit", "unit_name", default="", help="short name of the unit")
def create(role_names: tuple[str, ...], username: str, display_name: str, unit_name: str) -> None:
    """Create an account and print its one-time password (valid 24 hours, changed at first use)."""
    roles = [_role(name) for name in role_names]
    if refused_roles(frozenset(roles), has_unit=True) == "administrator_stands_alone":
        raise BadArgument(message("administrator_stands_alone"))
    password = one_time_password()
    with db.database().writing() as session:
        unit = _unit(session, unit_name, roles)
        name = _free_username(session, username)
        shown = display_name or name
        account = commands.create_account(session, name, shown, password, roles, now=clock.now(), unit=unit)
        facts = {"roles": [role.value for role in roles], "unit_id": account.unit_id}
        append(
            session,
            at=clock.now(),
            actor_id=None,
            action="account.create",
            object_kind="account",
            object_id=account.uid,
            facts=facts,
        )
    click.echo(f"用户名 {name}（{'、'.join(ROLE_LABELS[role] for role in roles)}），一次性密码24小时内有效：", err=True)
    click.echo(password)


def _role(name: str) -> Role:
    if name not in set(Role):
        raise BadArgument(f"没有“{name}”这个角色，可用：{'、'.join(Role)}")
    return Role(name)


def _unit(session: Session, name: str, roles: list[Role]) -> Unit | None:
    if not name:
        if UNIT_ROLES & set(roles):
            raise BadArgument("经办人、单位负责人必须用 --unit 指明所属单位")
        return None
    unit = queries.unit_by_name(session, name)
    if unit is None:
        raise BadArgument(f"没有名为“{name}”的单位，请用单位简称，例如 市监局")
    return unit


def _free_username(session: Session, username: str) -> str:
    try:
        name = clean_name(username)
    except Refused as refused:
        raise BadArgument(message(refused.code)) from refused
    if not name or len(name) > 40 or queries.account_by_username(session, name) is not None:
        raise BadArgument(f"用户名“{username}”不能用：为空、超过40个字或已有人使用")
    return name
