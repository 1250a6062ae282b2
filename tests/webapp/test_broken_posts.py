"""Every POST there is, walked as people walk, each broken behind each of its flushes first: nothing stays (DUR-4).

The acts of the matrix are broken in tests/access/test_broken_acts.py. Whoever adds a POST adds it to a walk here, or to
the matrix as an act; the last test says so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from sqlmodel import col, select

from models.accounts import queries
from models.accounts.commands import create_account
from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals import receipt
from models.appeals.reveals import IdentityReveal
from models.appeals.tables import Appeal
from models.appeals.types import State
from models.handling import supplements
from models.slips.kinds import SlipKind
from models.slips.tables import Slip
from models.slips.wording import DEFAULTS, parts_of
from tests.access.test_broken_acts import ACTS
from tests.conftest import SignIn
from tests.support import actors, hostile
from tests.support import enterprises as people
from tests.support.breaking import BreakingClient, SentAgain, Walk
from tests.support.factories import MORNING, Story
from tests.support.page import PageClient, find_form, hidden_fields, press
from tests.webapp.desk.test_self_registered import MATTER
from tests.webapp.followed import enterprise_rating, follow_up_policy, rating
from tests.webapp.kept_calendar import calendar, calendar_left
from tests.webapp.office.test_bulk import sent as ticked
from tests.webapp.office.test_entry import CALL
from tests.webapp.overseen import policies, rating_results, supervision, work_errors
from tests.webapp.own_things import own_things
from tests.webapp.rated import ratings
from webapp import clock
from webapp.db import Database
from webapp.pdf import PdfRenderer

CODE = "0123456789ABCDEF"
PASSWORD = "芦苇荡里的三只白鹭-2026"
NEW_PASSWORD = PASSWORD + "新"
FILING = {
    "appellant_kind": "person", "appellant_name": "周喆珺", "phone": "13873712345", "kind": "complaint",
    "category": "permit_refused", "title": "食品经营许可变更超过承诺时限未出证", "step": "submit",
    "body": "十月下旬提交食品经营许可变更，窗口告知五个工作日出证，至今未收到任何通知。",
    "demands-0": "请告知何时出证。",
}
PDF = b"%PDF-1.7 a print\n%%EOF\n"
IN_PORTIONS = frozenset({"desk.sign_many", "desk.assign_many", "office.dispatch_many", "slips.batch"})


@dataclass
class World:
    """An application whose every client breaks its own POSTs, and what the walks need to begin."""

    app: Flask
    database: Database
    sign_in: SignIn
    clock: time_machine.Traveller
    walk: Walk

    def stranger(self) -> PageClient:
        made = self.app.test_client()
        assert isinstance(made, PageClient)
        return made

    def account(self, username: str, *roles: Role, unit: str = "") -> Account:
        with self.database.writing() as session:
            found = queries.unit_by_name(session, unit) if unit else None
            return create_account(
                session, username, "周杰", PASSWORD, list(roles), now=MORNING, unit=found, is_one_time=False
            )

    def story(self, state: State, **changes: Any) -> Story:
        """With the receipt code CODE."""
        known = receipt.hash_code(self.app.extensions["zhitongche.config"].receipt_key, CODE)
        with self.database.writing() as session:
            return Story(session, receipt_code_hash=known, **changes).to(state)

    def only_appeal(self) -> str:
        """The public id of the one there is."""
        with self.database.reading() as session:
            return session.exec(select(Appeal.uid)).one()

    def ask(self, story: Story) -> None:
        with self.database.writing() as session:
            told = Story.__new__(Story)
            told.__dict__ |= story.__dict__ | {"session": session}
            appeal = session.merge(story.appeal)
            supplements.ask_appellant(session, appeal, told.act(told.handler), question="请补充受理通知书。")


@pytest.fixture
def world(
    app: Flask, database: Database, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Printing takes no time here: what is kept of a print, not its looks, is what breaks."""
    monkeypatch.setattr(PdfRenderer, "render", lambda *rest, **more: PDF)
    walk, usual = Walk(app, database, IN_PORTIONS), app.test_client_class
    monkeypatch.setattr("webapp.view_log._note", lambda looks: None)  # its own transaction, behind the answer
    app.test_client_class = type("WalkingClient", (BreakingClient,), {"walk": walk})
    with time_machine.travel(MORNING, tick=False) as clock:
        yield World(app, database, sign_in, clock, walk)
    app.test_client_class = usual


def accounts(world: World) -> None:
    world.account("zhoujie", Role.HANDLER, unit="市监局")
    client = world.stranger()
    press(client, "/", "/large-type")
    client.send("/login", {"username": "zhoujie", "password": PASSWORD})
    press(client, "/desk?q=欠款", "/filters/desk", name="欠款")
    press(client, "/filters/desk", "/rename", name="拖欠")
    press(client, "/filters/desk", "/delete")
    world.stranger().send("/login", {"username": "zhoujie", "password": PASSWORD})
    press(client, "/account", "/sessions/end")
    client.send("/password", {"current": PASSWORD, "password": NEW_PASSWORD, "repeated": NEW_PASSWORD}, action="word")
    client.send("/login", {"username": "zhoujie", "password": NEW_PASSWORD})
    press(client, "/account", "/logout")


def administration(world: World) -> None:
    admin, unit = world.sign_in(Role.ADMINISTRATOR), {"full_name": "沅江市数据局", "kind": "市直单位", "parent": ""}
    admin.send("/admin/units/new", {"short_name": "数据局", **unit})
    with world.database.writing() as session:
        number = queries.unit_by_name(session, "数据局").id
        uid = actors.account(session, Role.HANDLER, unit="市监局", name="张经办").uid
    page = f"/admin/units/{number}"
    admin.send(page, {"short_name": "市数据局", **unit})
    press(admin, page, "/deactivate")
    press(admin, page, "/activate")
    person = {"display_name": "赵经办", "unit": str(number), "roles": ["handler"]}
    admin.send("/admin/accounts/new", {"username": "zhaoban", **person})
    page = f"/admin/accounts/{uid}"
    admin.send(page, person, action=uid)
    press(admin, page, "/sign-out")
    press(admin, page, "/password")
    press(admin, page, "/disable")
    press(admin, page, "/enable")


def filing(world: World) -> None:
    client = world.stranger()
    paused = client.send("/appeals/new", FILING | {"step": "keep"})
    code = BeautifulSoup(paused.data, "html.parser").find(id="resume-code").get_text(strip=True)
    client.send("/appeals/new/resume", {"code": code})
    client.send("/appeals/new", FILING)
    press(client, "/appeals/receipt", "/receipt/pdf")
    press(client, "/appeals/receipt", "/receipt/saved")


def following(world: World) -> None:
    replied, asked = world.story(State.REPLIED), world.story(State.HANDLING)
    world.ask(asked)
    client = world.stranger()
    client.send("/appeals/track", {"number": replied.appeal.number, "code": CODE}, action="/track")
    press(client, "/appeals/track", "/pdf")
    press(client, "/appeals/track", "/track/end")
    client.send("/appeals/track", {"number": asked.appeal.number, "code": CODE}, action="/track")
    press(client, "/appeals/track", "/answer", answer="受理通知书十月二十六日收到。")
    press(client, "/appeals/track", "/withdraw", confirmed="y", reason="已经解决。")


def entry(world: World) -> None:
    clerk = world.sign_in(Role.CLERK)
    clerk.send("/office/appeals/new", CALL)
    press(clerk, "/office/appeals/new/receipt", "/receipt/pdf")
    press(clerk, "/office/appeals/new/receipt", "/told", to="triage")
    press(clerk, f"/office/appeals/{world.only_appeal()}", "/receipt/pdf")


def many(world: World) -> None:
    uids = [world.story(State.DISPATCHED).appeal.uid for _ in range(2)]
    handler = world.sign_in(Role.HANDLER, unit="市监局")
    with world.database.writing() as session:
        colleague = actors.account(session, Role.HANDLER, unit="市监局", name="林同事").id
    form = hidden_fields(find_form(handler.soup("/desk"), "/desk/sign"))
    handler.post("/desk/assign", data={**form, "appeal": uids, "colleague": str(colleague), "step": "go"})
    form = hidden_fields(find_form(handler.soup("/desk"), "/desk/sign"))
    handler.post("/desk/sign", data={**form, "appeal": uids})
    with world.database.writing() as session:
        found = [Story(session).to(State.ACCEPTED).appeal.uid for _ in range(2)]
    clerk = world.sign_in(Role.CLERK)
    url = "/office/dispatch"
    form = hidden_fields(find_form(clerk.soup("/office/appeals?state=to_dispatch"), url))
    page = clerk.post(url, data={**form, "appeal": found})
    clerk.post(url, data=ticked(BeautifulSoup(page.data, "html.parser")))


def words_and_slips(world: World) -> None:
    story, open_ = world.story(State.REPLIED), world.story(State.HANDLING)
    for client, place in ((world.sign_in(Role.CLERK), "office"), (world.sign_in(Role.HANDLER, unit="市监局"), "desk")):
        press(client, f"/{place}/appeals/{open_.appeal.uid}", "/note", remark="请法规股看一下。")
    press(world.sign_in(Role.CLERK), f"/office/appeals/{story.appeal.uid}", "/print")


def drafting(world: World) -> None:
    path = f"/desk/appeals/{world.story(State.HANDLING).appeal.uid}"
    handler = world.sign_in(Role.HANDLER, unit="市监局")
    form = hidden_fields(find_form(handler.soup(f"{path}/reply"), "/reply"))
    handler.post(f"{path}/preview", data=form)
    handler.post(f"{path}/reuse", data=form | {"look": "0"})
    answers = {
        f"entries-{n}-{name}": text for n in (0, 1)
        for name, text in (("outcome", "solved"), ("facts", "已查明并办理。"), ("basis", "《办法》第三条"))
    }
    handler.post(f"{path}/reply", data=form | answers | {"step": "propose"})


def own_matter(world: World) -> None:
    handler, director = world.sign_in(Role.HANDLER, unit="市监局"), world.sign_in(Role.DIRECTOR)
    handler.send("/desk/self-registered/new", MATTER)
    uid = world.only_appeal()
    director.send(f"/office/appeals/{uid}", {"reason": "请写依据。"}, action="/return-record")
    handler.send(f"/desk/appeals/{uid}/amend", {**MATTER, "remark": "补写了依据。"}, action="/amend")
    director.send(f"/office/appeals/{uid}", action="/recognise")


def custody(world: World) -> None:
    with world.database.reading() as session:
        accused = queries.unit_by_name(session, "市监局").id
    appeal = world.story(State.HANDLING, is_confidential=True, against_unit_id=accused, unit="税务局").appeal
    handler, page = world.sign_in(Role.HANDLER, unit="税务局"), f"/custody/appeals/{appeal.uid}"
    handler.send(page, {"reason": "需要上门核对材料，须知道联系人。"}, action=appeal.uid)
    with world.database.reading() as session:
        uid = session.exec(select(IdentityReveal.uid)).one()
    custodian = world.sign_in(Role.CUSTODIAN, unit="司法局")
    custodian.send(f"/custody/{uid}", {"remark": "同意，只限核对材料。", "step": "grant"})
    press(handler, page, "/open")


def kept(world: World) -> None:
    world.account("zhoujie", Role.HANDLER, unit="市监局")
    uid, client = world.story(State.VERIFYING).appeal.uid, world.stranger()
    client.send("/login", {"username": "zhoujie", "password": PASSWORD})
    page = f"/desk/appeals/{uid}"
    data = hidden_fields(find_form(client.soup(page), "/verify"))
    world.clock.shift(timedelta(minutes=31))
    typed = data | {"facts": "窗口系统显示材料已流转。", "complexity": "simple"}
    client.post(f"{page}/verify", data=typed, headers={"Referer": f"http://localhost{page}"})
    client.send("/login", {"username": "zhoujie", "password": PASSWORD})
    press(client, "/account", "/kept/forget")


ENTERPRISE = {
    "enterprise_name": "沅江市芦花香食品有限公司", "credit_code": people.CODE, "contact_name": "苏堃",
    "phone": "13873712345", "username": "luhuaxiang", "password": PASSWORD, "repeated": PASSWORD,
}


def enterprise(world: World) -> None:
    first = world.stranger()
    first.send("/enterprise/register", {**ENTERPRISE, "step": "submit"})
    shown = press(first, "/enterprise/people", "/invitations").get_data(as_text=True)
    press(first, "/enterprise/people", "/revoke")
    shown = press(first, "/enterprise/people", "/invitations")
    code = BeautifulSoup(shown.data, "html.parser").find(id="invitation-code").get_text(strip=True)
    second = world.stranger()
    join = {**ENTERPRISE, "code": code, "username": "luhuaxiang2", "contact_name": "苏二"}
    second.send("/enterprise/join", join)
    press(second, "/enterprise/people", "/contact", contact_name="苏二娘", phone="13873712346")
    press(first, "/enterprise/people", "/remove")
    _of_the_list(world, first)
    press(first, "/enterprise/people", "/leave", confirmed="y")


def _of_the_list(world: World, client: PageClient) -> None:
    """Added by number and code, then answered, withdrawn, printed."""
    replied, asked = world.story(State.REPLIED).appeal, world.story(State.HANDLING)
    world.ask(asked)
    for one in (replied, asked.appeal):
        client.send("/appeals/track", {"number": one.number, "code": CODE}, action="/track")
        press(client, "/appeals/track", "/add")
    press(client, f"/enterprise/appeals/{replied.uid}", "/pdf")
    page = f"/enterprise/appeals/{asked.appeal.uid}"
    press(client, page, "/answer", answer="受理通知书十月二十六日收到。")
    press(client, page, "/withdraw", confirmed="y")


def enterprise_accounts(world: World) -> None:
    with world.database.writing() as session:
        person = people.person(session, people.enterprise(session))
    admin = world.sign_in(Role.ADMINISTRATOR)
    admin.send("/admin/enterprise-accounts", {"username": person.username, "q": person.username})
    page = f"/admin/enterprise-accounts/{person.uid}"
    press(admin, page, "/sign-out")
    press(admin, page, "/password")
    press(admin, page, "/disable")
    press(admin, page, "/enable")


def freed_code(world: World) -> None:
    with world.database.writing() as session:
        people.person(session, people.enterprise(session, code=people.OTHER_CODE))
    admin = world.sign_in(Role.ADMINISTRATOR)
    found = admin.send("/admin/enterprise-accounts", {"credit_code": people.OTHER_CODE}, action="/enterprise-codes")
    press(admin, found.headers["Location"], "/free", credit_code=people.OTHER_CODE, reason="持营业执照原件核实。")


def slips_together(world: World) -> None:
    with world.database.writing() as session:
        uid = Story(session, at=clock.now()).to(State.DISPATCHED).appeal.uid
    director = world.sign_in(Role.DIRECTOR)
    press(director, "/slips", "/dispatch-orders")
    press(director, "/slips", "/batches")
    old = DEFAULTS[SlipKind.REMINDER]
    texts = {part: getattr(old, part) for part in parts_of(SlipKind.REMINDER)}
    press(director, "/slips/wordings/reminder", "/reminder", **texts | {"closing": "特此催办。"})
    with world.database.reading() as session:
        slip = session.exec(select(Slip)).one()
        assert slip.appeal_id == session.exec(select(Appeal.id).where(col(Appeal.uid) == uid)).one()
    sent = {"scans": (SentAgain(hostile.drawn("JPEG")), "回执.jpg")}
    press(director, f"/slips/{slip.uid}", "/scans", **sent)


WALKS: dict[Callable[[World], None], frozenset[str]] = {
    accounts: frozenset({
        "public.toggle_large_type", "accounts.login", "accounts.logout", "accounts.password", "accounts.end_others",
        "accounts.save_filter", "accounts.rename_filter", "accounts.delete_filter",
    }),
    administration: frozenset({
        "admin.add_unit", "admin.edit_unit", "admin.deactivate", "admin.activate", "admin.create_account",
        "admin.edit_account", "admin.sign_out", "admin.reset_password", "admin.disable", "admin.enable",
    }),
    filing: frozenset({"public.new_appeal", "public.resume", "public.receipt_pdf", "public.receipt_saved"}),
    following: frozenset({
        "public.open_track", "public.track_slip", "public.end_track", "public.answer", "public.withdraw",
    }),
    entry: frozenset({"office.create_entry", "office.print_entry", "office.entry_told", "office.reprint_entry"}),
    many: frozenset({"desk.assign_many", "desk.sign_many", "office.dispatch_many"}),
    words_and_slips: frozenset({"office.note", "desk.note", "slips.print_slip"}),
    drafting: frozenset({"desk.preview", "desk.use_again", "desk.reply"}),
    own_matter: frozenset({"desk.create_matter", "office.return_record", "desk.amend", "office.recognise"}),
    custody: frozenset({"custody.ask", "custody.decide", "custody.open_identity"}),
    kept: frozenset({"accounts.login", "accounts.forget_kept", "desk.verify"}),
    enterprise: frozenset({
        "public.register_enterprise", "public.invite_colleague", "public.revoke_invitation", "public.join_enterprise",
        "public.change_contact", "public.remove_colleague", "public.leave_enterprise", "public.open_track",
        "public.add_to_enterprise", "public.enterprise_print", "public.enterprise_answer", "public.enterprise_withdraw",
    }),
    enterprise_accounts: frozenset({
        "admin.find_enterprise_account", "admin.sign_out_enterprise", "admin.reset_enterprise",
        "admin.disable_enterprise", "admin.enable_enterprise",
    }),
    work_errors: frozenset({
        "work_errors.create", "work_errors.answer", "work_errors.change", "work_errors.export", "work_errors.revoke",
        "work_errors.add_files",
    }),
    rating_results: frozenset({"rating_results.publish", "rating_results.issue_bulletin"}),
    supervision: frozenset({"supervision.change_policy", "supervision.begin_for_unit"}),
    policies: frozenset({"policies.revise", "policies.create", "policies.end"}),
    own_things: frozenset({
        "progress.cancel", "notices.open_notice", "notices.read", "notices.read_all", "accounts.set_email",
        "accounts.name_substitute", "accounts.take_back", "admin.end_substitutions", "admin.send_mails_again",
        "admin.send_mail_again",
    }),
    calendar: frozenset({
        "calendar_desk.create", "calendar_desk.withdraw", "calendar_desk.refuse", "calendar_desk.approve",
    }),
    calendar_left: frozenset({"calendar_desk.create", "calendar_desk.recompute"}),
    slips_together: frozenset({
        "slips.dispatch_orders", "slips.batch", "slips.save_wording", "slips.scan",
    }),
    rating: frozenset({
        "public.open_track", "public.rating_link", "public.rate", "public.give_by_link",
    }),
    enterprise_rating: frozenset({"public.enterprise_rating_link", "public.enterprise_rate"}),
    follow_up_policy: frozenset({"followup.change_policy"}),
    freed_code: frozenset({"admin.find_enterprise_code", "admin.free_code"}),
    ratings: frozenset({
        "ratings.create", "ratings.change", "ratings.invite", "ratings.uninvite", "ratings.start", "ratings.send_mails",
        "ratings.letters", "ratings.reissue", "ratings.add_unit", "ratings.extend", "ratings.close", "ratings.vote",
        "progress.fetch", "progress.discard",
    }),
}  # fmt: skip


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_what_breaks_on_the_way_leaves_nothing(world: World, walk: Callable[[World], None]) -> None:
    walk(world)
    assert world.walk.visited == WALKS[walk]


def test_every_post_there_is_is_broken_somewhere(app: Flask) -> None:
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in rule.methods}
    walked = frozenset().union(*WALKS.values()) | {name.removeprefix("POST ") for name in ACTS}
    missing = sorted(posts - walked)
    assert not missing, f"let a walk of this file post to them, or make them acts of the matrix: {missing}"
