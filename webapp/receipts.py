"""The receipt: number and code, the promised dates and why, and the print of it."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import url_for
from sqlmodel import Session

from models.appeals import receipt
from models.appeals.tables import Appeal
from models.appeals.types import CHANNEL_LABELS
from models.handling.clock import Moment, preview
from models.handling.queries import policy_in_force
from models.handling.types import Milestone, Stage
from models.slips.types import Receipt
from models.workdays.rules import SHANGHAI, local_day
from webapp import intake, presenting
from webapp.calendar import calendar_for
from webapp.filters import cn_date, cn_full_date
from webapp.letterhead import OFFICE

STEPS = {Stage.VERIFY: "核实到位", Stage.CONCLUDE: "简单事项办结", Stage.PRELIMINARY: "复杂事项有明确初步结果"}
FOLLOW_UP = (
    "打开下面的网址，或者扫描右上角的二维码，填写受理编号和查询码。查询码丢失后无法找回，请当面或者来电与市优办联系。"
)
PRIVACY_NOTE = "您的姓名、联系电话和地址单独加密保存；要求保密或者举报的，承办单位和被反映单位看不到您是谁。"


@dataclass(frozen=True)
class Promise:
    label: str
    workdays: int
    date_text: str
    iso: str
    is_provisional: bool
    days: tuple[presenting.DayView, ...]


@dataclass(frozen=True)
class ReceiptPage:
    number: str
    code: str
    title: str
    filed_text: str
    counted_text: str
    basis: str
    start_text: str
    promises: tuple[Promise, ...]
    track_url: str


def receipt_page(session: Session, appeal: Appeal, code: str, today: date) -> ReceiptPage:
    """`code` is the plain receipt code, or '' where it may not be shown again."""
    policy, terms = policy_in_force(session, today)
    calendar = calendar_for(session)
    start_on = appeal.dispatched_on or today
    dates = [one for one in preview(start_on, Moment(today, calendar, terms)) if one.stage in STEPS]
    return ReceiptPage(
        appeal.number,
        receipt.grouped(code),
        appeal.title,
        filed_text(appeal),
        _counted_text(appeal, today),
        policy.basis,
        _start_text(appeal, today),
        tuple(_promise(one, presenting.day_views(one, calendar)) for one in dates),
        track_url(),
    )


def filed_text(appeal: Appeal) -> str:
    """When the appellant filed it; for what the office wrote down, how and when it came, too."""
    if appeal.paper_received_on is None:
        return _full(appeal.filed_at)
    came = f"{CHANNEL_LABELS[appeal.channel]}，{cn_date(appeal.paper_received_on)}收到"
    return f"{_full(appeal.filed_at)}登记（{came}）"


def _full(instant: datetime) -> str:
    """With the year: a receipt is kept."""
    return f"{cn_full_date(local_day(instant))} {instant.astimezone(SHANGHAI):%H:%M}"


def _promise(one: Milestone, days: tuple[presenting.DayView, ...]) -> Promise:
    return Promise(
        STEPS[one.stage], one.workdays, cn_date(one.due_on), one.due_on.isoformat(), one.is_provisional, days
    )


def _start_text(appeal: Appeal, today: date) -> str:
    if appeal.dispatched_on is not None:
        return f"{cn_date(appeal.dispatched_on)}已经交办，从这一天起计时"
    return f"计时从市优办受理并交办之日起算。如果今天{cn_date(today)}交办"


def _short(day: date) -> str:
    """The line of the print has no room for the day of the week."""
    return f"{day.month}月{day.day}日"


def _counted_text(appeal: Appeal, today: date) -> str:
    """The day the promised dates are counted from; "today" would be read on another day."""
    if appeal.dispatched_on is not None:
        return f"{_short(appeal.dispatched_on)}已交办"
    return f"如{_short(today)}交办"


def track_url() -> str:
    """The follow-up page as it is printed and scanned. Neither number nor code stand in an address."""
    return intake.config().public_base_url + url_for("public.track")


def as_print(page: ReceiptPage) -> Receipt:
    rows = [("受理并交办", "提交后由市优办办理，从交办之日起计时")]
    for one in page.promises:
        mark = "（暂算）" if one.is_provisional else ""
        rows.append((one.label, f"交办后 {one.workdays} 个工作日内；{page.counted_text}，最迟{one.date_text}{mark}"))
    return Receipt(
        office=OFFICE.name,
        number=page.number,
        code=page.code,
        filed_at=page.filed_text,
        title=page.title,
        promises=tuple(rows),
        follow_up=FOLLOW_UP,
        track_url=page.track_url,
        privacy_note=PRIVACY_NOTE,
        contact=f"市优办电话 {OFFICE.phone}，地址：{OFFICE.address}。",
    )
