"""Logs as JSON lines on standard error, in UTC: codes, ids and places, nothing that people wrote (LOG-1)."""

import logging
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from webapp.config import ROOT

MOST_PLACES = 30
"""Of a traceback: the innermost ones."""


def configure(stream: TextIO | None = None) -> None:
    """Every logger of the process writes through one JSON formatter; line ends inside a value are escaped by JSON."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)


def formatter() -> logging.Formatter:
    """A record as one object: level, logger, instant, event, and the facts given as `extra={"facts": {…}}`."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(allow=["facts"]),
        _facts,
        without_words,
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


def _facts(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    event.update(event.pop("facts", {}))
    return event


def without_words(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """An exception as what it is and the places it passed. Its message often quotes what somebody typed:
    `invalid literal for int(): …`.
    """
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else sys.exc_info()[1] if found is True else found
    if isinstance(error, BaseException):
        event["exception"] = [type(one).__qualname__ for one in _chain(error)]
        event["places"] = [
            f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
            for one in _chain(error)
            for frame in traceback.extract_tb(one.__traceback__)
        ][-MOST_PLACES:]
    return event


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error, and those it came from, the first one last."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _short(name: str) -> str:
    """Without this machine's folders."""
    path = Path(name)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-2:])
