"""Forms of the administration: the lists' filters, accounts, units, and the acts that need no words."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import Form as ReadForm
from wtforms import SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields import SelectChoice
from wtforms.validators import StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from models.accounts.rules import STAFF_ROLES
from models.accounts.staff import StaffDetails
from models.accounts.staff_list import StaffFilter
from models.accounts.tables import Unit
from models.accounts.types import ROLE_LABELS, Role, UnitKind
from models.accounts.unit_tree import UnitDetails, tree
from models.appeals.text import clean_name
from models.errors import Refused
from webapp.forms import ActForm, Required, email_field
from webapp.messages import message
from webapp.unit_picker import unit_keys

STATUSES = {"": "全部状态", "active": "在用", "disabled": "已停用"}


class CleanName:
    """Cleans a name of an account or unit in place, or says what must go (INP-2)."""

    def __init__(self, max_chars: int) -> None:
        self.max_chars = max_chars
        self.field_flags = {"maxlength": max_chars}

    def __call__(self, form: Any, field: Any) -> None:
        try:
            field.data = clean_name(field.data or "", max_chars=self.max_chars)
        except Refused as refused:
            raise StopValidation(message(refused.code).format(**refused.facts)) from refused


class RoleChoices(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _choices(options: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in options]


ROLE_CHOICES = _choices((one.value, ROLE_LABELS[one]) for one in STAFF_ROLES)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _unit_choices(units: Sequence[Unit], none: str, *, kept: int | None = None) -> list[SelectChoice]:
    """Units in use, each under its parent; one out of use only where it is chosen already."""
    shown = [(depth, unit) for depth, unit in tree(units) if unit.is_active or unit.id == kept]
    return [SelectChoice(value="", label=none)] + [
        SelectChoice(
            value=str(unit.id), label=f"{'　' * depth}{unit.short_name}",
            render_kw={"title": unit.full_name, "data-keys": unit_keys(unit)},
        )
        for depth, unit in shown
    ]


def _printable(text: str | None) -> str:
    """What is searched for; characters that no page can show are dropped."""
    return "".join(one for one in text or "" if one.isprintable()).strip()[:40]


class AccountFilter(ReadForm):
    """What the list is narrowed to. Read only; anything unknown narrows to nothing in particular."""

    q = StringField("搜姓名、用户名", filters=[_printable], render_kw={"maxlength": 40})
    unit = SelectField("单位", validate_choice=False)
    role = SelectField("岗位", choices=[*_choices([("", "全部岗位")]), *ROLE_CHOICES])
    status = SelectField("状态", choices=_choices(STATUSES.items()))

    def offer(self, units: Sequence[Unit]) -> "AccountFilter":
        self.unit.choices = _unit_choices(units, "全部单位", kept=_number(self.unit.data))
        return self

    @property
    def asked(self) -> StaffFilter:
        role = Role(self.role.data) if self.role.data in set(STAFF_ROLES) else None
        is_active = {"active": True, "disabled": False}.get(self.status.data or "")
        return StaffFilter(self.q.data or "", _number(self.unit.data), role, is_active)

    @property
    def address(self) -> dict[str, Any]:
        """What the links to other pages of the list carry on."""
        return {field.name: field.data for field in self if field.data}


class UsernameForm(ActForm):
    """Stands before `AccountForm`, so that the summary of errors follows the page from top to bottom."""

    username = StringField(
        "用户名", [Required("请填写用户名"), CleanName(40)],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )

    def validate_username(self, field: StringField) -> None:
        if " " in (field.data or ""):
            raise ValidationError("用户名中间不能有空格")


class AccountForm(ActForm):
    """Name, unit and roles of an account."""

    display_name = StringField("姓名", [Required("请填写姓名"), CleanName(40)])
    unit = SelectField("所属单位")
    roles = RoleChoices("岗位", choices=ROLE_CHOICES)
    email = email_field("邮箱")

    def validate_roles(self, field: RoleChoices) -> None:
        if not field.data:
            raise ValidationError(message("roles_missing"))

    def offer(self, units: Sequence[Unit], *, kept: int | None = None) -> "AccountForm":
        self.unit.choices = _unit_choices(units, "不属于任何单位", kept=kept)
        return self

    def fill(self, details: StaffDetails, version: int) -> "AccountForm":
        self.display_name.data, self.unit.data = details.display_name, str(details.unit_id or "")
        self.roles.data = [role.value for role in STAFF_ROLES if role in details.roles]
        self.email.data = details.email
        self.version.data = str(version)
        return self

    @property
    def details(self) -> StaffDetails:
        roles = frozenset(Role(value) for value in self.roles.data or ())
        return StaffDetails(self.display_name.data or "", roles, _number(self.unit.data), self.email.data or "")


class NewAccountForm(UsernameForm, AccountForm):
    """A username is given once and stays: the log names people by their account."""


class UnitForm(ActForm):
    short_name = StringField("简称", [Required("请填写单位简称"), CleanName(40)])
    full_name = StringField("全称", [Required("请填写单位全称"), CleanName(80)])
    kind = SelectField("类别", choices=_choices((one.value, one.value) for one in UnitKind))
    parent = SelectField("上级单位")

    def offer(self, units: Sequence[Unit], *, kept: int | None = None) -> "UnitForm":
        self.parent.choices = _unit_choices(units, "没有上级单位", kept=kept)
        return self

    def fill(self, unit: Unit) -> "UnitForm":
        self.short_name.data, self.full_name.data = unit.short_name, unit.full_name
        self.kind.data, self.parent.data = unit.kind.value, str(unit.parent_id or "")
        self.version.data = str(unit.version)
        return self

    @property
    def details(self) -> UnitDetails:
        kind = UnitKind(self.kind.data)
        return UnitDetails(self.short_name.data or "", self.full_name.data or "", kind, _number(self.parent.data))
