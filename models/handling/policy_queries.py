"""Reading the policies of the clock: every version of each, what they say, how many running appeals stand on them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from sqlmodel import Session, col, func, select

from models.appeals.tables import Appeal
from models.errors import NotFound
from models.handling.clock import Allowances, Terms
from models.handling.policy_rules import Provision, Span, kinds_of
from models.handling.queries import in_states
from models.handling.rules import DISPATCHED_AND_OPEN
from models.handling.tables import MilestoneRow, Policy, PolicyLimit
from models.handling.types import Stage

CODE = re.compile("[a-z0-9-]{1,20}")


@dataclass(frozen=True)
class Version:
    """A row with its limits."""

    row: Policy
    workdays: Mapping[Stage, int]

    @property
    def id(self) -> int:
        assert self.row.id is not None
        return self.row.id

    @property
    def span(self) -> Span:
        return Span(self.row.in_force_from, self.row.in_force_to)

    @property
    def allowances(self) -> Allowances:
        row = self.row
        return Allowances(
            row.return_workdays, row.extensions_most, row.extension_workdays_most, row.pause_workdays_most
        )

    @property
    def terms(self) -> Terms:
        return Terms(self.id, self.workdays, self.allowances)

    @cached_property
    def provision(self) -> Provision:
        row = self.row
        return Provision(
            row.name, row.basis, self.workdays, self.allowances, kinds_of(row.kinds), row.complexity
        )


@dataclass(frozen=True)
class Line:
    """One policy: its versions, the newest first."""

    code: str
    versions: tuple[Version, ...]

    @property
    def newest(self) -> Version:
        return self.versions[0]

    @property
    def is_default(self) -> bool:
        return self.newest.provision.is_default

    def on(self, day: date) -> Version | None:
        """The version in force on a day."""
        return next((one for one in self.versions if one.span.covers(day)), None)


def lines(session: Session) -> list[Line]:
    """All of them, the default first, then as they were made: two statements."""
    found = [*_lines(session, session.exec(select(Policy)).all())]
    return sorted(found, key=lambda line: (not line.is_default, line.versions[-1].id))


def line(session: Session, code: str, *, lock: bool = False) -> Line:
    """One policy. `lock` for whoever will write. NotFound("no_such_policy")."""
    if not CODE.fullmatch(code):
        raise NotFound("no_such_policy")
    statement = select(Policy).where(col(Policy.code) == code)
    rows = session.exec(statement.with_for_update() if lock else statement).all()
    if not rows:
        raise NotFound("no_such_policy")
    return next(iter(_lines(session, rows)))


def _lines(session: Session, rows: Sequence[Policy]) -> Iterable[Line]:
    ids = [row.id for row in rows]
    limits: dict[int, dict[Stage, int]] = {}
    for one in session.exec(select(PolicyLimit).where(col(PolicyLimit.policy_id).in_(ids))).all():
        limits.setdefault(one.policy_id, {})[one.stage] = one.workdays
    ordered = sorted(rows, key=lambda row: (row.code, -row.version))
    for code, group in groupby(ordered, key=lambda row: row.code):
        yield Line(code, tuple(Version(row, limits.get(row.id or 0, {})) for row in group))


def version(found: Line, number: int) -> Version:
    """One version of a policy. NotFound("no_such_policy")."""
    one = next((one for one in found.versions if one.row.version == number), None)
    if one is None:
        raise NotFound("no_such_policy")
    return one


def words(session: Session, policy_id: int) -> tuple[str, str]:
    """Name and basis of a version that an event names."""
    row = session.get_one(Policy, policy_id)
    return row.name, row.basis


def running_counts(session: Session) -> dict[int, int]:
    """How many open appeals' running round was dispatched under each version, by its id: one statement. A number of the
    office's, of all appeals.
    """
    statement = (
        select(MilestoneRow.policy_id, func.count())
        .join(Appeal, col(Appeal.id) == col(MilestoneRow.appeal_id))
        .where(
            in_states(DISPATCHED_AND_OPEN), col(MilestoneRow.round) == col(Appeal.round),
            col(MilestoneRow.stage) == Stage.SIGN, col(MilestoneRow.no) == 1,
        )
        .group_by(col(MilestoneRow.policy_id))
    )
    return dict(session.exec(statement).all())
