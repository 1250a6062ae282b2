"""Every act that time alone causes, as a list: `flask sweep` does each once, the consumer each every few minutes.

An act is safe to do as often as one likes, by several machines at once, and is a transaction of its own, so that one
that fails keeps nothing from the others. A new one is a line in `ACTS`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask import current_app
from sqlmodel import Session

from models.accounts.commands import forget_failures
from models.appeals import kept_forms, limits
from models.appeals.commands import unstage
from models.appeals.queries import stale_uploads
from models.appeals.tables import StagedUpload
from models.followup.call_lists import draw_today
from models.handling.adjustments import end_pauses
from models.jobs.commands import forget_results
from models.notices import commands as notices
from models.notices.digest import morning_digest
from models.workdays.queries import load_calendar
from webapp import case_clocks, clock, db, jobs, ladder, outgoing, rating_acts, recomputing
from webapp.files import FileStore

STAGED_FOR: Final = timedelta(hours=24)
UNFINISHED_FOR: Final = timedelta(hours=24)
FAILURES_KEPT_FOR: Final = timedelta(days=1)


@dataclass(frozen=True)
class TimedAct:
    """`run` answers how many it concerned; `said` tells that in the words of `flask sweep`. `minutes`: how often the
    consumer does it, a divisor of sixty.
    """

    name: str
    said: str
    run: Callable[[datetime], int]
    minutes: int = 5


def together(act: Callable[[Session, datetime], int]) -> Callable[[datetime], int]:
    """The act as one transaction, left to whoever does it already."""

    def run(now: datetime) -> int:
        with db.database().writing() as session:
            return act(session, now) if db.is_alone(session, act.__name__) else 0

    return run


def _end_pauses(session: Session, now: datetime) -> int:
    return end_pauses(session, now=now, calendar=load_calendar(session))


def _morning_digest(session: Session, now: datetime) -> int:
    return morning_digest(session, now=now, calendar=load_calendar(session))


def _draw_calls(session: Session, now: datetime) -> int:
    return draw_today(session, now=now, calendar=load_calendar(session))


def _drop_uploads(now: datetime) -> int:
    """Files go after the commit: one without a row is found by `flask check`, a row without its file is lost evidence.
    """
    with db.database().writing() as session:
        stale = stale_uploads(session, now - STAGED_FOR) if db.is_alone(session, "drop_uploads") else []
        names = tuple(_names(stale))
        for upload in stale:
            unstage(session, upload)
        session.flush()
    for stored_name in names:
        _store().delete(stored_name)
    return len(stale)


def _names(uploads: Sequence[StagedUpload]) -> Iterator[str]:
    """Each file and the copy made of it."""
    for upload in uploads:
        yield from filter(None, (upload.stored_name, upload.derivative_name))


def _forget_failures(session: Session, now: datetime) -> int:
    return forget_failures(session, now - FAILURES_KEPT_FOR)


def _forget_counts(session: Session, now: datetime) -> int:
    return limits.forget(session, now - limits.KEPT_FOR)


def _purge_forms(session: Session, now: datetime) -> int:
    return kept_forms.purge(session, now - kept_forms.KEPT_FOR)


def _drop_results(now: datetime) -> int:
    with db.database().writing() as session:
        kinds = jobs.jobs().kinds.values()
        gone = forget_results(session, now=now, kept_for={kind.name: kind.kept_for for kind in kinds})
    jobs.drop_results(gone)
    return len(gone)


def _drop_unfinished(now: datetime) -> int:
    """By the machine's own time, as files have it: a moment ahead must not take away what is being written."""
    return _store().drop_unfinished(clock.now() - UNFINISHED_FOR)


def _store() -> FileStore:
    return current_app.extensions["zhitongche.files"]


ACTS: Final[tuple[TimedAct, ...]] = (
    TimedAct("recalculate", "重新计算暂算期限的诉求 {} 件", recomputing.finish),
    TimedAct("end_pauses", "恢复到期的中止计时 {} 件", together(_end_pauses)),
    TimedAct("climb", "催办、亮牌、发单 {} 件", ladder.run),
    TimedAct("case_clocks", "不满意事项的期限有变化 {} 件", case_clocks.run),
    TimedAct("draw_calls", "抽取今天的回访名单 {} 人", together(_draw_calls)),
    TimedAct("drop_uploads", "清理未提交的附件 {} 个", _drop_uploads),
    TimedAct("forget_failures", "清理登录失败记录 {} 条", together(_forget_failures)),
    TimedAct("forget_counts", "清理过期的次数记录 {} 条", together(_forget_counts)),
    TimedAct("purge_forms", "清理到期的暂存内容 {} 份", together(_purge_forms)),
    TimedAct("morning_digest", "发出今日待办 {} 份", together(_morning_digest)),
    TimedAct("forget_notices", "清理旧消息 {} 条", together(notices.forget)),
    TimedAct("close_ratings", "截止到期的评议 {} 次", rating_acts.close_due),
    TimedAct("send_rating_mails", "发出评议信邮件 {} 封", rating_acts.send_mails, minutes=1),
    TimedAct("send_mails", "发出邮件 {} 封", outgoing.send_due, minutes=1),
    TimedAct("push_jobs", "重新安排中断的任务 {} 项", jobs.push, minutes=1),
    TimedAct("drop_results", "清理到期的任务结果 {} 份", _drop_results),
    TimedAct("drop_unfinished", "清理没有写完的文件 {} 个", _drop_unfinished),
)
