"""Evidence of an entry as its page lists it. Originals go to keepers whose own unit is not concerned; everybody else
gets the copy without what a camera or a program wrote into it, under a name that tells nothing.
"""

from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session

from models.accounts.tables import Unit
from models.accounts.types import Actor
from models.appeals.types import FILE_WARNING_TEXTS
from models.supervision import work_error_queries as queries
from models.supervision import work_error_rules as rules
from models.supervision.work_error_tables import WorkError, WorkErrorFile
from webapp.filters import cn_datetime, file_size
from webapp.presenting import PICTURES


@dataclass(frozen=True)
class EvidenceView:
    """One file as the page lists it. `note` says what is handed out."""

    name: str
    size_text: str
    url: str
    note: str
    warning: str
    added: str


def views(session: Session, actor: Actor, error: WorkError, unit: Unit) -> list[EvidenceView]:
    """One statement."""
    is_original = has_originals(actor, unit)
    return [_view(one, error, is_original) for one in queries.files(session, error)]


def has_originals(actor: Actor, unit: Unit) -> bool:
    """Of an entry about this unit that this actor may read."""
    return rules.refused_to_keep(actor, unit.path) is None


def _view(one: WorkErrorFile, error: WorkError, is_original: bool) -> EvidenceView:
    name = one.display_name if is_original else copy_name(one)
    note = "原件" if is_original else "副本，已去除拍摄、制作信息" if one.derivative_name else "副本"
    size = one.size if is_original or not one.derivative_name else one.derivative_size
    return EvidenceView(
        name, file_size(size), url_for("work_errors.file", uid=error.uid, file_uid=one.uid), note,
        FILE_WARNING_TEXTS[one.warning], f"{one.added_by_name}，{cn_datetime(one.added_at)}",
    )


def copy_name(one: WorkErrorFile) -> str:
    """What its sender called it may name somebody (T3)."""
    return f"佐证{one.no}.{'jpg' if one.kind in PICTURES else one.kind}"
