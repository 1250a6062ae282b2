"""Every table of the house, for migrations, the database wiring and tests."""

from models.accounts.tables import Account, AccountRole, LoginFailure, LoginSession, SavedFilter, Substitution, Unit
from models.appeals.enterprise_tables import Enterprise, EnterpriseAppeal, EnterpriseInvitation, EnterpriseMember
from models.appeals.tables import (
    Appeal,
    AppealView,
    AppellantIdentity,
    Attachment,
    Demand,
    IdentityReveal,
    KeptForm,
    LimitCount,
    NumberSeries,
    StagedUpload,
    UsedProof,
)
from models.audit.tables import AuditHead, AuditRow
from models.base import metadata
from models.handling.tables import (
    ActKey,
    AdjustmentRow,
    AppealEvent,
    AppealLink,
    AssistanceRow,
    MilestoneRow,
    Policy,
    PolicyLimit,
    Reply,
    ReplyItem,
    SelfRegistration,
)
from models.jobs.tables import Job
from models.notices.tables import DailyRun, Notice, OutgoingMail
from models.slips.tables import Slip, SlipReceipt, SlipScan, SlipWording
from models.supervision.ladder_tables import LadderPolicy, SupervisionEvent, SupervisionRecord
from models.supervision.work_error_tables import WorkError, WorkErrorEvent, WorkErrorFile
from models.workdays.tables import ArrangementDay, ArrangementRow

__all__ = [
    "Account",
    "AccountRole",
    "ActKey",
    "AdjustmentRow",
    "Appeal",
    "AppealEvent",
    "AppealLink",
    "AppealView",
    "AppellantIdentity",
    "ArrangementDay",
    "ArrangementRow",
    "AssistanceRow",
    "Attachment",
    "AuditHead",
    "AuditRow",
    "DailyRun",
    "Demand",
    "Enterprise",
    "EnterpriseAppeal",
    "EnterpriseInvitation",
    "EnterpriseMember",
    "IdentityReveal",
    "Job",
    "KeptForm",
    "LadderPolicy",
    "LimitCount",
    "LoginFailure",
    "LoginSession",
    "MilestoneRow",
    "Notice",
    "NumberSeries",
    "OutgoingMail",
    "Policy",
    "PolicyLimit",
    "Reply",
    "ReplyItem",
    "SavedFilter",
    "SelfRegistration",
    "Slip",
    "SlipReceipt",
    "SlipScan",
    "SlipWording",
    "StagedUpload",
    "Substitution",
    "SupervisionEvent",
    "SupervisionRecord",
    "Unit",
    "UsedProof",
    "WorkError",
    "WorkErrorEvent",
    "WorkErrorFile",
    "metadata",
]
