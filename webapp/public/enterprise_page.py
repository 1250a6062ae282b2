"""The enterprise's own pages: all its appeals in one list, and each of them as the follow-up page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, make_response, redirect, request, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.accounts.queries import unit_names
from models.accounts.types import PUBLIC, Actor
from models.appeals import enterprise_queries, enterprises
from models.appeals.enterprise_queries import Membership
from models.appeals.queries import visible_appeal
from models.appeals.tables import Appeal
from models.appeals.types import ENDED_STATES, State
from models.appeals.vault import Identity
from models.errors import NotFound
from models.followup.types import RatingChannel
from models.handling import enterprise_list
from models.handling import queries as handling
from models.handling.enterprise_list import ListedAppeal
from models.ratings.queries import open_to_enterprise
from models.workdays.rules import local_day
from webapp import access, clock, db, presenting
from webapp.acts import in_summary
from webapp.calendar import calendar_for
from webapp.filters import cn_date
from webapp.forms import ActForm
from webapp.htmx import render
from webapp.keyed import KeyedAct, perform
from webapp.paging import paginate
from webapp.presenting import MilestoneView
from webapp.public import dialogue, following, memory, presenters
from webapp.public.doors import Door
from webapp.public.member import vault
from webapp.slip_print import Audience, print_headers, slip_pdf

ROWS = 20
MOST_WORDS = 40
TABS = {"all": "全部", "question": "等您回答", "open": "办理中", "replied": "已答复"}
LIST_SENTENCES = {State.DECLINED: "不予受理，理由和办理渠道已告知", State.REPLIED: "已经答复"}
"""Where the follow-up page's sentence points to something below it."""
GONE_COLLEAGUE = "已退出的同事"
ADDED = "已加进企业账号，本企业有账号的同事现在都能看到。"


@dataclass(frozen=True)
class Tab:
    label: str
    count: int
    url: str
    is_current: bool
    tone: str = ""


@dataclass(frozen=True)
class AppealRow:
    """One appeal on the enterprise's list. `promise` is the next promised date, None when none is running."""

    url: str
    number: str
    title: str
    sentence: str
    promise: MilestoneView | None
    no_promise: str
    filed_text: str
    filed_iso: str
    by: str
    is_asked: bool
    is_new_reply: bool


def show_list() -> Response:
    session, actor = db.session(), access.current_actor()
    member = enterprise_queries.membership(session, actor)
    if member is None:
        return render("public/enterprise_none.html")
    tab, words = _asked()
    address = {name: value for name, value in (("show", tab), ("q", words)) if value and value != "all"}
    page = paginate(enterprise_list.size(session, actor, tab, words), "public.enterprise", rows=ROWS, **address)
    found = enterprise_list.rows(session, actor, member, tab, words, limit=ROWS, offset=page.offset)
    identity = enterprise_queries.enterprise_identity(session, vault(), member)
    return render(
        "public/enterprise.html", part="public/_enterprise_list.html", words=words, tab=tab, pages=page,
        identity=identity, ratings=_ratings(session, identity),
        tabs=_tabs(session, actor, tab, words), rows=_rows(session, member, found), has_filter=bool(address),
    )


def _ratings(session: Session, identity: Identity) -> list[tuple[str, str]]:
    """Ratings under way to which this enterprise is invited: what it is called and its last day. Not the code, and not
    whether it has voted: colleagues share this page.
    """
    rows = open_to_enterprise(session, vault().index(identity.credit_code), clock.today())
    return [(row.title, cn_date(row.closes_on)) for row in rows]


def _asked() -> tuple[str, str]:
    """Tab and words of the address; anything unknown narrows to nothing in particular."""
    tab = request.args.get("show", "")
    words = "".join(one for one in request.args.get("q", "") if one.isprintable()).strip()[:MOST_WORDS]
    return tab if tab in TABS else "all", words


def _tabs(session: Session, actor: Actor, current: str, words: str) -> list[Tab]:
    counts = handling.counts(session, actor, dict(enterprise_list.CONDITIONS))

    def url(name: str) -> str:
        return url_for("public.enterprise", q=words or None, show=None if name == "all" else name)

    tones = {"question": "soon"}
    return [
        Tab(label, counts[name], url(name), name == current, tones.get(name, "")) for name, label in TABS.items()
    ]


def _rows(session: Session, member: Membership, found: Sequence[ListedAppeal]) -> list[AppealRow]:
    units, calendar, today = unit_names(session), calendar_for(session), clock.today()
    promised = handling.milestones_of(session, [one.appeal for one in found if one.appeal.state not in ENDED_STATES])
    people = {one.account_id: one.name for one in enterprise_queries.colleagues(session, vault(), member)}

    def promise(appeal: Appeal) -> MilestoneView | None:
        ahead = following.public_milestones(promised.get(appeal.id or 0, ()))
        views = presenting.milestone_views(ahead, today, calendar)
        return next((one for one in views if one.is_current), None)

    return [_row(one, units.get(one.appeal.lead_unit_id or 0, ""), people, promise(one.appeal)) for one in found]


def _row(one: ListedAppeal, unit: str, people: dict[int, str], promise: MilestoneView | None) -> AppealRow:
    appeal = one.appeal
    return AppealRow(
        url=url_for("public.enterprise_appeal", uid=appeal.uid),
        number=appeal.number,
        title=appeal.title,
        sentence=LIST_SENTENCES.get(appeal.state) or presenters.state_sentence(appeal, unit),
        promise=promise,
        no_promise="计时已结束" if appeal.state in ENDED_STATES else "交办以后起算",
        filed_text=cn_date(local_day(appeal.filed_at)),
        filed_iso=appeal.filed_at.isoformat(),
        by=people.get(one.account_id, GONE_COLLEAGUE),
        is_asked=appeal.has_question and appeal.state not in ENDED_STATES,
        is_new_reply=one.is_new_reply,
    )


# ---------------------------------------------------------------- one appeal


def door(uid: str) -> Door:
    """The account's way to the follow-up page of this appeal."""

    def find(session: Session, is_locked: bool) -> Appeal:
        return visible_appeal(session, access.current_actor(), uid, lock=is_locked)

    def trace(session: Session, appeal: Appeal, what: str) -> None:
        member = enterprise_queries.own_membership(session, access.current_actor())
        enterprises.trace_act(session, member, appeal, what, clock.now())

    return Door(
        find=find,
        page=url_for("public.enterprise_appeal", uid=uid),
        answer=url_for("public.enterprise_answer", uid=uid),
        withdraw=url_for("public.enterprise_withdraw", uid=uid),
        rate=url_for("public.enterprise_rate", uid=uid),
        rating_link=url_for("public.enterprise_rating_link", uid=uid),
        slip=lambda slip_uid: url_for("public.enterprise_print", uid=uid, slip_uid=slip_uid),
        channel=RatingChannel.ENTERPRISE,
        trace=trace,
        is_account=True,
    )


def show_appeal(uid: str) -> Response:
    session, actor = db.session(), access.current_actor()
    appeal = visible_appeal(session, actor, uid)
    answer = dialogue.show(session, appeal, door=door(uid))
    _note_look(session, actor, appeal)
    return answer


def _note_look(session: Session, actor: Actor, appeal: Appeal) -> None:
    """A reply that is on the page is new no more: a view log in a short transaction of its own (WEB-4)."""
    member = enterprise_queries.own_membership(session, actor)
    listed = enterprise_queries.listed(session, member, appeal)
    replied_at = enterprise_list.last_reply_at(session, appeal)
    if listed is None or not enterprise_list.is_new(replied_at, listed.seen_at):
        return
    db.release()
    with db.database().writing() as writing:
        enterprises.note_look(writing, member, appeal.id or 0, clock.now())


def slip(uid: str, slip_uid: str) -> Response:
    with db.database().reading() as session:
        appeal = visible_appeal(session, access.current_actor(), uid)
        found = following.own_slip(session, appeal, slip_uid)
    response = make_response(slip_pdf(found, PUBLIC, Audience.APPELLANT))
    response.headers.update(print_headers(found, disposition="attachment"))
    return response


def add(uid: str) -> Response:
    """Puts the appeal that this browser has opened by number and code on the list: what was filed without the account
    comes to it by no other way.
    """
    form = ActForm()

    def run(session: Session, actor: Actor) -> Response:
        appeal = following.remembered(session, memory.tracked(clock.now()))
        if appeal is None or appeal.uid != uid:
            raise NotFound("no_such_appeal")
        member = enterprise_queries.own_membership(session, actor, lock=True)
        enterprises.link(session, member, appeal, how="add", now=clock.now())
        memory.forget_tracked()
        flash(ADDED, "success")
        return redirect(url_for("public.enterprise_appeal", uid=uid), 303)

    def show(failed: ActForm, status: int) -> Response:
        flash("页面已失效，请重新填写受理编号和查询码。", "info")
        return redirect(url_for("public.track"), 303)

    act = KeyedAct(f"enterprise.add:{uid}", lambda: url_for("public.enterprise_appeal", uid=uid), ADDED)
    return perform(act, form, run=run, show=show, explain=in_summary)

