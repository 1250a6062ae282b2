"""Room on the disk that holds the data (DUR-7): a warning in time, then words before files, then nothing by halves."""

import logging
import shutil
from enum import Enum
from pathlib import Path
from typing import Final

from flask import Flask, Response, current_app, request

from webapp import db, errors

log = logging.getLogger("zhitongche")
MB: Final = 2**20
LEAST_FOR_TEXT: Final = 100 * MB
LEAST_FOR_FILES: Final = 500 * MB
WARN_BELOW: Final = 1024 * MB
WARN_BELOW_SHARE: Final = 0.10
SIGN_IN: Final = frozenset({"accounts.login", "accounts.logout"})
"""So that whoever frees the disk can get in and out: a few hundred bytes."""
FULL: Final = (
    "服务器存储空间不足，暂时不能保存。您填写的内容列在下面，请先复制保存，稍后再提交；"
    "事情紧急的，请直接拨打市优办电话。"
)


class Room(Enum):
    """How much is left, from plenty to none."""

    PLENTY = "plenty"
    LITTLE = "little"
    TEXT_ONLY = "text_only"
    NONE = "none"


def usage(folder: Path) -> tuple[int, int]:
    """Bytes in all and bytes free of the disk under `folder`."""
    found = shutil.disk_usage(folder)
    return found.total, found.free


def room() -> Room:
    """What is left on the disk of the data folder."""
    total, free = usage(current_app.extensions["zhitongche.config"].data_dir)
    if free < LEAST_FOR_TEXT:
        return Room.NONE
    if free < LEAST_FOR_FILES:
        return Room.TEXT_ONLY
    return Room.LITTLE if free < max(WARN_BELOW, total * WARN_BELOW_SHARE) else Room.PLENTY


def takes_files() -> bool:
    return room() in (Room.PLENTY, Room.LITTLE)


def init_app(app: Flask) -> None:
    app.before_request(_refuse_when_full)


def warn() -> None:
    """For whoever asks at regular times whether all is well: the answer stays yes, the log says what is coming."""
    left = room()
    if left is not Room.PLENTY:
        log.warning("disk space: %s", left.value)


def _refuse_when_full() -> Response | None:
    """Nothing is written at all rather than half of something; what was typed comes back."""
    if request.method in db.SAFE_METHODS or request.endpoint in SIGN_IN or room() is not Room.NONE:
        return None
    log.error("disk space: %s, a form was refused", Room.NONE.value)
    response = errors.error_page(503, detail=FULL)
    response.headers["Retry-After"] = "600"
    return response
