"""What the home page says about the office's work, read at most once a minute in each process."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from weakref import WeakKeyDictionary

from sqlmodel import Session

from models.handling.figures import MonthFigures, month_figures
from models.workdays.rules import local_day
from webapp import db
from webapp.db import Database
from webapp.filters import cn_datetime

FRESH_FOR = timedelta(seconds=60)
_known: WeakKeyDictionary[Database, tuple[datetime, MonthFigures]] = WeakKeyDictionary()


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
    read_at, found = _fresh(session, now)
    on_time, due = found.on_time, found.finished_or_overdue
    replied, received = found.replied, found.received
    return FiguresView(
        f"截至{cn_datetime(read_at)}",
        (
            FigureView(str(received), "收到", "件，本月提交"),
            FigureView(percent(on_time, due), "按时", _share(on_time, due, "件，应办结的")),
            FigureView(percent(replied, received), "已答复", _share(replied, received, "件，本月提交的")),
        ),
    )


def _fresh(session: Session, now: datetime) -> tuple[datetime, MonthFigures]:
    database = db.database()
    known = _known.get(database)
    if known is None or not timedelta(0) <= now - known[0] < FRESH_FOR or _is_other_day(known[0], now):
        known = _known[database] = (now, month_figures(session, local_day(now)))
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
