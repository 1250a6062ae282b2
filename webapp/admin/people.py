"""Staff accounts: the list, one account, and what is done to it. A one-time password is shown in the answer to the
act itself and kept nowhere, so it is seen once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts import commands, staff, staff_list, substitutes
from models.accounts.substitutes import Standing
from models.accounts.tables import Account
from models.accounts.types import ROLE_LABELS, Actor, Role
from models.accounts.unit_tree import all_units
from webapp import access, clock, db
from webapp.admin.acts import CONFLICT, AdminAct, Done, Place, differences, perform
from webapp.admin.forms import AccountFilter, AccountForm, NewAccountForm
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.paging import paginate
from webapp.standing_in import span_text, trace_both

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


def _create(session: Session, actor: Actor, nobody: None, form: NewAccountForm) -> Done:
    made, password = staff.create_staff(session, form.username.data or "", form.details, now=clock.now())
    page = _password_page(made, password, "账号已建立", url_for("admin.account", uid=made.uid), is_staff=True)
    return Done(facts=form.details.facts, object_id=made.uid, answer=page)


def create() -> Response:
    form = NewAccountForm()
    form.offer(all_units(db.session()))
    return perform(CREATE, NEW, form=form)


def _password_page(account: Account, password: str, title: str, back: str, *, is_staff: bool) -> Response:
    return render(
        "admin/password.html", account=account, password=password, title=title, is_staff=is_staff, back=back
    )


def show(uid: str, failed: ActForm | None = None, status: int = 200) -> Response:
    """The account with its form, or with the one that failed: that of the account itself, or of an act beside it."""
    session = db.session()
    account = staff.staff_account(session, uid)
    details, units = staff.details_of(session, account), all_units(session)
    fresh = AccountForm(formdata=None).offer(units, kept=account.unit_id).fill(details, account.version)
    edited = failed if isinstance(failed, AccountForm) else None
    act = ActForm(formdata=None)
    act.version.data = str(account.version)
    return render(
        "admin/account.html", account=account, form=edited or fresh, act=act, status=status,
        failed=None if edited else failed,
        differences=differences(fresh, edited) if edited and status == CONFLICT else [],
        is_self=account.id == access.current_actor().account_id,
        last_signed_in_at=staff_list.last_sign_in(session, account),
        live=len(staff_list.live_sessions(session, account.id, clock.now())),
        standing=[(one, span_text(one)) for one in substitutes.standing(session, account.id, clock.now())],
    )


def _edit(session: Session, actor: Actor, account: Account, form: AccountForm) -> Done:
    before, standing = staff.details_of(session, account), substitutes.standing(session, account.id, clock.now())
    staff.edit_staff(session, actor, account, form.details, version=form.expected_version, now=clock.now())
    _trace_ended(session, actor, standing)
    is_moved = (before.roles, before.unit_id) != (form.details.roles, form.details.unit_id)
    return Done(MOVED if is_moved else "已保存。", {"before": before.facts, "after": form.details.facts})


def edit(uid: str) -> Response:
    session = db.session()
    kept = staff.staff_account(session, uid, lock=True)
    form = AccountForm()
    form.offer(all_units(session), kept=kept.unit_id)
    return perform(EDIT, STAFF, uid, form)


def _disable(session: Session, actor: Actor, account: Account, form: ActForm) -> Done:
    standing = substitutes.standing(session, account.id, clock.now())
    staff.set_active(session, actor, account, False, version=form.expected_version, now=clock.now())
    _trace_ended(session, actor, standing)
    return Done("账号已停用，该账号的登录已全部退出。")


def _enable(session: Session, actor: Actor, account: Account, form: ActForm) -> Done:
    staff.set_active(session, actor, account, True, version=form.expected_version, now=clock.now())
    return Done("账号已恢复使用，原密码仍然有效。")


def _reset(session: Session, actor: Actor, account: Account, form: ActForm) -> Done:
    password = staff.reset_password(session, actor, account, version=form.expected_version, now=clock.now())
    is_staff = request.endpoint == "admin.reset_password"
    back = url_for("admin.account" if is_staff else "admin.enterprise_account", uid=account.uid)
    return Done(answer=_password_page(account, password, "密码已重置", back, is_staff=is_staff))


def _end_substitutions(session: Session, actor: Actor, account: Account, form: ActForm) -> Done:
    _trace_ended(session, actor, substitutes.end_all(session, account.id, now=clock.now()))
    return Done("已结束，双方都恢复为各自的岗位。")


def _trace_ended(session: Session, actor: Actor, standing: Sequence[Standing]) -> None:
    for one in standing:
        if one.substitution.ended_at is not None:
            trace_both(session, actor, "substitution.end", one, now=clock.now())


def _sign_out(session: Session, actor: Actor, account: Account, form: ActForm) -> Done:
    """Ends the account's sessions; the administrator's own page does that for the administrator."""
    commands.end_all_sessions(session, account, now=clock.now())
    return Done("该账号在所有电脑上的登录已退出。")


NEW = Place(
    "account", lambda session, uid: None, lambda uid: url_for("admin.index"),
    lambda uid, failed, status: show_new(failed, status),
)
STAFF = Place(
    "account", lambda session, uid: staff.staff_account(session, uid, lock=True),
    lambda uid: url_for("admin.account", uid=uid), show,
)
CREATE = AdminAct("account.create", _create, SHOWN_ONCE)
EDIT = AdminAct("account.edit", _edit)
DISABLE, ENABLE = AdminAct("account.disable", _disable), AdminAct("account.enable", _enable)
RESET = AdminAct("password.reset", _reset, SHOWN_ONCE)
END_SUBSTITUTIONS = AdminAct("substitutions.end_all", _end_substitutions)
SIGN_OUT = AdminAct("sessions.end_all", _sign_out)
