"""What stands beside an appeal at triage: others of the same people or in the same words, and how long it waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlmodel import Session

from models.accounts.types import Actor
from models.appeals.known import MOST_SAME, SameParty, same_party
from models.appeals.similar import similar
from models.appeals.tables import Appeal
from models.appeals.types import AppellantKind, State
from models.workdays.rules import local_day, workdays_between
from models.workdays.types import WorkCalendar
from webapp import clock, presenting
from webapp.calendar import current_calendar
from webapp.filters import cn_date

MOST_SHOWN = 5
ENTERPRISE, CONTACT, WORDS = "同一企业", "同一联系人", "标题相近"
WAITS = {
    State.SUBMITTED: "还没有受理",
    State.ACCEPTED: "已受理，还没有交办，交办以前不计时，请尽快交办",
    State.AWAITING_SUPPLEMENT: "正在等待诉求人补充；不再等待的，可以直接受理",
}


@dataclass(frozen=True)
class AlikeRow:
    row: presenting.Row
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """`told` counts the same people ("同一企业 3 件"), `note` says why nobody was compared."""

    told: tuple[str, ...]
    note: str
    rows: tuple[AlikeRow, ...]


@dataclass(frozen=True)
class Waiting:
    """What this appeal waits for, and since when. Amber from the first full working day on."""

    text: str
    tone: str


def waiting(appeal: Appeal, today: date, calendar: WorkCalendar) -> Waiting:
    received = local_day(appeal.received_at)
    waited = workdays_between(received, today, calendar)
    if received == today:
        return Waiting(f"{WAITS[appeal.state]}。今天收到。", "info")
    since = f"已等 {waited} 个工作日" if waited > 0 else "其后还没有工作日"
    return Waiting(f"{WAITS[appeal.state]}。{cn_date(received)}收到，{since}。", "soon" if waited > 0 else "info")


def beside(session: Session, actor: Actor, appeal: Appeal, units: Mapping[int, str]) -> Beside:
    """The same people first, then the same words; each appeal once, with all it has in common."""
    parties, alike = same_party(session, actor, appeal), similar(session, actor, appeal)
    tags: dict[int | None, list[str]] = {}
    for one in parties[:MOST_SHOWN]:
        tags[one.appeal.id] = [*([ENTERPRISE] if one.is_enterprise else []), *([CONTACT] if one.is_contact else [])]
    for row in alike:
        tags.setdefault(row.id, []).append(WORDS)
    found = {row.id: row for row in (*(one.appeal for one in parties[:MOST_SHOWN]), *alike)}
    today, calendar = clock.today(), current_calendar()
    rows = tuple(
        AlikeRow(
            presenting.queue_row(found[id_], url_for("office.show", uid=found[id_].uid), today, calendar, units),
            tuple(said),
        )
        for id_, said in tags.items()
    )
    return Beside(_told(parties), _note(appeal), rows)


def _told(parties: Sequence[SameParty]) -> tuple[str, ...]:
    counts = {
        ENTERPRISE: sum(one.is_enterprise for one in parties), CONTACT: sum(one.is_contact for one in parties),
    }
    more = "以上" if len(parties) > MOST_SAME else ""
    return tuple(f"{label} {min(count, MOST_SAME)} 件{more}" for label, count in counts.items() if count)


def _note(appeal: Appeal) -> str:
    if appeal.is_confidential:
        return "诉求人要求保密，不比对是不是同一企业、同一联系人。"
    return "诉求人匿名，无法比对企业和联系人。" if appeal.appellant_kind is AppellantKind.ANONYMOUS else ""
