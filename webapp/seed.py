"""Reference data that the product ships: the office and its 47 units, the published calendar, the 3/7/15 policy."""

import csv
from datetime import date
from pathlib import Path

from sqlmodel import Session, col, func, select

from models.accounts.commands import create_unit
from models.accounts.tables import Unit
from models.accounts.types import UnitKind
from models.appeals.types import AppealKind
from models.audit.tables import AuditHead
from models.followup import policies as follow_up
from models.followup.types import Terms
from models.handling import policies
from models.handling.policy_rules import Provision
from models.handling.tables import MilestoneRow, Policy
from models.handling.types import Stage
from models.supervision import ladder_policies
from models.supervision.ladder_types import Thresholds
from models.workdays.commands import import_arrangement
from models.workdays.queries import calendar_version
from models.workdays.shipped import shipped_days
from webapp import clock
from webapp.config import ROOT
from webapp.letterhead import OFFICE

UNITS_FILE: Path = ROOT / "models" / "accounts" / "data" / "units.csv"
OWN_STEPS = {Stage.PROGRESS: 10, Stage.TRIAGE: 1, Stage.RULING: 1, Stage.REVIEW: 2}
"""The staged report of a complex matter, and the office's own steps: the office edits them like the rest."""
DEFAULT_LIMITS = OWN_STEPS | {
    Stage.SIGN: 1, Stage.VERIFY: 3, Stage.CONCLUDE: 7, Stage.PRELIMINARY: 15, Stage.FINAL: 30,
}
"""沅政办发〔2023〕5号 附件3 (83); signing and the final result by domain.md section 4."""
LATER_LIMITS = DEFAULT_LIMITS | {Stage.CONCLUDE: 5}
"""沅办〔2023〕16号: an ordinary matter in 5 working days, a complex one in 30 in principle, with staged reports."""
LADDER_FROM = date(2023, 4, 23)
"""In a new database: the first day of the 3/7/15 rule."""


def install(session: Session) -> list[str]:
    """Puts in what is missing and answers what that was. Nothing that the office has edited is touched."""
    parts = {
        "audit head": _audit_head, "units": _units, "calendar": _calendar, "policy": _policy,
        "later policy": _later_policy, "ladder": _ladder, "follow-up": _follow_up,
    }
    return [name for name, put in parts.items() if put(session)]


def _audit_head(session: Session) -> bool:
    if session.get(AuditHead, 1) is not None:
        return False
    session.add(AuditHead(id=1))
    session.flush()
    return True


def _units(session: Session) -> bool:
    if session.exec(select(func.count()).select_from(Unit)).one():
        return False
    create_unit(session, OFFICE.short_name, OFFICE.name, UnitKind.OFFICE)
    with UNITS_FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            create_unit(
                session,
                row["short_name"],
                row["full_name"],
                UnitKind(row["kind"]),
                monthly_appeals_quota=int(row["monthly_appeals_quota"]),
                yearly_articles_quota=int(row["yearly_articles_quota"]),
            )
    return True


def _calendar(session: Session) -> bool:
    if calendar_version(session):
        return False
    import_arrangement(session, shipped_days(), at=clock.now())
    return True


def _policy(session: Session) -> bool:
    said = Provision("3/7/15个工作日办理时限", "沅政办发〔2023〕5号附件3第83条", DEFAULT_LIMITS)
    return _put_policy(session, "3-7-15", said, date(2023, 4, 23))


def _later_policy(session: Session) -> bool:
    """Beside the default, for the office to choose where the later document is meant."""
    said = Provision(
        "5/30个工作日办理时限", "沅办〔2023〕16号（执行力提升年三（二）、营商环境提升年16）", LATER_LIMITS,
        kinds=frozenset({AppealKind.COMPLAINT, AppealKind.REPORT}),
    )
    return _put_policy(session, "5-30", said, date(2023, 6, 27))


def _put_policy(session: Session, code: str, said: Provision, in_force_from: date) -> bool:
    if session.exec(select(Policy).where(col(Policy.code) == code)).first() is not None:
        return False
    policies.put(session, said, code=code, version=1, in_force_from=in_force_from, now=clock.now())
    return True


def _ladder(session: Session) -> bool:
    """A database that holds appeals already begins today: nobody gets cards for promises of last year."""
    if ladder_policies.begins_on(session) is not None:
        return False
    has_appeals = session.exec(select(func.count()).select_from(MilestoneRow)).one() > 0
    begins_on = clock.today() if has_appeals else LADDER_FROM
    ladder_policies.add(
        session, Thresholds(), in_force_from=begins_on, basis=ladder_policies.DEFAULT_BASIS, now=clock.now()
    )
    return True


def _follow_up(session: Session) -> bool:
    """In force since ever: which replies may be rated and called about follows from the day each was given."""
    if follow_up.is_installed(session):
        return False
    follow_up.add(session, Terms(), in_force_from=LADDER_FROM, basis=follow_up.DEFAULT_BASIS, now=clock.now())
    return True
