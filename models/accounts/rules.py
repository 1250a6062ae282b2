"""Permissions as data, and how two units of the tree are related. Pure."""

from enum import StrEnum

from models.accounts.types import OFFICE_ROLES, READING_ROLES, UNIT_ROLES, Role


class Permission(StrEnum):
    """What a view may ask for. Workflow acts ask the workflow table instead."""

    USE_DESK = "use_desk"
    USE_OFFICE = "use_office"
    TRIAGE = "triage"
    REVIEW = "review"
    READ_SLIPS = "read_slips"
    ADMINISTER = "administer"
    USE_ENTERPRISE = "use_enterprise"
    ASK_REVEAL = "ask_reveal"
    DECIDE_REVEAL = "decide_reveal"
    KEEP_CALENDAR = "keep_calendar"


PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.USE_DESK: UNIT_ROLES,
    Permission.USE_OFFICE: OFFICE_ROLES | READING_ROLES,
    Permission.TRIAGE: frozenset({Role.CLERK, Role.DIRECTOR}),
    Permission.REVIEW: frozenset({Role.SUPERVISOR, Role.DIRECTOR}),
    Permission.READ_SLIPS: OFFICE_ROLES | READING_ROLES | UNIT_ROLES,
    Permission.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
    Permission.USE_ENTERPRISE: frozenset({Role.ENTERPRISE}),
    Permission.ASK_REVEAL: UNIT_ROLES | OFFICE_ROLES,
    Permission.DECIDE_REVEAL: frozenset({Role.CUSTODIAN}),
    Permission.KEEP_CALENDAR: frozenset({Role.SUPERVISOR, Role.DIRECTOR}),
}


def permits(roles: frozenset[Role], permission: Permission) -> bool:
    return bool(roles & PERMISSIONS[permission])


STAFF_ROLES: tuple[Role, ...] = tuple(role for role in Role if role is not Role.ENTERPRISE)
"""What an administrator may give out, in the order people read it."""


def refused_roles(roles: frozenset[Role], *, has_unit: bool) -> str | None:
    """Why an account may not hold these roles, as a code. An administrator manages accounts and sees no content, so
    the role stands alone (domain.md §2).
    """
    if not roles or not roles <= set(STAFF_ROLES):
        return "roles_missing"
    if Role.ADMINISTRATOR in roles and len(roles) > 1:
        return "administrator_stands_alone"
    return "unit_missing" if roles & UNIT_ROLES and not has_unit else None


def is_related(path: str, other: str) -> bool:
    """True when two units are the same or one stands above the other in the tree (domain.md §3, ACC-4)."""
    return bool(path) and bool(other) and (path.startswith(other) or other.startswith(path))
