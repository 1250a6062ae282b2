"""The live preview: the very lines and pages of the print, bounded, marked, without number, and stored nowhere."""

import time

import pytest
from bs4 import BeautifulSoup
from sqlmodel import select

from models.appeals.types import State
from models.handling.tables import Reply
from models.slips.commands import UNNUMBERED
from tests.support.page import find_form, hidden_fields
from webapp.desk import preview as feature
from webapp.slip_pages import lay_out

PART = {"HX-Request": "true"}
LONG = "经核实，申请材料于十月二十一日由窗口受理，按规定应当在五个工作日内办结。" * 40


def fields(desk, uid: str, **changed: str) -> dict[str, object]:
    return {**hidden_fields(find_form(desk.handler.soup(f"/desk/appeals/{uid}/reply"), "/reply")), **changed}


def ask(desk, uid: str, *, headers=PART, **changed: str):
    return desk.handler.post(f"/desk/appeals/{uid}/preview", data=fields(desk, uid, **changed), headers=headers)


def drawn(answer) -> list[list[str]]:
    """The texts of each page."""
    soup = BeautifulSoup(answer.data, "html.parser")
    return [[text.get_text() for text in page.select("text")] for page in soup.select("svg")]


def test_it_has_the_lines_and_pages_of_the_print(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    composed = []
    monkeypatch.setattr("webapp.slip_drawing.lay_out", lambda slip: composed.append(lay_out(slip)) or composed[-1])
    uid = desk.appeal(State.HANDLING)
    answer = ask(desk, uid, **{"entries-0-facts": LONG, "entries-0-outcome": "solved"})
    pages = drawn(answer)
    layout = composed[0]
    assert len(pages) == len(layout.pages) > 1
    assert f"共 {len(layout.pages)} 页" in answer.get_data(as_text=True)
    for page, texts in zip(layout.pages, pages, strict=True):
        together = "".join(texts)
        for row in page.rows:
            assert row.line is None or row.line.text.replace(" ", "") in together.replace(" ", "")


def test_it_is_marked_as_a_preview_and_has_no_number_and_nobodys_name(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    for page in drawn(ask(desk, uid)):
        assert page[0] == "预览"
        assert not any("沅优办答" in text or "签发：" in text for text in page)
    assert UNNUMBERED in drawn(ask(desk, uid))[0]


def test_nothing_is_stored_or_locked_and_the_part_brings_no_style_of_its_own(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    before = desk.row(uid).version
    soup = BeautifulSoup(ask(desk, uid, **{"entries-0-facts": "写到一半"}).data, "html.parser")
    assert not soup.select("[style], style, script, iframe")
    with desk.database.reading() as session:
        assert session.exec(select(Reply)).all() == []
    assert desk.row(uid).version == before


def test_without_script_the_editor_comes_back_with_all_that_was_typed(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    answer = ask(desk, uid, headers={}, **{"entries-1-facts": "写到一半", "entries-1-outcome": "explained"})
    soup = BeautifulSoup(answer.data, "html.parser")
    assert soup.select_one("details.preview-fold[open] svg")
    assert soup.select_one("[name='entries-1-facts']").get_text().strip() == "写到一半"
    assert soup.select_one("[name='entries-1-outcome'] option[selected]")["value"] == "explained"
    assert find_form(soup, "/reply")


def test_hostile_text_is_drawn_as_text(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    answer = ask(desk, uid, **{"entries-0-facts": "</text><script>alert(1)</script>" + "x" * 60 + "\n" + "字" * 60})
    soup = BeautifulSoup(answer.data, "html.parser")
    assert not soup.select("script")
    assert "script" in soup.get_text()


def test_a_full_field_is_drawn_and_what_is_too_much_is_said(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    begun = time.perf_counter()
    full = ask(desk, uid, **{"entries-0-facts": "字" * 5000, "entries-1-facts": "a" * 5000})
    assert len(drawn(full)) == 6 and "这里画出前 6 页" in full.get_data(as_text=True)
    assert time.perf_counter() - begun < 10
    over = ask(desk, uid, **{"entries-0-facts": "字" * 5001})
    assert over.status_code == 200 and feature.UNSOUND in over.get_data(as_text=True)


def test_one_is_composed_at_a_time_and_the_next_is_told_to_come_back(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = desk.appeal(State.HANDLING)
    monkeypatch.setattr(feature, "PATIENCE", 0.01)
    with feature._composing:
        assert feature.BUSY in ask(desk, uid).get_data(as_text=True)
    assert drawn(ask(desk, uid))


def test_a_very_long_reply_is_not_drawn(desk, monkeypatch: pytest.MonkeyPatch) -> None:
    uid = desk.appeal(State.HANDLING)
    monkeypatch.setattr(feature, "MOST_CHARACTERS", 100)
    assert feature.TOO_LONG in ask(desk, uid, **{"entries-0-facts": LONG}).get_data(as_text=True)


def test_another_units_appeal_has_no_preview(desk) -> None:
    uid, foreign = desk.appeal(State.HANDLING), desk.appeal(State.HANDLING, unit="住建局")
    assert desk.handler.post(f"/desk/appeals/{foreign}/preview", data=fields(desk, uid)).status_code == 404


def test_an_address_opened_by_itself_leads_to_the_editor(desk) -> None:
    uid = desk.appeal(State.HANDLING)
    for path in ("preview", "reuse", "reuse?kind=reply&entry=1"):
        answer = desk.handler.get(f"/desk/appeals/{uid}/{path}")
        assert (answer.status_code, answer.location) == (303, f"/desk/appeals/{uid}/reply")


def test_whoever_is_signed_out_while_typing_is_told_in_the_preview(desk, client) -> None:
    uid = desk.appeal(State.HANDLING)
    answer = desk.handler.post(
        f"/desk/appeals/{uid}/preview", data={**fields(desk, uid), "step": "autosave"}, headers=PART
    )
    assert answer.status_code == 200, "the name of the step means nothing to the preview itself"
    desk.handler.delete_cookie("session")
    lost = desk.handler.post(f"/desk/appeals/{uid}/preview", data={"step": "autosave"}, headers=PART)
    assert lost.status_code != 200 and "HX-Redirect" not in lost.headers
