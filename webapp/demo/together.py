"""What the demonstration shows of several at work on one matter: assisting units, a merged appeal, two linked ones."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from models.accounts.types import Role
from models.handling import assistance, linking
from models.handling.assistance import Task
from models.handling.commands import Act
from webapp.demo.stage import Stage

# appeal, assisting unit, task, how far it is (see _DONE), what it found
_TASKS: Final = (
    ("brand-logo-complaint", "税务局", "请核对市场内三家摊位的开票记录，确认涉案包装箱的进货单位。", "sent",
     "经核对，三家摊位十月份以来的进货发票均由同一家外地包装公司开具，清单已通过内网送达；该公司登记状态正常。"),
    ("restaurant-gas-inspection", "市监局", "请核查燃气报警器销售单位有无指定经营、强制搭售行为。", "to_sign", ""),
    ("workshop-roof-permit", "市监局", "请提供该企业近三年的设备登记和检查记录，供判断屋面荷载。", "to_sign_off",
     "该企业登记的起重设备两台，检验均在有效期内；近三年检查没有发现改变用途的情况。"),
    ("enterprise-reward", "税务局", "请核对企业入规年度的纳税申报口径。", "at_work", ""),
)  # fmt: skip
_MERGED: Final = ("elevator-second", "elevator-maintenance", "同一小区的两户业主反映同一部电梯的检验排期。")
_LINKED: Final = ("lotus-cold-store-power", "transformer-move")


def work_together(stage: Stage, now: datetime) -> None:
    for key, unit, task, status, found in _TASKS:
        _assist(stage, now, key, Task(stage.unit(unit), task, 2, is_late_meant=True), status, found)
    merged, main, reason = _MERGED
    act = stage.acting(Role.CLERK, "", now)
    linking.merge(stage.session, stage.appeals[merged], act, main=stage.appeals[main], reason=reason)
    one, other = (stage.appeals[key] for key in _LINKED)
    linking.link(stage.session, one, act, other=other)


def _assist(stage: Stage, now: datetime, key: str, task: Task, status: str, found: str) -> None:
    appeal, unit = stage.appeals[key], task.unit.short_name
    assistance.assist(stage.session, appeal, stage.acting(Role.CLERK, "", now), task)
    handler, approver = (stage.acting(role, unit, now) for role in (Role.HANDLER, Role.APPROVER))
    acts: tuple[tuple[Callable[..., object], Act], ...] = (
        (assistance.sign, handler), (partial(assistance.propose, text=found), handler), (assistance.send, approver),
    )  # fmt: skip
    for do, act in acts[: ("to_sign", "at_work", "to_sign_off", "sent").index(status)]:
        do(stage.session, appeal, act)
