"""Limits for strangers, by their network address: filings, wrong codes, files (ABU-2). Checked before anything slow."""

import hmac
import ipaddress
import logging
from collections.abc import Callable
from datetime import datetime

from flask import current_app, request
from sqlmodel import Session
from werkzeug.wrappers import Response

from models.appeals import limits
from models.appeals.limits import Limit
from webapp import db
from webapp.config import Config
from webapp.letterhead import OFFICE

log = logging.getLogger("zhitongche")
IPV6_NETWORK = 64
"""Bits of an IPv6 address that one subscriber holds: the rest is theirs to change at will."""
TOO_MANY_FILINGS = (
    "从您所在网络一小时内提交的诉求较多，请约 {minutes} 分钟后再提交。您填写的内容都在，请不要关闭这个页面；"
    "事情紧急的，请拨打市优办电话 " + OFFICE.phone + "。"
)
TOO_MANY_CODES = (
    "查询次数过多，请约 {minutes} 分钟后再试。查询码丢失的，请与市优办联系，电话 " + OFFICE.phone + "。"
)
TOO_MANY_FILES = (
    "从您所在网络今天上传的文件已达 {most} 个，这次的文件没有收下，文字内容不受影响。"
    "可以先提交，过后凭编号与市优办联系补交材料，电话 " + OFFICE.phone + "。"
)


def _config() -> Config:
    return current_app.extensions["zhitongche.config"]


class TooMany(Exception):
    """A limit is reached. `seconds` until it may be tried again; `message_zh` says so."""

    def __init__(self, message: str, seconds: int) -> None:
        super().__init__(message)
        self.seconds = seconds
        self.message_zh = message.format(minutes=-(-seconds // 60))


def waiting(response: Response, many: TooMany) -> Response:
    response.headers["Retry-After"] = str(many.seconds)
    return response


def address_key() -> str:
    """A keyed hash of where the request comes from; of its network in IPv6."""
    return _key("address", _network(request.remote_addr or ""))


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, IPV6_NETWORK), strict=False))


def _key(kind: str, value: str) -> str:
    text = f"limit/{kind}:{value}".encode("utf-8", "surrogatepass")
    return hmac.new(_config().secret_key, text, "sha256").hexdigest()


def guarded(number: str, is_right: Callable[[], bool], now: datetime) -> bool:
    """Whether number and code belong together, asked only while there is patience left. Raises TooMany.

    The attempt is counted as wrong before the slow hash, so that many at once cannot slip through, and taken back when
    it was right. Alike for numbers that exist and that do not.
    """
    address, subject = address_key(), _key("number", number)
    pair = _key("pair", f"{address}:{subject}")
    counted = ((limits.WRONG_CODES, address), (limits.UNDER_ATTACK, subject), (limits.PATIENCE, pair))
    with db.database().reading() as session:
        _require_patience(session, address, subject, pair, now)
    with db.database().writing() as session:
        if limits.take(session, limits.WRONG_CODES, address, now) > limits.WRONG_CODES.most:
            raise _too_many_codes(limits.WRONG_CODES, now)
        for limit, whom in counted[1:]:
            limits.take(session, limit, whom, now)
    if not is_right():
        return False
    with db.database().writing() as session:
        for limit, whom in counted:
            limits.take(session, limit, whom, now, by=-1)
    return True


def _require_patience(session: Session, address: str, subject: str, pair: str, now: datetime) -> None:
    if limits.count(session, limits.WRONG_CODES, address, now) >= limits.WRONG_CODES.most:
        raise _too_many_codes(limits.WRONG_CODES, now)
    is_attacked = limits.count(session, limits.UNDER_ATTACK, subject, now) >= limits.UNDER_ATTACK.most
    if is_attacked and limits.count(session, limits.PATIENCE, pair, now) >= limits.PATIENCE.most:
        raise _too_many_codes(limits.PATIENCE, now)


def _too_many_codes(limit: Limit, now: datetime) -> TooMany:
    return TooMany(TOO_MANY_CODES, limits.wait_seconds(limit, now))


def require_filing(now: datetime) -> None:
    """Before the slow hash and the write lock. Raises TooMany."""
    limit = limits.filings(_config().intake_limit_per_hour)
    if not limit.most:
        return
    with db.database().reading() as session:
        if limits.count(session, limit, address_key(), now) >= limit.most:
            raise TooMany(TOO_MANY_FILINGS, limits.wait_seconds(limit, now))


def take_filing(session: Session, now: datetime) -> None:
    """In the transaction of the filing: what is not filed is not counted, and the count is exact. Raises TooMany."""
    limit = limits.filings(_config().intake_limit_per_hour)
    if limit.most and limits.take(session, limit, address_key(), now) > limit.most:
        raise TooMany(TOO_MANY_FILINGS, limits.wait_seconds(limit, now))
    if limits.take(session, limits.ALARM, "", now) % limits.ALARM.most == 0:
        log.warning("%d filings within the hour", limits.ALARM.most)


def files_left(now: datetime) -> int:
    with db.database().reading() as session:
        return max(0, limits.UPLOADS.most - limits.count(session, limits.UPLOADS, address_key(), now))


def take_files(session: Session, number: int, now: datetime) -> None:
    """In the transaction that keeps the files. Raises TooMany when another request was faster."""
    if limits.take(session, limits.UPLOADS, address_key(), now, by=number) > limits.UPLOADS.most:
        raise TooMany(no_files_left(), limits.wait_seconds(limits.UPLOADS, now))


def no_files_left() -> str:
    return TOO_MANY_FILES.format(most=limits.UPLOADS.most)
