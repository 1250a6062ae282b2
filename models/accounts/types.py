"""Roles of domain.md §2 and the actor that every act names."""

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Role(StrEnum):
    ENTERPRISE = "enterprise"
    HANDLER = "handler"
    APPROVER = "approver"
    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    DIRECTOR = "director"
    CUSTODIAN = "custodian"
    LEADER = "leader"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: dict[Role, str] = {
    Role.ENTERPRISE: "企业用户",
    Role.HANDLER: "经办人",
    Role.APPROVER: "单位负责人",
    Role.CLERK: "受理员",
    Role.SUPERVISOR: "督办员",
    Role.DIRECTOR: "市优办主任",
    Role.CUSTODIAN: "身份保管",
    Role.LEADER: "分管市领导",
    Role.AUDITOR: "纪检督查",
    Role.ADMINISTRATOR: "系统管理员",
}

UNIT_ROLES = frozenset({Role.HANDLER, Role.APPROVER})
OFFICE_ROLES = frozenset({Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR})
SUBSTITUTED_ROLES = frozenset({Role.APPROVER, Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR})
"""What a colleague may hold for somebody who is away."""
READING_ROLES = frozenset({Role.LEADER, Role.AUDITOR})


class UnitKind(StrEnum):
    DEPARTMENT = "市直单位"
    VERTICAL = "垂管单位"
    PARK = "园区"
    JUDICIARY = "司法机关"
    SUBDISTRICT = "街道"
    TOWN = "镇"
    CENTRE = "中心"
    OFFICE = "市优办"


class ListPlace(StrEnum):
    """A list whose filters people keep under a name."""

    DESK = "desk"
    OFFICE = "office"


MOST_NAME = 40
"""Characters that the record has for a name."""


@dataclass(frozen=True)
class Actor:
    """Whoever acts. `account_id` is None for the public and for the system itself.

    `unit_path` is the unit's place in the tree ("/1/17/"), so that relation to another unit is a comparison of strings.
    """

    account_id: int | None = None
    display_name: str = ""
    roles: frozenset[Role] = field(default_factory=frozenset)
    unit_id: int | None = None
    unit_name: str = ""
    unit_path: str = ""
    unit_kind: UnitKind | None = None
    lent: frozenset[tuple[Role, str]] = frozenset()
    """Roles among `roles` held for somebody who is away, each with their name; held by oneself too, they are not lent.
    """

    def acting_by(self, roles: frozenset[Role]) -> "Actor":
        """Who acts, as the record names them, when the act asks for one of these roles: with the name of whoever is
        away when only theirs allows it.
        """
        if self.own_roles & roles:
            return self
        absent = next((name for role, name in sorted(self.lent) if role in roles), None)
        return self if absent is None else replace(self, display_name=f"{self.display_name}（代{absent}）"[:MOST_NAME])

    @property
    def own_roles(self) -> frozenset[Role]:
        return self.roles - {role for role, _ in self.lent}

    @property
    def is_unit(self) -> bool:
        return bool(self.roles & UNIT_ROLES) and self.unit_id is not None

    @property
    def is_office(self) -> bool:
        return bool(self.roles & OFFICE_ROLES)

    @property
    def is_enterprise(self) -> bool:
        return Role.ENTERPRISE in self.roles

    @property
    def may_read_all(self) -> bool:
        return bool(self.roles & (OFFICE_ROLES | READING_ROLES))

    @property
    def role_labels(self) -> tuple[str, ...]:
        """A lent role with the name of whoever is away."""
        lent = dict(sorted(self.lent))
        return tuple(
            f"{ROLE_LABELS[role]}（代{lent[role]}）" if role in lent else ROLE_LABELS[role]
            for role in Role if role in self.roles
        )


PUBLIC = Actor(display_name="诉求人")
SYSTEM = Actor(display_name="系统")
