"""The one place where an act over HTTP tells people: around the command, in its transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.notices import telling


@contextmanager
def telling_of(session: Session, appeal: Appeal) -> Iterator[None]:
    """Whatever happens to the appeal inside the block is told to those whom `models.notices.types.TOLD` names. Nobody
    is told of what is refused: the exception passes.
    """
    version, main = appeal.version, telling.main_of(session, appeal) if appeal.has_links else None
    yield
    if appeal.version > version:
        telling.tell_since(session, appeal, version, main)
