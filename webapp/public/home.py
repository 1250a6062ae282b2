"""What the home page says about the office's work, read at most once a minute in each process."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlmodel import Session

from models.followup.rate_rules import Rate, for_the_public
from models.followup.rates import rated_between
from models.handling.figures import MonthFigures, month_figures
from models.workdays.rules import local_day
from webapp import db
from webapp.db import Database
from webapp.filters import cn_datetime

FRESH_FOR = timedelta(seconds=60)
Read = tuple[MonthFigures, tuple[Rate, Rate]]
"""The month's figures; who was satisfied of all who rated in it, and without the ratings left out."""
_known: WeakKeyDictionary[Database, tuple[datetime, Read]] = WeakKeyDictionary()


@dataclass(frozen=True)
class FigureView:
    value: str
    label: str
    detail: str


@dataclass(frozen=True)
class FiguresView:
    as_of: str
    items: tuple[FigureView, ...]


def figures(session: Session, now: datetime) -> FiguresView:
    read_at, (found, rated) = _fresh(session, now)
    on_time, due = found.on_time, found.finished_or_overdue
    replied, received = found.replied, found.received
    return FiguresView(
        f"截至{cn_datetime(read_at)}",
        (
            FigureView(str(received), "收到", "件，本月提交"),
            FigureView(percent(on_time, due), "按时", _share(on_time, due, "件，应办结的")),
            FigureView(percent(replied, received), "已答复", _share(replied, received, "件，本月提交的")),
            _satisfied(*rated),
        ),
    )


def _satisfied(all_: Rate, without: Rate) -> FigureView:
    """Both rates, each with its denominator; a handful of people is hidden (IDN-5)."""
    shown, kept = for_the_public(all_), for_the_public(without)
    if shown.is_hidden:
        return FigureView(shown.text, "满意", "本月评价不足 5 件，暂不公布" if all_.whole else "本月暂无评价")
    left_out = f"；剔除后 {kept.text}（{kept.whole} 件）" if all_.whole != without.whole else ""
    return FigureView(shown.text, "满意", f"{shown.whole} 件，本月评价的{left_out}")


def _fresh(session: Session, now: datetime) -> tuple[datetime, Read]:
    database = db.database()
    known = _known.get(database)
    if known is None or not timedelta(0) <= now - known[0] < FRESH_FOR or _is_other_day(known[0], now):
        today = local_day(now)
        rated = rated_between(session, today.replace(day=1), today)
        known = _known[database] = (now, (month_figures(session, today), rated))
    return known


def _is_other_day(a: datetime, b: datetime) -> bool:
    """A new day may be a new month and may make a promise overdue."""
    days: tuple[date, date] = (local_day(a), local_day(b))
    return days[0] != days[1]


def percent(part: int, whole: int) -> str:
    """One decimal, cut, never rounded up: 999 of 1,000 is not 100 %."""
    return f"{part * 1000 // whole / 10:.1f}%" if whole else "—"


def _share(part: int, whole: int, unit: str) -> str:
    return f"{part} / {whole} {unit}" if whole else "本月暂无"
