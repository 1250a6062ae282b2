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


PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.USE_DESK: UNIT_ROLES,
    Permission.USE_OFFICE: OFFICE_ROLES | READING_ROLES,
    Permission.TRIAGE: frozenset({Role.CLERK, Role.DIRECTOR}),
    Permission.REVIEW: frozenset({Role.SUPERVISOR, Role.DIRECTOR}),
    Permission.READ_SLIPS: OFFICE_ROLES | READING_ROLES | UNIT_ROLES,
}


def permits(roles: frozenset[Role], permission: Permission) -> bool:
    return bool(roles & PERMISSIONS[permission])


def is_related(path: str, other: str) -> bool:
    """True when two units are the same or one stands above the other in the tree (domain.md §3, ACC-4)."""
    return bool(path) and bool(other) and (path.startswith(other) or other.startswith(path))
