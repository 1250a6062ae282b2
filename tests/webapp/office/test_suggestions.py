"""The suggested unit and the likeness of titles: plain tables and counts, no database."""

import pytest

from models.accounts.queries import handling_units
from models.appeals.similar import likeness, pairs_of
from models.appeals.types import AppealKind
from models.handling.suggestions import SUBJECTS, suggest
from webapp.db import Database

COMPLAINT, REPORT = AppealKind.COMPLAINT, AppealKind.REPORT


def test_every_unit_of_the_table_exists(database: Database) -> None:
    with database.reading() as session:
        known = {unit.short_name for unit in handling_units(session)}
    assert {subject.unit for subject in SUBJECTS} <= known


@pytest.mark.parametrize(
    ("kind", "against", "title", "body", "unit"),
    [
        (COMPLAINT, "税务局", "食品经营许可超期", "", "税务局"),
        (COMPLAINT, "", "食品经营许可超期", "和税务无关", "市监局"),
        (COMPLAINT, "", "请帮帮我们", "公司发票一直领不到", "税务局"),
        (COMPLAINT, "", "施工许可，消防验收", "施工许可", "住建局"),
        (REPORT, "税务局", "窗口刁难", "发票", None),
        (REPORT, "税务局", "食品经营许可", "发票", "市监局"),
        (COMPLAINT, "", "请帮帮我们", "没有说清楚", None),
    ],
)
def test_the_unit_suggested(kind: AppealKind, against: str, title: str, body: str, unit: str | None) -> None:
    found = suggest(kind, against, title, body)
    assert (found.unit if found else None) == unit
    assert found is None or found.reason


def test_equal_titles_are_alike_and_unrelated_ones_are_not() -> None:
    title = pairs_of("食品经营许可变更超过承诺时限未出证")
    assert likeness(title, title) == 1.0
    assert likeness(title, pairs_of("食品经营许可证变更一直没办")) > 0.3
    assert likeness(title, pairs_of("园区道路长期积水")) == 0.0
    assert likeness(frozenset(), frozenset()) == 0.0
