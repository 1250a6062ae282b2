"""gunicorn's worker, except for how it refuses what is no HTTP request: in Chinese, with our headers, nothing repeated.

Such requests never reach the application; gunicorn's own page is English and quotes what was sent (WEB-1, LOG-1).
"""

import socket
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.gthread import ThreadWorker

from webapp.security import headers_of

STATUS: Final[Mapping[type[Exception], HTTPStatus]] = {
    errors.LimitRequestLine: HTTPStatus.REQUEST_URI_TOO_LONG,
    errors.LimitRequestHeaders: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    errors.ExpectationFailed: HTTPStatus.EXPECTATION_FAILED,
    errors.UnsupportedTransferCoding: HTTPStatus.NOT_IMPLEMENTED,
    errors.ForbiddenProxyRequest: HTTPStatus.FORBIDDEN,
    errors.ConfigurationProblem: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidResponseHeader: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InvalidResponseHeaderName: HTTPStatus.INTERNAL_SERVER_ERROR,
}
WORDS: Final = {
    True: "这个请求不符合 HTTP 规范，系统没有受理。请用浏览器打开本系统的正式网址再试。\n",
    False: "系统出了问题，这一步没有完成。请稍后再试。\n",
}
"""By whether the client is at fault."""


class Worker(ThreadWorker):
    """Threads, as gunicorn's `gthread`."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        status = _status(exc)
        if isinstance(exc, errors.ParseException):
            facts = {"exception": [type(exc).__name__], "status": status.value}
            self.log.warning("invalid request", extra={"facts": facts})
        else:
            self.log.exception("failed outside the application")
        try:
            util.write_nonblock(client, _answer(status, self._headers()))
        except OSError:
            self.log.debug("nobody waits for the refusal")
    def _headers(self) -> dict[str, str]:
        return headers_of(self.wsgi.extensions["zhitongche.config"])


def _status(error: Exception) -> HTTPStatus:
    default = HTTPStatus.BAD_REQUEST if isinstance(error, errors.ParseException) else HTTPStatus.INTERNAL_SERVER_ERROR
    return STATUS.get(type(error), default)


def _answer(status: HTTPStatus, headers: dict[str, str]) -> bytes:
    body = WORDS[status < 500 or status is HTTPStatus.NOT_IMPLEMENTED].encode()
    own = {
        "Connection": "close",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
    }
    fields = [f"{name}: {value}" for name, value in (own | headers).items()]
    return "\r\n".join([f"HTTP/1.1 {status.value} {status.phrase}", *fields, "", ""]).encode("latin-1") + body
