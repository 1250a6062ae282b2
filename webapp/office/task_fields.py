"""The fields that ask a unit to assist (协办): unit, task, working days. Left empty, nobody is asked."""

from typing import Any

from wtforms import BooleanField, StringField
from wtforms.validators import ValidationError

from models.accounts.tables import Unit
from models.errors import DomainError
from models.handling.assistance import Task
from webapp.filters import cn_date
from webapp.forms import Clean, LongText, text_area, whole_number
from webapp.messages import message
from webapp.unit_picker import named_unit

FIRST, SECOND = "assist", "assist2"
DEFAULT_WORKDAYS, MOST_WORKDAYS = "3", 30
BESIDE_UNIT = frozenset({"assisting_is_lead", "already_assisting", "accused_unit_cannot_handle"})


def task_fields(which: str = "") -> tuple[StringField, LongText, StringField]:
    return (
        StringField(f"{which}协办单位", [Clean(40, 1)]),
        text_area("协办事项", max_chars=1000),
        StringField("协办工作日", [Clean(4, 1)], default=DEFAULT_WORKDAYS),
    )


def late_field() -> BooleanField:
    return BooleanField("晚于主办期限也按此办理")


def read_task(form: Any, name: str, *, is_required: bool = False) -> Task | None:
    """The task of these fields, or None when they are empty or wrong; what is wrong stands beside the field."""
    unit, text, workdays = (form[f"{name}_{part}"] for part in ("unit", "task", "workdays"))
    if not (unit.data or text.data or is_required):
        return None
    if not text.data:
        text.errors = [*text.errors, "请写明请协办单位办什么、查什么"]
    days = whole_number(workdays.data or "", MOST_WORKDAYS)
    if days is None:
        workdays.errors = [*workdays.errors, f"协办工作日请填 1 到 {MOST_WORKDAYS} 的整数"]
    found = _chosen(unit, is_required)
    if found is None or days is None or not text.data:
        return None
    return Task(found, text.data, days, bool(form.late.data))


def _chosen(field: StringField, is_required: bool) -> Unit | None:
    if not field.data:
        said = "请选择协办单位" if is_required else "请选择协办单位；不需要协办的，请把这几项都清空"
        field.errors = [*field.errors, said]
        return None
    try:
        return named_unit(field.data)
    except ValidationError as wrong:
        field.errors = [*field.errors, str(wrong)]
        return None


def explain_task(form: Any, name: str, error: DomainError) -> bool:
    """Puts the refusal of a task beside its field; False when it is none of a task's."""
    if error.code in BESIDE_UNIT:
        field, said = form[f"{name}_unit"], message(error.code)
    elif error.code == "assistance_after_lead":
        dates = f"协办到{cn_date(error.facts['due_on'])}，主办到{cn_date(error.facts['lead_due_on'])}。"
        field, said = form[f"{name}_workdays"], dates + message(error.code)
    else:
        return False
    field.errors = [*field.errors, said]
    return True
