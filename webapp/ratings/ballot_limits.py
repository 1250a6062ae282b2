"""Guessing codes: wrong ones are counted by address and by all together, as for receipt codes (ABU-2, F13)."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from werkzeug.wrappers import Response

from models.appeals import limits
from models.appeals.limits import Limit
from models.audit.commands import append
from webapp import db, sources

log = logging.getLogger("zhitongche")
WRONG: Final = Limit("rating_codes", 30, timedelta(hours=1))
"""Per address."""
WRONG_OF_ALL: Final = Limit("rating_codes_of_all", 1_000, timedelta(hours=1))
"""From everywhere: a row in the audit log; nobody is refused for it."""
TOO_MANY: Final = "评议码输错次数过多，请约 {minutes} 分钟后再试。评议信上的字看不清的，请与市优办联系补发。"


@dataclass(frozen=True)
class Wait:
    seconds: int

    @property
    def text(self) -> str:
        return TOO_MANY.format(minutes=-(-self.seconds // 60))


def wait(now: datetime) -> Wait | None:
    """Whether whoever comes from here has to wait. A service hall, where many vote from one address, never does."""
    source = sources.here()
    if source.is_hall:
        return None
    with db.database().reading() as session:
        taken = limits.count(session, WRONG, source.key, now)
    return Wait(limits.wait_seconds(WRONG, now)) if taken >= WRONG.most else None


def count_wrong(now: datetime) -> None:
    """In a short transaction of its own: the answer is no success, and would roll it back."""
    source = sources.here()
    with db.database().writing() as session:
        if not source.is_hall:
            limits.take(session, WRONG, source.key, now)
        taken = limits.take(session, WRONG_OF_ALL, "", now)
        if taken % WRONG_OF_ALL.most == 0:
            log.warning("%s: %d within the hour", WRONG_OF_ALL.name, taken)
            append(
                session, at=now, actor_id=None, action="limit.alarm", object_kind="limit",
                object_id=WRONG_OF_ALL.name, facts={"count": taken},
            )


def refused(answer: Response, found: Wait) -> Response:
    answer.headers["Retry-After"] = str(found.seconds)
    return answer
