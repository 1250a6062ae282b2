"""What every table shares: naming convention, aware instants, enums stored by value, random public ids."""

import enum
import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Dialect, Enum, MetaData
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING_CONVENTION


class Table(SQLModel):
    """Base class of the tables. `table=True` does not validate: forms, rules and CHECK constraints do, so pydantic need
    not compose validators for forty tables before the first request.
    """

    model_config = {"defer_build": True}


metadata: MetaData = SQLModel.metadata


class Instant(TypeDecorator[datetime]):
    """A moment, stored in UTC and always aware (CLK-1). A naive value is a bug and raises."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def enum_type(members: type[enum.StrEnum]) -> Enum:
    """Column type that stores the member's value. `enum_check` adds the CHECK under a name of our own."""
    return Enum(
        members,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda cls: [member.value for member in cls],
    )


def enum_check(column: str, members: type[enum.StrEnum]) -> CheckConstraint:
    """CHECK that a column holds one of the values."""
    allowed = ", ".join(f"'{member.value}'" for member in members)
    return CheckConstraint(f"{column} IN ({allowed})", name=column)


def new_uid() -> str:
    """Random 128-bit id for URLs, 32 hexadecimal digits (IDN-4)."""
    return secrets.token_hex(16)


def plain(value: Any) -> Any:
    """A value as JSON can hold it: dates and instants as ISO text, enums by value."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, enum.StrEnum):
        return value.value
    return value.isoformat() if hasattr(value, "isoformat") else value
