"""What an answer adds to the appeal."""

import pytest
from sqlmodel import Session

from models.appeals import queries
from models.appeals.attachment_rules import MOST_BYTES_TOGETHER, MOST_FILES
from models.appeals.types import State, StoredFile
from models.errors import Refused
from models.handling import supplements
from models.workdays.shipped import shipped_calendar
from tests.support.factories import MORNING, Story


def files(number: int, size: int = 9) -> list[StoredFile]:
    return [StoredFile(f"{size:016x}{n:016x}", "照片.png", "png", size, "0" * 64) for n in range(number)]


@pytest.mark.parametrize(("more", "code"), [
    (files(MOST_FILES - 1), "files_too_many"),
    (files(1, MOST_BYTES_TOGETHER), "files_too_large_together"),
])
def test_an_appeal_holds_no_more_files_than_it_may_whenever_they_come(
    session: Session, more: list[StoredFile], code: str
) -> None:
    told = Story(session)
    told.to(State.HANDLING)
    answer(told, files(2, 10))
    with pytest.raises(Refused, match=code):
        answer(told, more)
    assert len(queries.attachments(session, told.appeal)) == 2
    answer(told, files(3))
    assert [one.no for one in queries.attachments(session, told.appeal)] == [1, 2, 3, 4, 5]


def answer(told: Story, more: list[StoredFile]) -> None:
    if not told.appeal.has_question:
        supplements.ask_appellant(told.session, told.appeal, told.act(told.handler), question="还有照片吗？")
    supplements.answer(told.session, told.appeal, text="见附件。", files=more, now=MORNING, calendar=shipped_calendar())
