"""Staff accounts: the list, one account, and what is done to it. A one-time password is shown in the answer to the
act itself and kept nowhere, so it is seen once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts import commands, staff, staff_list
from models.accounts.tables import Account
from models.accounts.types import ROLE_LABELS, Actor, Role
from models.accounts.unit_tree import all_units
from webapp import access, clock, db
from webapp.admin.acts import AdminAct, perform, trace
from webapp.admin.forms import AccountFilter, AccountForm, NewAccountForm
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.paging import paginate

SHOWN_ONCE = "这一步已经办理，没有重复提交。一次性密码只显示一次；没有记下的，请打开该账号重新重置。"

MOVED = "已保存。岗位或单位有变化，该账号已退出登录，重新登录后按新岗位使用。"


@dataclass(frozen=True)
class PersonRow:
    url: str
    username: str
    display_name: str
    unit: str
    roles: str
    is_active: bool
    waits_for_first_use: bool
    last_signed_in_at: datetime | None


def _row(found: staff_list.StaffRow, units: dict[int | None, str]) -> PersonRow:
    account = found.account
    return PersonRow(
        url=url_for("admin.account", uid=account.uid),
        username=account.username,
        display_name=account.display_name,
        unit=units.get(account.unit_id, ""),
        roles="、".join(ROLE_LABELS[role] for role in Role if role in found.roles),
        is_active=account.is_active,
        waits_for_first_use=account.must_change_password,
        last_signed_in_at=found.last_signed_in_at,
    )


def show_list(args: Any) -> Response:
    session = db.session()
    units = all_units(session)
    form = AccountFilter(args).offer(units)
    page = paginate(staff_list.staff_count(session, form.asked), "admin.index", **form.address)
    found = staff_list.staff(session, form.asked, limit=50, offset=page.offset)
    names: dict[int | None, str] = {unit.id: unit.short_name for unit in units}
    rows = [_row(one, names) for one in found]
    return render("admin/accounts.html", part="admin/_accounts.html", form=form, rows=rows, pages=page)


def show_new(form: ActForm | None = None, status: int = 200) -> Response:
    shown = form or NewAccountForm(formdata=None).offer(all_units(db.session()))
    return render("admin/new_account.html", form=shown, status=status)


def create() -> Response:
    form = NewAccountForm()
    form.offer(all_units(db.session()))

    def run(session: Session, actor: Actor) -> Response:
        made, password = staff.create_staff(session, form.username.data or "", form.details, now=clock.now())
        trace(session, actor, "account.create", "account", made.uid, form.details.facts)
        return _password_page(made, password, "账号已建立")

    act = AdminAct("account.create", lambda: url_for("admin.index"), SHOWN_ONCE)
    return perform(act, form, run=run, show=show_new)


def _password_page(account: Account, password: str, title: str, of: "Kind | None" = None) -> Response:
    kind = of or STAFF
    return render(
        "admin/password.html", account=account, password=password, title=title, is_staff=kind is STAFF,
        back=url_for(kind.page, uid=account.uid),
    )


def show(uid: str, form: AccountForm | None = None, failed: ActForm | None = None, status: int = 200) -> Response:
    """The account with its form; `failed` is the act beside it that was refused."""
    session = db.session()
    account = staff.staff_account(session, uid)
    details, units = staff.details_of(session, account), all_units(session)
    shown = form or AccountForm(formdata=None).offer(units, kept=account.unit_id).fill(details, account.version)
    act = ActForm(formdata=None)
    act.version.data = str(account.version)
    return render(
        "admin/account.html", account=account, form=shown, act=act, failed=failed, status=status,
        is_self=account.id == access.current_actor().account_id,
        last_signed_in_at=staff_list.last_sign_in(session, account),
        live=len(staff_list.live_sessions(session, account.id, clock.now())),
    )


@dataclass(frozen=True)
class Kind:
    """Whose accounts an act is for: how one is found, its page, and how that page is shown with a form that failed."""

    find: Callable[..., Account]
    page: str
    show: Callable[[str, ActForm, int], Response]


STAFF = Kind(staff.staff_account, "admin.account", lambda uid, failed, status: show(uid, None, failed, status))


def _act(name: str, uid: str, repeated: str = "", of: Kind = STAFF) -> AdminAct:
    return AdminAct(f"{name}:{uid}", lambda: url_for(of.page, uid=uid), repeated)


def edit(uid: str) -> Response:
    session = db.session()
    kept = staff.staff_account(session, uid, lock=True)
    form = AccountForm()
    form.offer(all_units(session), kept=kept.unit_id)

    def run(session: Session, actor: Actor) -> Response:
        before = staff.details_of(session, kept)
        staff.edit_staff(session, actor, kept, form.details, version=form.expected_version, now=clock.now())
        trace(session, actor, "account.edit", "account", uid, {"before": before.facts, "after": form.details.facts})
        is_moved = (before.roles, before.unit_id) != (form.details.roles, form.details.unit_id)
        flash(MOVED if is_moved else "已保存。", "success")
        return redirect(url_for("admin.account", uid=uid), code=303)

    return perform(_act("account.edit", uid), form, run=run, show=lambda failed, status: show(uid, form, None, status))


def set_active(uid: str, *, is_active: bool, of: Kind = STAFF) -> Response:
    form, name = ActForm(), "account.enable" if is_active else "account.disable"

    def run(session: Session, actor: Actor) -> Response:
        account = of.find(session, uid, lock=True)
        staff.set_active(session, actor, account, is_active, version=form.expected_version, now=clock.now())
        trace(session, actor, name, "account", uid, {})
        flash("账号已恢复使用，原密码仍然有效。" if is_active else "账号已停用，该账号的登录已全部退出。", "success")
        return redirect(url_for(of.page, uid=uid), code=303)

    act = _act(name, uid, of=of)
    return perform(act, form, run=run, show=lambda failed, status: of.show(uid, failed, status))


def reset(uid: str, of: Kind = STAFF) -> Response:
    form = ActForm()

    def run(session: Session, actor: Actor) -> Response:
        account = of.find(session, uid, lock=True)
        password = staff.reset_password(session, actor, account, version=form.expected_version, now=clock.now())
        trace(session, actor, "password.reset", "account", uid, {})
        return _password_page(account, password, "密码已重置", of)

    act = _act("password.reset", uid, SHOWN_ONCE, of)
    return perform(act, form, run=run, show=lambda failed, status: of.show(uid, failed, status))


def sign_out(uid: str, of: Kind = STAFF) -> Response:
    """Ends the account's sessions; the administrator's own page does that for the administrator."""
    form = ActForm()

    def run(session: Session, actor: Actor) -> Response:
        account = of.find(session, uid, lock=True)
        commands.end_all_sessions(session, account, now=clock.now())
        trace(session, actor, "sessions.end_all", "account", uid, {})
        flash("该账号在所有电脑上的登录已退出。", "success")
        return redirect(url_for(of.page, uid=uid), code=303)

    act = _act("sessions.end_all", uid, of=of)
    return perform(act, form, run=run, show=lambda failed, status: of.show(uid, failed, status))
