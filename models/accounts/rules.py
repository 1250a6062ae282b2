"""Permissions as data, and how two units of the tree are related. Pure."""

import re
from datetime import date
from enum import StrEnum

from models.accounts.types import OFFICE_ROLES, READING_ROLES, SUBSTITUTED_ROLES, UNIT_ROLES, Role


class Permission(StrEnum):
    """What a view may ask for. Workflow acts ask the workflow table instead."""

    USE_DESK = "use_desk"
    USE_OFFICE = "use_office"
    TRIAGE = "triage"
    REVIEW = "review"
    READ_SLIPS = "read_slips"
    ISSUE_SLIPS = "issue_slips"
    EDIT_WORDING = "edit_wording"
    ADMINISTER = "administer"
    USE_ENTERPRISE = "use_enterprise"
    ASK_REVEAL = "ask_reveal"
    DECIDE_REVEAL = "decide_reveal"
    READ_WORK_ERRORS = "read_work_errors"
    OVERSEE_WORK_ERRORS = "oversee_work_errors"
    KEEP_WORK_ERRORS = "keep_work_errors"
    ANSWER_WORK_ERROR = "answer_work_error"
    READ_SUPERVISION = "read_supervision"
    INSTRUCT = "instruct"
    DIRECT_LADDER = "direct_ladder"
    WORK_HERE = "work_here"
    KEEP_CALENDAR = "keep_calendar"
    DIRECT_TERMS = "direct_terms"
    READ_RATING_RESULTS = "read_rating_results"
    OVERSEE_RATINGS = "oversee_ratings"
    DECIDE_RATINGS = "decide_ratings"
    WATCH_RETALIATION = "watch_retaliation"
    READ_RATINGS = "read_ratings"
    KEEP_RATINGS = "keep_ratings"
    FOLLOW_UP = "follow_up"
    READ_CASES = "read_cases"
    ANSWER_CASE = "answer_case"
    DIRECT_FOLLOW_UP = "direct_follow_up"


PERMISSIONS: dict[Permission, frozenset[Role]] = {
    Permission.USE_DESK: UNIT_ROLES,
    Permission.USE_OFFICE: OFFICE_ROLES | READING_ROLES,
    Permission.TRIAGE: frozenset({Role.CLERK, Role.DIRECTOR}),
    Permission.REVIEW: frozenset({Role.SUPERVISOR, Role.DIRECTOR}),
    Permission.READ_SLIPS: OFFICE_ROLES | READING_ROLES | UNIT_ROLES,
    Permission.ISSUE_SLIPS: OFFICE_ROLES,
    Permission.EDIT_WORDING: frozenset({Role.DIRECTOR}),
    Permission.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
    Permission.USE_ENTERPRISE: frozenset({Role.ENTERPRISE}),
    Permission.ASK_REVEAL: UNIT_ROLES | OFFICE_ROLES,
    Permission.DECIDE_REVEAL: frozenset({Role.CUSTODIAN}),
    Permission.READ_WORK_ERRORS: frozenset({Role.SUPERVISOR, Role.DIRECTOR}) | READING_ROLES | UNIT_ROLES,
    Permission.OVERSEE_WORK_ERRORS: frozenset({Role.SUPERVISOR, Role.DIRECTOR}) | READING_ROLES,
    Permission.KEEP_WORK_ERRORS: frozenset({Role.SUPERVISOR, Role.DIRECTOR}),
    Permission.ANSWER_WORK_ERROR: frozenset({Role.APPROVER}),
    Permission.READ_SUPERVISION: OFFICE_ROLES | READING_ROLES | UNIT_ROLES,
    Permission.INSTRUCT: frozenset({Role.LEADER}),
    Permission.DIRECT_LADDER: frozenset({Role.DIRECTOR}),
    Permission.WORK_HERE: frozenset(Role) - {Role.ENTERPRISE},
    Permission.KEEP_CALENDAR: frozenset({Role.SUPERVISOR, Role.DIRECTOR}),
    Permission.DIRECT_TERMS: frozenset({Role.DIRECTOR}),
    Permission.READ_RATING_RESULTS: frozenset({Role.SUPERVISOR, Role.DIRECTOR}) | READING_ROLES | UNIT_ROLES,
    Permission.OVERSEE_RATINGS: frozenset({Role.SUPERVISOR, Role.DIRECTOR}) | READING_ROLES,
    Permission.DECIDE_RATINGS: frozenset({Role.DIRECTOR}),
    Permission.WATCH_RETALIATION: frozenset({Role.DIRECTOR, Role.AUDITOR}),
    Permission.READ_RATINGS: OFFICE_ROLES | READING_ROLES,
    Permission.KEEP_RATINGS: frozenset({Role.DIRECTOR}),
    Permission.FOLLOW_UP: OFFICE_ROLES,
    Permission.READ_CASES: OFFICE_ROLES | READING_ROLES | UNIT_ROLES,
    Permission.ANSWER_CASE: UNIT_ROLES,
    Permission.DIRECT_FOLLOW_UP: frozenset({Role.DIRECTOR}),
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


MOST_DAYS_AWAY = 60
FURTHEST_AWAY = 365
"""Days from today until which an absence may be planned."""
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")
MOST_EMAIL = 120


def is_mailbox(text: str) -> bool:
    """The shape of an address that mail can go to; whether there is such a box, its server will say."""
    return len(text) <= MOST_EMAIL and _MAILBOX.fullmatch(text) is not None


def may_name_substitute(own: frozenset[Role]) -> bool:
    """Custodian, leader, auditor and administrator are nobody's to stand in for."""
    return bool(own & SUBSTITUTED_ROLES)


def may_be_substitute(held: frozenset[Role]) -> bool:
    """Only people of a unit or of the office: who watches them, keeps identities or manages accounts, does not."""
    return bool(held) and held <= UNIT_ROLES | OFFICE_ROLES


def stands_with(own: frozenset[Role], unit_id: int | None, held: frozenset[Role], other_unit_id: int | None) -> bool:
    """A colleague of the same unit; for what belongs to the office, somebody of the office."""
    is_same = unit_id is not None and unit_id == other_unit_id
    lent = own & SUBSTITUTED_ROLES
    return (is_same or not lent & UNIT_ROLES) and (bool(held & OFFICE_ROLES) or not lent & OFFICE_ROLES)


def refused_span(first: date, last: date, today: date) -> str | None:
    """Why an absence may not last from one day to the other, both counted, as a code."""
    if first < today:
        return "absence_in_past"
    if last < first:
        return "absence_ends_before"
    if (last - first).days >= MOST_DAYS_AWAY:
        return "absence_too_long"
    return "absence_too_far" if (last - today).days > FURTHEST_AWAY else None


def is_related(path: str, other: str) -> bool:
    """True when two units are the same or one stands above the other in the tree (domain.md §3, ACC-4)."""
    return bool(path) and bool(other) and (path.startswith(other) or other.startswith(path))
