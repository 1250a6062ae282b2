"""Whether appeals are about a unit, or about one above or below it: asked here by everything that must keep a unit, or
its people, from what is about it (domain.md §3, ACC-4, T4). `queries.accuses_no_kin` is the same rule in a statement.
"""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from models.accounts.rules import is_related
from models.accounts.tables import Unit
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind


def accuses(session: Session, appeals: Iterable[Appeal], path: str, *, is_report: bool) -> bool:
    """Whether one of them is about the unit that stands at `path` or about kin of it. `is_report`: only a report (举报)
    counts, which its unit may neither handle nor see; a complaint is answered by the very unit it is about.
    """
    ids = {
        one.against_unit_id for one in appeals
        if one.against_unit_id is not None and (one.kind is AppealKind.REPORT or not is_report)
    }
    if not ids or not path:
        return False
    paths = session.exec(select(Unit.path).where(col(Unit.id).in_(ids))).all()
    return any(is_related(accused, path) for accused in paths)
