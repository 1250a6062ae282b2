"""Enterprise accounts: the enterprise, its people, their invitations and the appeals on its list.

No name, telephone number or credit code stands here in clear (IDN-2): what people wrote is sealed, each for the row it
belongs to.
"""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, LargeBinary, String
from sqlmodel import Field

from models.base import Instant, Table, new_uid


class Enterprise(Table, table=True):
    """`code_index` is the blind index of its credit code. It is given up (NULL) when nobody is left and the code is
    registered anew: the newcomer gets an enterprise of its own and sees nothing of the old list.
    """

    __tablename__ = "enterprises"

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    code_index: str | None = Field(default=None, sa_column=Column(String(64), unique=True))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class EnterpriseMember(Table, table=True):
    """A person of the enterprise: name and telephone number, sealed for the account. Leaving deletes the row."""

    __tablename__ = "enterprise_members"

    account_id: int = Field(
        sa_column=Column(ForeignKey("accounts.id"), primary_key=True, autoincrement=False)
    )
    enterprise_id: int = Field(sa_column=Column(ForeignKey("enterprises.id"), nullable=False, index=True))
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    joined_at: datetime = Field(sa_column=Column(Instant, nullable=False))


class EnterpriseInvitation(Table, table=True):
    """Lets one colleague in, once. The code itself is stored nowhere."""

    __tablename__ = "enterprise_invitations"

    id: int | None = Field(default=None, primary_key=True)
    uid: str = Field(default_factory=new_uid, sa_column=Column(String(32), nullable=False, unique=True))
    token_hash: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    enterprise_id: int = Field(sa_column=Column(ForeignKey("enterprises.id"), nullable=False, index=True))
    created_by_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    created_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    expires_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    used_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(Instant))


class EnterpriseAppeal(Table, table=True):
    """An appeal on an enterprise's list, and who put it there. Several enterprises may hold number and code of one
    appeal, so the pair is the key: nobody takes it from another's list, and no refusal tells that it stands there.
    """

    __tablename__ = "enterprise_appeals"

    enterprise_id: int = Field(
        sa_column=Column(ForeignKey("enterprises.id"), primary_key=True, autoincrement=False)
    )
    appeal_id: int = Field(
        sa_column=Column(ForeignKey("appeals.id"), primary_key=True, autoincrement=False, index=True)
    )
    account_id: int = Field(sa_column=Column(ForeignKey("accounts.id"), nullable=False))
    added_at: datetime = Field(sa_column=Column(Instant, nullable=False))
    seen_at: datetime | None = Field(default=None, sa_column=Column(Instant))
    """When somebody of the enterprise last opened it: a reply published later is new."""
