"""What gunicorn itself logs, through the same JSON as everything else (LOG-1): nothing that a client wrote."""

import logging
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from gunicorn.glogging import Logger

from webapp import logs
from webapp.security import ROUTE

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Anybody may invent others, out of twenty letters."""
UNTOLD: Final = frozenset({"/ratings/ballot"})
"""Routes of which no line is written: when, how often and how much somebody sent would tell ballots apart
(docs/adr/0022).
"""


class JsonLogger(Logger):
    """gunicorn's two loggers, error and access, each with our formatter instead of its lines of text."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        logs.configure()

    def _set_handler(self, log: logging.Logger, output: str | None, fmt: logging.Formatter, stream: Any = None) -> None:
        super()._set_handler(log, output, logs.formatter(), sys.stderr)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        """The kind and its places. The words are left out: they are the request's method and address."""
        self.error_log.exception(str(msg).partition("%")[0].strip(), **kwargs)

    def access(self, resp: Any, req: Any, environ: Mapping[str, Any], request_time: timedelta) -> None:
        """No address of who asks (it tells who complained), no query (it tells what was looked for), no code."""
        if not self.access_log_enabled or environ.get(ROUTE) in UNTOLD:
            return
        status = int(str(resp.status).split(maxsplit=1)[0])
        method = environ["REQUEST_METHOD"]
        self.access_log.info("request", extra={"facts": {
            "method": method if method in METHODS else "other",
            "route": environ.get(ROUTE) or _served_file(environ["PATH_INFO"], status),
            "status": status,
            "bytes": resp.sent,
            "ms": round(request_time / timedelta(milliseconds=1)),
        }})


def _served_file(path: str, status: int) -> str | None:
    """Without a route the application was not asked: a static file was served, whose name is ours, or nothing."""
    return quote(path.encode("latin-1")) if status < 400 else None
