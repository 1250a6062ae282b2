"""What the demonstration shows of slips: orders issued and signed for, one void and replaced, a receipt on paper, one
appeal whose order waits. Replies, and the slips of the ladder, are issued by the stories and by `overseeing`.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from models.accounts.types import Role
from models.appeals.tables import Appeal
from models.handling import commands
from models.slips.commands import issue_of_appeal
from models.slips.kinds import SlipKind
from models.slips.queries import by_id
from models.slips.receiving import ScannedFile, add_scan, sign_for
from models.slips.tables import Slip
from models.slips.voiding import reissue, void
from webapp.demo import evidence
from webapp.demo.cues import Cue, Moments
from webapp.demo.plans import Workdays
from webapp.demo.stage import Stage, keep

SIGNED: Final = (
    "transformer-move", "enterprise-reward", "frozen-food-label", "wage-guarantee-deposit", "brand-logo-complaint",
    "canteen-water-report", "pharmacy-double-inspection",
)  # fmt: skip
"""Appeals with a dispatch order that the unit signed for."""
UNSIGNED: Final = ("road-closure-notice", "scale-verification-fee", "tax-invoice-quota")
REPLACED: Final = "brand-logo-complaint"
WHY_VOID: Final = "打印时套错了措辞，更正后重新出具。"
DECLINED: Final = ("tenant-deposit", "sme-arrears-road")
REPORTED: Final = ("temporary-signboard", "vegetable-market-tax")
VOID_REPORT: Final = "vegetable-market-tax"
WHY_VOID_REPORT: Final = "转办单位名称有误，核实以后重新出具。"
WAITING: Final = ("night-market-power", "供电公司")
"""Dispatched at the very last moment, without an order."""
ON_PAPER: Final = "order-medicine"
"""A record whose slip was signed for on the page and on paper."""


def cues(moments: Moments, workdays: Workdays) -> list[Cue]:
    return [*_orders(moments), *_of_appellants(moments), *_receipts(workdays)]


def _orders(moments: Moments) -> Iterator[Cue]:
    for key in (*SIGNED, *UNSIGNED):
        yield Cue(moments[key, "dispatch"] + timedelta(minutes=25), partial(_order, key))
    for key in SIGNED:
        yield Cue(moments[key, "sign"] + timedelta(minutes=4), partial(_sign_order, key))
    at = moments[REPLACED, "dispatch"] + timedelta(minutes=95)
    yield Cue(at, partial(_void_order, REPLACED))
    yield Cue(at + timedelta(minutes=3), partial(_reissue, REPLACED))


def _of_appellants(moments: Moments) -> Iterator[Cue]:
    """And reports to whoever had passed the matter on, one of them void."""
    for key in DECLINED:
        yield Cue(moments[key, "decline"] + timedelta(minutes=12), partial(_decline, key))
    for key in REPORTED:
        yield Cue(moments[key, "publish"] + timedelta(minutes=35), partial(_report, key))


def _receipts(workdays: Workdays) -> Iterator[Cue]:
    yield Cue(workdays.moment(-9, "16:20"), partial(_sign_record, ON_PAPER, "交通运输局"))
    yield Cue(workdays.moment(-8, "09:05"), partial(_scan, ON_PAPER))
    yield Cue(workdays.moment(-4, "11:15"), partial(_sign_record, "order-transformer", "供电公司"))


def _decline(key: str, stage: Stage, at: datetime) -> None:
    _issue(key, SlipKind.DECLINE_NOTICE, stage, at)


def _issue(key: str, kind: SlipKind, stage: Stage, at: datetime) -> Slip:
    act = stage.acting(Role.CLERK, "", at)
    return issue_of_appeal(stage.session, kind, stage.appeals[key], act, stage.letterhead)


def _order(key: str, stage: Stage, at: datetime) -> None:
    stage.orders[key] = _issue(key, SlipKind.DISPATCH_ORDER, stage, at)


def _sign_order(key: str, stage: Stage, at: datetime) -> None:
    unit = stage.unit_of(stage.appeals[key]).short_name
    sign_for(stage.session, stage.orders[key], stage.acting(Role.HANDLER, unit, at))


def _void_order(key: str, stage: Stage, at: datetime) -> None:
    void(stage.session, stage.orders[key], stage.acting(Role.SUPERVISOR, "", at), reason=WHY_VOID)


def _reissue(key: str, stage: Stage, at: datetime) -> None:
    act = stage.acting(Role.SUPERVISOR, "", at)
    stage.orders[key] = reissue(stage.session, stage.orders[key], act, stage.letterhead)


def _report(key: str, stage: Stage, at: datetime) -> None:
    slip = _issue(key, SlipKind.HANDLING_REPORT, stage, at)
    if key == VOID_REPORT:
        act = stage.acting(Role.SUPERVISOR, "", at)
        void(stage.session, slip, act, reason=WHY_VOID_REPORT)


def _slip_of(stage: Stage, name: str) -> Slip:
    slip = by_id(stage.session, stage.records[name].slip_id or 0)
    assert slip is not None
    return slip


def _sign_record(name: str, unit: str, stage: Stage, at: datetime) -> None:
    sign_for(stage.session, _slip_of(stage, name), stage.acting(Role.APPROVER, unit, at))


def _scan(name: str, stage: Stage, at: datetime) -> None:
    file = keep(stage, evidence.receipt(), "督办单签收回执.jpg")
    scanned = ScannedFile(file.stored_name, file.display_name, file.kind, file.size, file.sha256)
    add_scan(stage.session, _slip_of(stage, name), scanned, stage.acting(Role.CLERK, "", at))


def dispatch_without_order(stage: Stage, now: datetime) -> Appeal:
    key, unit = WAITING
    act = stage.acting(Role.CLERK, "", now)
    commands.accept_and_dispatch(stage.session, stage.appeals[key], act, lead_unit=stage.unit(unit))
    return stage.appeals[key]
