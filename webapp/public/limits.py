"""Limits for strangers, by where they come from: filings, wrong codes, files (ABU-2). Checked before anything slow.

Everybody has the whole of a limit for the asking. A proof of work (ABU-1, webapp.proof_of_work) is asked for while all
together do far more than usual, or beyond a lower number that the office has set.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import request
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.appeals import limits
from models.appeals.limits import Limit
from models.audit.commands import append
from webapp import db, proof_of_work, sources
from webapp.letterhead import OFFICE
from webapp.proof_of_work import Purpose
from webapp.sources import Source
from webapp.staging import Enough

log = logging.getLogger("zhitongche")
TOO_MANY_FILINGS = (
    "从您所在网络一小时内提交的诉求较多，请约 {minutes} 分钟后再提交。您填写的内容都在，请不要关闭这个页面；"
    "事情紧急的，请拨打市优办电话 " + OFFICE.phone + "。"
)
TOO_MANY_OF_ACCOUNT = (
    "贵企业这个账号一小时内提交的诉求较多，请约 {minutes} 分钟后再提交。您填写的内容都在，请不要关闭这个页面；"
    "事情紧急的，请拨打市优办电话 " + OFFICE.phone + "。"
)
TOO_MANY_CODES = "查询次数过多，请约 {minutes} 分钟后再试。"
"""Whom to call about a lost code stands on the page already."""
TOO_MANY_FILES = (
    "从您所在网络今天上传的文件已达 {most} 个，这次的文件没有收下，文字内容不受影响。"
    "可以先提交，过后凭编号与市优办联系补交材料，电话 " + OFFICE.phone + "。"
)


class TooMany(Enough):
    """A limit is reached. `seconds` until it may be tried again; `message_zh` says so."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds
        self.message_zh = message.format(minutes=-(-seconds // 60))


class ProofNeeded(Exception):
    """The soft limit is passed and no good proof of work came with the form: nothing was done."""


@dataclass(frozen=True)
class Offered:
    """The proof of work that came with a form, and the one-time key it was made for."""

    proof: str
    form_key: str

    def digest(self, purpose: Purpose, source: Source, now: datetime) -> str | None:
        return proof_of_work.digest(self.proof, purpose, self.form_key, source.key, now)


def offered(form_key: str) -> Offered:
    return Offered(request.form.get("proof", ""), form_key)


def waiting(response: Response, many: TooMany) -> Response:
    response.headers["Retry-After"] = str(many.seconds)
    return response


# ---------------------------------------------------------------- number and code


def guarded(number: str, is_right: Callable[[], bool], now: datetime, proof: Offered) -> bool:
    """Whether number and code belong together, asked only while there is patience left. Raises TooMany, ProofNeeded.

    The attempt is counted as wrong before the slow hash, so that many at once cannot slip through, and taken back when
    it was right. An attempt without the proof asked for stays counted. Alike for numbers that exist and that do not.
    """
    source, subject = sources.here(), sources.keyed("number", number)
    pair = sources.keyed("pair", f"{source.key}:{subject}")
    counted = [(limits.UNDER_ATTACK, subject), (limits.WRONG_CODES_OF_ALL, "")]
    if not source.is_hall:
        counted.append((limits.PATIENCE, pair))
        with db.database().reading() as session:
            _require_patience(session, source.key, subject, pair, now)
    digest = proof.digest(Purpose.LOOK_UP, source, now)
    with db.database().writing() as session:
        has_proved = source.is_hall or _take_look_up(session, source, digest, now)
        if has_proved:
            _take_all(session, counted, now)
    if not has_proved:
        raise ProofNeeded
    if not is_right():
        return False
    with db.database().writing() as session:
        for limit, whom in counted + ([] if source.is_hall else [(limits.WRONG_CODES, source.key)]):
            limits.take(session, limit, whom, now, by=-1)
    return True


def _take_look_up(session: Session, source: Source, digest: str | None, now: datetime) -> bool:
    """Counts the attempt; whether it may go on to the slow hash. Raises TooMany."""
    taken = limits.take(session, limits.WRONG_CODES, source.key, now)
    if taken > limits.WRONG_CODES.most:
        raise _too_many_codes(limits.WRONG_CODES, now)
    if not _is_beyond(taken, _look_ups_free(session, now)):
        return True
    return digest is not None and limits.spend(session, digest, now)


def _take_all(session: Session, counted: list[tuple[Limit, str]], now: datetime) -> None:
    for limit, whom in counted:
        taken = limits.take(session, limit, whom, now)
        if limit is limits.WRONG_CODES_OF_ALL:
            _alarm(session, limit, taken, now)


def _look_ups_free(session: Session, now: datetime) -> int:
    """Attempts an hour without proof of work, 0 for no end. Few while everybody together guesses: whoever comes fresh
    with the right code is asked for nothing even then.
    """
    config = sources.config()
    if not config.browsers_can_prove:
        return 0
    if limits.count(session, limits.WRONG_CODES_OF_ALL, "", now) < limits.WRONG_CODES_OF_ALL.most:
        return config.lookup_proof_per_hour
    return min(limits.PATIENCE.most, config.lookup_proof_per_hour or limits.PATIENCE.most)


def _is_beyond(taken: int, free: int) -> bool:
    return bool(free) and taken > free


def _require_patience(session: Session, address: str, subject: str, pair: str, now: datetime) -> None:
    if limits.count(session, limits.WRONG_CODES, address, now) >= limits.WRONG_CODES.most:
        raise _too_many_codes(limits.WRONG_CODES, now)
    is_attacked = limits.count(session, limits.UNDER_ATTACK, subject, now) >= limits.UNDER_ATTACK.most
    if is_attacked and limits.count(session, limits.PATIENCE, pair, now) >= limits.PATIENCE.most:
        raise _too_many_codes(limits.PATIENCE, now)


def _too_many_codes(limit: Limit, now: datetime) -> TooMany:
    return TooMany(TOO_MANY_CODES, limits.wait_seconds(limit, now))


# ---------------------------------------------------------------- filings


def _filings_of(source: Source) -> tuple[Limit, str]:
    """The limit that holds for whoever files, and what it says when it is reached."""
    per_hour = sources.config().intake_limit_per_hour
    if source.is_account:
        return limits.filings_of_account(per_hour), TOO_MANY_OF_ACCOUNT
    return limits.filings(per_hour), TOO_MANY_FILINGS


def require_filing(now: datetime, proof: Offered) -> None:
    """Before the slow hash and the write lock. Raises TooMany, ProofNeeded."""
    source = sources.filer()
    if source.is_hall:
        return
    limit, words = _filings_of(source)
    with db.database().reading() as session:
        filed = limits.count(session, limit, source.key, now)
        everybody = limits.count(session, limits.ALARM, "", now)
        if limit.most and filed >= limit.most:
            raise TooMany(words, limits.wait_seconds(limit, now))
        if _asks_filer(source, filed + 1, everybody + 1):
            digest = proof.digest(Purpose.FILING, source, now)
            if digest is None or limits.is_spent(session, digest):
                raise ProofNeeded


def take_filing(session: Session, now: datetime, proof: Offered) -> None:
    """In the transaction of the filing: what is not filed is not counted, and the count is exact. Raises TooMany,
    ProofNeeded.
    """
    source = sources.filer()
    everybody = limits.take(session, limits.ALARM, "", now)
    _alarm(session, limits.ALARM, everybody, now)
    if source.is_hall:
        return
    limit, words = _filings_of(source)
    is_counted = limit.most or sources.config().intake_proof_per_hour
    filed = limits.take(session, limit, source.key, now) if is_counted else 0
    if limit.most and filed > limit.most:
        raise TooMany(words, limits.wait_seconds(limit, now))
    if _asks_filer(source, filed, everybody):
        digest = proof.digest(Purpose.FILING, source, now)
        if digest is None or not limits.spend(session, digest, now):
            raise ProofNeeded


def _asks_filer(source: Source, filed: int, everybody: int) -> bool:
    """Whether this filing, the so-manieth from here and of all in this hour, wants a proof. Established accounts are
    known.
    """
    config = sources.config()
    if source.is_account or source.is_hall or not config.browsers_can_prove:
        return False
    return _is_beyond(filed, config.intake_proof_per_hour) or _is_beyond(everybody, config.intake_proof_per_hour_all)


def _alarm(session: Session, limit: Limit, taken: int, now: datetime) -> None:
    """A row in the audit log each time everybody together has done so much; nobody is stopped."""
    if taken % limit.most == 0:
        log.warning("%s: %d within the hour", limit.name, taken)
        append(
            session, at=now, actor_id=None, action="limit.alarm", object_kind="limit", object_id=limit.name,
            facts={"count": taken},
        )


# ---------------------------------------------------------------- does a page need a proof?


def minutes_to_wait(purpose: Purpose, now: datetime) -> int | None:
    """Minutes until the form opens again without proof of work; None when none is asked for now."""
    is_filing = purpose is Purpose.FILING
    source = sources.filer() if is_filing else sources.here()
    if source.is_hall:
        return None
    limit = _filings_of(source)[0] if is_filing else limits.WRONG_CODES
    with db.database().reading() as session:
        taken = limits.count(session, limit, source.key, now) + 1
        if is_filing:
            is_asked = _asks_filer(source, taken, limits.count(session, limits.ALARM, "", now) + 1)
        else:
            is_asked = _is_beyond(taken, _look_ups_free(session, now))
    return -(-limits.wait_seconds(limit, now) // 60) if is_asked else None


# ---------------------------------------------------------------- files


def files_left(now: datetime) -> int:
    source = sources.here()
    if source.is_hall:
        return limits.UPLOADS.most
    with db.database().reading() as session:
        return max(0, limits.UPLOADS.most - limits.count(session, limits.UPLOADS, source.key, now))


def take_files(session: Session, number: int, now: datetime) -> None:
    """In the transaction that keeps the files. Raises TooMany when another request was faster."""
    source = sources.here()
    if not source.is_hall and limits.take(session, limits.UPLOADS, source.key, now, by=number) > limits.UPLOADS.most:
        raise TooMany(no_files_left(), limits.wait_seconds(limits.UPLOADS, now))


def no_files_left() -> str:
    return TOO_MANY_FILES.format(most=limits.UPLOADS.most)
