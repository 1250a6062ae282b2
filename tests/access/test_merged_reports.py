"""A report merged into an appeal whose unit comes to stand below the accused one: closed at every door of the unit, and
the administrator who moves it is told to wait. The office undoes the merge and the reply goes its way.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from bs4 import BeautifulSoup
from sqlmodel import Session, col, select

from models.accounts import unit_tree
from models.accounts.queries import unit_by_name
from models.accounts.tables import Unit
from models.accounts.types import Role
from models.appeals import queries as appeals
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, State
from models.handling import linking
from tests.access.canaries import document, keep
from tests.access.scene import UNITS, Person, Scene
from tests.support.factories import Story

SECRETS = ("雀标题", "雀正文", "雀诉求", "雀请求")


@dataclass
class Pair:
    uid: str
    report_uid: str
    number: str
    file_uid: str
    demand_id: int


def _unit(session: Session, place: str) -> Unit:
    found = unit_by_name(session, UNITS[place])
    assert found is not None
    return found


def told(scene: Scene, state: State = State.HANDLING) -> Pair:
    file = keep(scene.app.extensions["zhitongche.files"], document("雀作者"), "据.pdf")
    with scene.database.writing() as session:
        main = Story(session, unit=UNITS["lead"], title="主件").to(State.HANDLING)
        report = Story(
            session, unit=UNITS["other"], kind=AppealKind.REPORT, is_confidential=True, title="雀标题举报",
            against_unit_id=_unit(session, "accused").id, body="雀正文：某队员索要好处费。", files=(file,),
            demands=("雀诉求请查处。",),
        )
        linking.merge(session, report.appeal, report.act(report.clerk), main=main.appeal, reason="雀请求合并。")
        main.to(state)
        [demand] = appeals.demands(session, report.appeal)
        [kept] = appeals.attachments(session, report.appeal)
        return Pair(main.appeal.uid, report.appeal.uid, report.appeal.number, kept.uid, demand.id or 0)


@pytest.fixture
def move(scene: Scene) -> Iterator[Callable[[], None]]:
    """Puts the lead unit below the accused one, as it was done before the administrator's page asked. The scene is
    the whole module's: afterwards it stands where it stood.
    """
    yield lambda: _place(scene, "accused")
    _place(scene, None)


def _place(scene: Scene, above: str | None) -> None:
    with scene.database.writing() as session:
        unit = _unit(session, "lead")
        parent_id = _unit(session, above).id if above else None
        details = replace(unit_tree.details_of(unit), parent_id=parent_id)
        unit_tree.edit_unit(session, unit.id or 0, details, version=None)


def lead(scene: Scene, *roles: Role) -> Person:
    return scene.newcomer(frozenset(roles), "lead")


def form(who: Person, number: int, **fields: str) -> dict[str, str]:
    hidden = {"csrf_token": who.csrf, "submission_key": f"merged-key-{number:08d}", "version": "0"}
    return hidden | {"draft_version": "0"} | fields


def answers(who: Person, pair: Pair) -> list[str]:
    """What every door of the desk says, an old form that still names the report's demand included."""
    page, get, post = f"/desk/appeals/{pair.uid}", who.client.get, who.client.post
    old = {"entries-0-demand_id": str(pair.demand_id), "entries-0-facts": "查无此事"}
    found = [
        get(page), get(page, headers={"HX-Request": "true"}), get(f"{page}/reply"), get(f"{page}/reuse?entry=0"),
        get(f"{page}/assign"), get("/desk?show=all"), get("/desk?q=雀"), get(f"/desk/appeals/{pair.report_uid}"),
        get(f"{page}/files/{pair.file_uid}"), get("/slips"), post(f"{page}/preview", data=form(who, 1, **old)),
        post(f"{page}/reuse", data=form(who, 2, look="0", **old)), post(f"{page}/reply", data=form(who, 3, **old)),
        post(f"{page}/reply", data=form(who, 4, step="propose", **old)),
        post(f"{page}/note", data=form(who, 5, remark="")), post(f"{page}/sign_off", data=form(who, 6)),
    ]
    return [answer.data.decode("utf-8", "replace") for answer in found]


def test_before_the_move_the_lead_unit_reads_and_answers_the_report(scene: Scene) -> None:
    """So that the silence of the next test means something."""
    pair = told(scene)
    texts = "".join(answers(lead(scene, Role.HANDLER), pair))
    assert all(one in texts for one in (*SECRETS, pair.number))


@pytest.mark.parametrize("roles", [(Role.HANDLER,), (Role.APPROVER,), (Role.HANDLER, Role.CLERK)], ids=str)
@pytest.mark.parametrize("state", [State.HANDLING, State.REPLY_SIGN_OFF])
def test_after_the_move_no_door_of_the_unit_tells_of_it(
    scene: Scene, move: Callable[[], None], roles: tuple[Role, ...], state: State,
) -> None:
    pair = told(scene, state)
    move()
    who = lead(scene, *roles)
    for text in answers(who, pair):
        assert [one for one in (*SECRETS, pair.number) if one in text] == []
    if Role.CLERK in roles:
        pages = [who.client.get(f"/office/appeals/{uid}") for uid in (pair.uid, pair.report_uid)]
        assert [page.status_code for page in pages] == [200, 404]
        assert not [one for one in (*SECRETS, pair.number) if one in pages[0].get_data(as_text=True)]


def test_the_office_is_told_what_to_undo_and_the_reply_goes_on(scene: Scene, move: Callable[[], None]) -> None:
    pair = told(scene, State.IN_REVIEW)
    move()
    office = scene.newcomer(frozenset({Role.SUPERVISOR}), "none")
    page = f"/office/appeals/{pair.uid}"
    shown = BeautifulSoup(office.client.get(page).data, "html.parser")
    assert "恢复单独办理" in shown.select_one("#merged .notice-wrong").get_text()  # type: ignore[union-attr]
    refused = office.client.post(f"{page}/publish", data=form(office, 11, version=_version(scene, pair.uid)))
    assert refused.status_code == 422 and "请先打开那件举报，将它恢复单独办理" in refused.get_data(as_text=True)
    fields = form(office, 12, version=_version(scene, pair.report_uid), reason="须单独办理。")
    assert office.client.post(f"/office/appeals/{pair.report_uid}/unmerge", data=fields).status_code == 303
    fields = form(office, 13, version=_version(scene, pair.uid))
    assert office.client.post(f"{page}/publish", data=fields).status_code == 303


def _version(scene: Scene, uid: str) -> str:
    with scene.database.reading() as session:
        return str(session.exec(select(Appeal.version).where(col(Appeal.uid) == uid)).one())


def test_the_administrator_is_told_how_many_reports_stand_in_the_way_and_nothing_of_them(scene: Scene) -> None:
    pair = told(scene)
    boss = scene.newcomer(frozenset({Role.ADMINISTRATOR}), "none")
    with scene.database.reading() as session:
        unit, above = _unit(session, "lead"), _unit(session, "accused")
        page, path = f"/admin/units/{unit.id}", unit.path
    fields = {
        "short_name": unit.short_name, "full_name": unit.full_name, "kind": unit.kind.value, "parent": str(above.id),
    }
    answer = boss.client.post(page, data=form(boss, 21, **fields) | {"version": str(unit.version)})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422 and re.search(r"涉及 \d+ 件正在办理的举报", text)
    assert not [one for one in (*SECRETS, pair.number, pair.uid) if one in text]
    with scene.database.reading() as session:
        assert _unit(session, "lead").path == path
    renamed = form(boss, 22, **(fields | {"parent": "", "full_name": "改过的名称"}))
    assert boss.client.post(page, data=renamed | {"version": str(unit.version)}).status_code == 303


def test_a_linked_reports_number_stands_on_no_page_of_the_accused_unit(scene: Scene) -> None:
    with scene.database.writing() as session:
        plain = Story(session, unit=UNITS["accused"], title="普通投诉").to(State.HANDLING)
        report = Story(session, kind=AppealKind.REPORT, against_unit_id=_unit(session, "accused").id, title="雀标题")
        linking.link(session, plain.appeal, plain.act(plain.clerk), other=report.appeal)
        uid, number = plain.appeal.uid, report.appeal.number
    for role in (Role.HANDLER, Role.APPROVER):
        who = scene.newcomer(frozenset({role}), "accused")
        text = who.client.get(f"/desk/appeals/{uid}").get_data(as_text=True)
        assert "普通投诉" in text and number not in text and "关联诉求" not in text
    clerk = scene.newcomer(frozenset({Role.CLERK}), "none")
    text = clerk.client.get(f"/office/appeals/{uid}").get_data(as_text=True)
    assert re.search(f"关联诉求：{number}", text)
