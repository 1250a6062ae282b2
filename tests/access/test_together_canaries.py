"""Canaries where several units and appeals come together: neither an assisting unit nor the people of a main appeal
come upon who filed what they help with (F8, IDN-1).
"""

from sqlmodel import Session

from models.accounts.queries import unit_by_name
from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.appeals.types import AppellantKind, State
from models.appeals.vault import Identity
from models.handling import assistance, linking
from tests.access.canaries import Crawl, canaries, document, found_in, keep, photo
from tests.access.scene import UNITS, Scene
from tests.support.factories import Story


def story(scene: Scene, session: Session, appeal: str, unit: str) -> Story:
    mark, store = canaries(appeal), scene.app.extensions["zhitongche.files"]
    files = (keep(store, photo(mark["exif"]), f"{mark['file']}.jpg"), keep(store, document(mark["author"]), "据.pdf"))
    return Story(
        session, unit=UNITS[unit], files=files, appellant_kind=AppellantKind.ENTERPRISE, title=f"第{appeal}件",
        identity=Identity(mark["name"], mark["phone"], mark["address"], mark["enterprise"], mark["credit"]),
    )


def seen_by(scene: Scene, role: Role, place: str, *starts: str) -> str:
    return Crawl(scene.newcomer(frozenset({role}), place)).all(*starts)


def test_an_assisting_unit_comes_upon_no_canary(scene: Scene) -> None:
    with scene.database.writing() as session:
        told = story(scene, session, "open", "lead").to(State.DISPATCHED)
        unit = unit_by_name(session, UNITS["assisting"])
        assert unit is not None
        assistance.assist(session, told.appeal, told.act(told.clerk), assistance.Task(unit, "请核对。", 3))
        uid = told.to(State.HANDLING).appeal.uid
    for role in (Role.HANDLER, Role.APPROVER):
        text = seen_by(scene, role, "assisting", "/desk", "/desk?show=all", "/desk/assist", "/slips", "/office")
        assert f"/desk/assist/{uid}" in text and "第open件" in text
        marks = canaries("open")
        assert [name for name, mark in marks.items() if mark in text] == []
        assert f"/desk/appeals/{uid}" not in text, "no way to the lead's page"


def test_the_people_of_a_main_appeal_do_not_learn_who_filed_what_is_merged_into_it(scene: Scene) -> None:
    with scene.database.writing() as session:
        main = story(scene, session, "open", "lead").to(State.HANDLING)
        other = story(scene, session, "report", "other").to(State.HANDLING)
        linking.merge(session, other.appeal, other.act(other.clerk), main=main.appeal)
        uid, merged_uid = main.appeal.uid, _uid(other.appeal)
    text = seen_by(scene, Role.HANDLER, "lead", f"/desk/appeals/{uid}", f"/desk/appeals/{uid}/reply")
    assert "第report件" in text and merged_uid not in text
    found = {(appeal, kind) for appeal, kind in found_in(text)}
    assert ("report", "identity") not in found and ("open", "identity") in found
    assert not [name for name in ("file", "exif", "author") if canaries("report")[name] in text]


def _uid(appeal: Appeal) -> str:
    return appeal.uid
