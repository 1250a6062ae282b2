"""The one place where an act over HTTP tells people: around the command, in its transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.notices import case_news, telling


@contextmanager
def telling_of(session: Session, appeal: Appeal) -> Iterator[None]:
    """Whatever happens to the appeal inside the block is told to those whom `models.notices.types.TOLD` names. Nobody
    is told of what is refused: the exception passes.
    """
    version, main = appeal.version, telling.main_of(session, appeal) if appeal.has_links else None
    yield
    if appeal.version > version:
        telling.tell_since(session, appeal, version, main)


@contextmanager
def telling_of_cases(session: Session, appeal: Appeal) -> Iterator[None]:
    """The same for what happens to the appeal's dissatisfaction cases: `models.notices.case_news.NEWS`."""
    before = case_news.versions(session, appeal)
    yield
    case_news.tell_since(session, appeal, before)
