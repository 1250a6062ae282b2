"""Headers of every answer (WEB-1, WEB-2) and hosts we answer to (WEB-6)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, request

from webapp.config import Config

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
ROUTE = "zhitongche.route"
"""Where the environment of a request says which route of ours was asked for."""
PLAIN_FORM_BYTES = 4 * 1024 * 1024  # thirty long texts of Chinese, nine bytes a character
HSTS = "max-age=31536000; includeSubDomains"


def headers_of(config: Config) -> dict[str, str]:
    return HEADERS | ({"Strict-Transport-Security": HSTS} if config.is_https else {})


def on_every_answer(wsgi_app: "WSGIApplication", config: Config) -> "WSGIApplication":
    """Adds what is missing, also to answers that Flask never sees: a static file's 304, 405 or 416. A file download
    sets a stricter policy of its own; it stands.
    """
    headers = [(name.lower(), (name, value)) for name, value in headers_of(config).items()]

    def protected(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, found: list[tuple[str, str]], *error: Any) -> Any:
            names = {name.lower() for name, _ in found}
            missing = [header for name, header in headers if name not in names]
            return start_response(status, found + missing, *error)

        return wsgi_app(environ, start)

    return protected


def init_app(app: Flask, config: Config) -> None:
    def keep_nothing(response: Response) -> Response:
        if request.endpoint != "pages.health":
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.before_request(_name_route)
    app.before_request(_limit_plain_forms)
    app.after_request(keep_nothing)


def _name_route() -> None:
    """For the server's log: the rule that was asked for. Of an address that is none, only the words of our own: what
    stands between them may be a code in the wrong place, or anything.
    """
    rule = request.url_rule
    request.environ[ROUTE] = rule.rule if rule else _known_words(request.path)


def _known_words(path: str) -> str:
    ours = {word for rule in current_app.url_map.iter_rules() for word in rule.rule.split("/")}
    return "/".join(word if word in ours else "*" for word in path.split("/"))


def _limit_plain_forms() -> None:
    """MAX_FORM_MEMORY_SIZE does not hold for urlencoded bodies: without this the limit would be that of uploads."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = PLAIN_FORM_BYTES


def static_headers(headers: dict[str, str], path: str, url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
