"""What people of an enterprise do among themselves: invite, take an invitation back, remove a colleague, leave."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, session, url_for
from flask_login import logout_user
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.appeals import enterprise_queries, enterprises
from models.appeals.enterprise_queries import Membership
from models.appeals.receipt import grouped
from models.appeals.text import canonical_phone
from webapp import access, clock, db
from webapp.acts import in_summary
from webapp.filing_form import make_showable
from webapp.filters import cn_datetime
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.intake import config
from webapp.keyed import KeyedAct, perform
from webapp.letterhead import OFFICE
from webapp.public.enterprise_entry import pepper
from webapp.public.enterprise_forms import ContactForm, LeaveForm
from webapp.public.member import vault

SHOWN_ONCE = "这一步已经办理，没有重复提交。邀请码只显示一次；没有记下的，请收回以后重新生成。"
REMOVED = "已移出。这位同事的登录已经退出，不能再看到本企业的诉求。"
LEFT = "您已退出企业账号，您的姓名和电话已经删除。诉求还可以凭受理编号和查询码查进度。"


@dataclass(frozen=True)
class InvitationView:
    uid: str
    by: str
    made_text: str
    until_text: str


def show_people(
    *, act: ActForm | None = None, contact: ContactForm | None = None, leave: LeaveForm | None = None, status: int = 200
) -> Response:
    """Colleagues and open invitations, with the acts beside them."""
    opened, now = db.session(), clock.now()
    member = enterprise_queries.own_membership(opened, access.current_actor())
    people = enterprise_queries.colleagues(opened, vault(), member)
    names = {one.account_id: one.name for one in people}
    invitations = [
        InvitationView(one.uid, names.get(one.created_by_id, ""), cn_datetime(one.created_at),
                       cn_datetime(one.expires_at))
        for one in enterprise_queries.open_invitations(opened, member, now)
    ]
    return render(
        "public/enterprise_people.html", status=status, people=people, invitations=invitations,
        own_uid=member.account_uid, act=act or ActForm(formdata=None), leave=leave or LeaveForm(formdata=None),
        contact=contact or _contact(opened, member), is_last=len(people) == 1,
    )


def _contact(opened: Session, member: Membership) -> ContactForm:
    who = enterprise_queries.own_contact(opened, vault(), member)
    form = ContactForm(formdata=None)
    form.contact_name.data, form.phone.data = who.name, who.phone
    return form


def _people_url() -> str:
    return url_for("public.enterprise_people")


def _act(subject: str, form: ActForm, do: Callable[[Session, Membership], None], said: str) -> Response:
    def run(opened: Session, actor: Actor) -> Response:
        do(opened, enterprise_queries.own_membership(opened, actor, lock=True))
        flash(said, "success")
        return redirect(_people_url(), 303)

    act = KeyedAct(subject, _people_url)
    return perform(act, form, run=run, show=lambda failed, status: show_people(act=failed, status=status),
                   explain=in_summary)


def invite() -> Response:
    """The code is shown in the answer itself and kept nowhere: it is seen once."""

    def run(opened: Session, actor: Actor) -> Response:
        member = enterprise_queries.own_membership(opened, actor, lock=True)
        now = clock.now()
        code = enterprises.invite(opened, pepper(), member, now=now)
        return render(
            "public/enterprise_invitation.html", code=grouped(code), office=OFFICE,
            until_text=cn_datetime(now + enterprise_queries.INVITATION_LIFE),
            join_url=config().public_base_url + url_for("public.join_enterprise"),
        )

    act = KeyedAct("enterprise.invite", _people_url, SHOWN_ONCE)
    return perform(act, ActForm(), run=run, show=lambda failed, status: show_people(act=failed, status=status),
                   explain=in_summary)


def revoke(uid: str) -> Response:
    def do(opened: Session, member: Membership) -> None:
        enterprises.revoke(opened, member, uid, now=clock.now())

    return _act(f"enterprise.revoke:{uid}", ActForm(), do, "邀请已收回，那个邀请码不能再用。")


def remove(uid: str) -> Response:
    def do(opened: Session, member: Membership) -> None:
        enterprises.remove(opened, member, uid, now=clock.now())

    return _act(f"enterprise.remove:{uid}", ActForm(), do, REMOVED)


def change_contact() -> Response:
    form = ContactForm()
    make_showable(form)

    def run(opened: Session, actor: Actor) -> Response:
        member = enterprise_queries.own_membership(opened, actor, lock=True)
        enterprises.change_contact(
            opened, vault(), member, name=form.contact_name.data or "", phone=canonical_phone(form.phone.data or ""),
            now=clock.now(),
        )
        flash("您的联系方式已更新。以前提交的诉求里填的联系方式不变。", "success")
        return redirect(_people_url(), 303)

    act = KeyedAct("enterprise.contact", _people_url)
    return perform(act, form, run=run, show=lambda failed, status: show_people(contact=form, status=status),
                   explain=in_summary)


def leave() -> Response:
    form = LeaveForm()

    def run(opened: Session, actor: Actor) -> Response:
        enterprises.leave(opened, enterprise_queries.own_membership(opened, actor, lock=True), now=clock.now())
        return redirect(url_for("public.home"), 303)

    act = KeyedAct("enterprise.leave", lambda: url_for("public.home"))
    answer = perform(act, form, run=run, show=lambda failed, status: show_people(leave=form, status=status),
                     explain=in_summary)
    if answer.status_code == 303:
        logout_user()
        session.clear()
        flash(LEFT, "success")
    return answer
