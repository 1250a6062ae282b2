"""Every table of the house, for migrations, the database wiring and tests."""

from models.accounts.tables import Account, AccountRole, LoginFailure, LoginSession, Unit
from models.appeals.tables import (
    Appeal,
    AppealView,
    AppellantIdentity,
    Attachment,
    Demand,
    LimitCount,
    NumberSeries,
    StagedUpload,
)
from models.audit.tables import AuditHead, AuditRow
from models.base import metadata
from models.handling.tables import ActKey, AppealEvent, MilestoneRow, Policy, PolicyLimit, Reply, ReplyItem
from models.slips.tables import Slip
from models.workdays.tables import CalendarDay, CalendarYear

__all__ = [
    "Account",
    "AccountRole",
    "ActKey",
    "Appeal",
    "AppealEvent",
    "AppealView",
    "AppellantIdentity",
    "Attachment",
    "AuditHead",
    "AuditRow",
    "CalendarDay",
    "CalendarYear",
    "Demand",
    "LimitCount",
    "LoginFailure",
    "LoginSession",
    "MilestoneRow",
    "NumberSeries",
    "Policy",
    "PolicyLimit",
    "Reply",
    "ReplyItem",
    "Slip",
    "StagedUpload",
    "Unit",
    "metadata",
]
