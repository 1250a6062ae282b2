"""Every table of the house, for migrations, the database wiring and tests."""

from models.accounts.tables import Account, AccountRole, LoginFailure, LoginSession, SavedFilter, Unit
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
from models.slips.tables import Slip
from models.workdays.tables import ArrangementDay, ArrangementRow

__all__ = [
    "Account",
    "AccountRole",
    "ActKey",
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
    "Demand",
    "Enterprise",
    "EnterpriseAppeal",
    "EnterpriseInvitation",
    "EnterpriseMember",
    "IdentityReveal",
    "KeptForm",
    "LimitCount",
    "LoginFailure",
    "LoginSession",
    "MilestoneRow",
    "NumberSeries",
    "Policy",
    "PolicyLimit",
    "Reply",
    "ReplyItem",
    "SavedFilter",
    "SelfRegistration",
    "Slip",
    "StagedUpload",
    "Unit",
    "UsedProof",
    "metadata",
]
