"""The list of invitees with search, and taking somebody off a draft. Who has answered stands nowhere beside a name."""

from dataclasses import dataclass
from typing import Final

from flask import flash, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.types import Actor
from models.appeals.text import search_key
from models.notices.types import MailState
from models.ratings import invitations, mails, queries
from models.ratings.tables import RatingInvitation, RatingMail
from models.ratings.types import GROUP_LABELS, CampaignState, Group, Invitee
from webapp import db, keyed
from webapp.forms import ActForm, looked_for
from webapp.htmx import render
from webapp.paging import ROWS, paginate
from webapp.rating_acts import can_mail, vault
from webapp.ratings.planning import act_of
from webapp.ratings.telling import explainer

MOST_WORDS: Final = 40
MAIL_LABELS = {MailState.WAITING: "待发邮件", MailState.SENT: "已发邮件", MailState.FAILED: "邮件未发出"}
explain = explainer({})


@dataclass(frozen=True)
class InvitedRow:
    """Somebody on the list. `state` says whether they have a letter, never whether they have answered."""

    uid: str
    name: str
    group: str
    credit_code: str
    where: str
    contact: str
    state: str
    has_code: bool
    may_reletter: bool


def show_list(uid: str, status: int = 200, errors: list[str] | None = None) -> Response:
    session = db.session()
    row = queries.campaign_row(session, uid)
    found, sent = queries.invitations(session, vault(), row), mails.of_invitations(session, row)
    group, words = _asked()
    fitting = [one for one in found if _fits(one, group, words)]
    group_name = group.value if group else None
    page = paginate(len(fitting), "ratings.invitations", uid=uid, group=group_name, q=words or None)
    shown = fitting[page.offset : page.offset + ROWS]
    is_open = row.state is CampaignState.OPEN
    return render(
        "ratings/invitations.html", status=status, row=row, pages=page, words=words, group=group, errors=errors or [],
        rows=[_row(one, sent.get(one[0].id or 0), is_open) for one in shown], tabs=_tabs(uid, found, group, words),
        is_open=is_open, is_draft=row.state is CampaignState.DRAFT, form=ActForm(formdata=None), can_mail=can_mail(),
        waiting=_waiting(found), mails=mails.counts(session, row),
    )


def _asked() -> tuple[Group | None, str]:
    group = next((one for one in Group if one.value == request.args.get("group", "")), None)
    return group, looked_for(request.args.get("q", ""), MOST_WORDS)


def _fits(one: tuple[RatingInvitation, Invitee], group: Group | None, words: str) -> bool:
    if group is not None and one[0].invited_group is not group:
        return False
    invitee = one[1]
    said = " ".join((invitee.name, invitee.credit_code, invitee.address, invitee.contact, invitee.phone, invitee.mail))
    return search_key(words) in search_key(said)


@dataclass(frozen=True)
class Tab:
    label: str
    count: int
    url: str
    is_current: bool
    tone: str = ""


def _tabs(uid: str, found: list[tuple[RatingInvitation, Invitee]], group: Group | None, words: str) -> list[Tab]:
    fitting = [one[0].invited_group for one in found if _fits(one, None, words)]

    def url(wanted: Group | None) -> str:
        return url_for("ratings.invitations", uid=uid, group=wanted.value if wanted else None, q=words or None)

    groups = [Tab(label, fitting.count(one), url(one), one is group) for one, label in GROUP_LABELS.items()]
    return [Tab("全部", len(fitting), url(None), group is None), *groups]


def _waiting(found: list[tuple[RatingInvitation, Invitee]]) -> dict[str, int]:
    """Invitees without a code: those that have a mail address, and those that a letter must reach."""
    without = [invitee for invited, invitee in found if invited.code_hash is None]
    mailed = sum(bool(one.mail) for one in without)
    return {"mail": mailed, "letter": len(without) - mailed, "all": len(without)}


def _row(one: tuple[RatingInvitation, Invitee], mail: RatingMail | None, is_open: bool) -> InvitedRow:
    invited, invitee = one
    has_code = invited.code_hash is not None
    state = "已制信" if has_code else "未制信"
    if mail is not None and not invited.letter_job:
        state = MAIL_LABELS[mail.state]
    return InvitedRow(
        invited.uid, invitee.name, GROUP_LABELS[invited.invited_group], invitee.credit_code,
        invitee.address or invitee.mail, " ".join(filter(None, (invitee.contact, invitee.phone))), state, has_code,
        may_reletter=has_code and is_open,
    )


def remove(uid: str, invitation_uid: str) -> Response:
    row = queries.campaign_row(db.session(), uid, lock=True)

    def run(session: Session, actor: Actor) -> Response:
        invited = queries.invitation(session, row, invitation_uid, lock=True)
        invitations.remove(session, row, invited, act_of(actor))
        flash("已从名单中删去。", "success")
        return redirect(url_for("ratings.invitations", uid=uid), code=303)

    act = keyed.KeyedAct(f"rating.uninvite:{invitation_uid}", lambda: url_for("ratings.invitations", uid=uid))
    return keyed.perform(
        act, ActForm(), run=run, explain=explain,
        show=lambda failed, status: show_list(uid, status, [str(one) for one in failed.form_errors]),
    )
