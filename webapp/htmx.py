"""Page or part, and redirects that htmx understands. The client never names a template."""

from typing import Any

from flask import Flask, Response, make_response, render_template, request
from htmx_flask import Htmx


def wants_part() -> bool:
    """True for a targeted htmx swap. Boosted and history-restoring requests get the whole page."""
    headers = request.headers
    if headers.get("HX-Request") != "true" or headers.get("HX-Boosted") == "true":
        return False
    if headers.get("HX-History-Restore-Request") == "true":
        return False
    return headers.get("HX-Request-Type", "partial") == "partial"


def render(page: str, *, part: str | None = None, status: int = 200, **context: Any) -> Response:
    """The whole page, or its part when htmx asked for that and the view offers one."""
    template = part if part is not None and wants_part() else page
    return make_response(render_template(template, **context), status)


def init_app(app: Flask) -> None:
    Htmx(app)
    app.after_request(_speak_htmx)


def _speak_htmx(response: Response) -> Response:
    """An htmx request follows a redirect as a whole page, so that an expired sign-in never lands inside a table
    cell.
    """
    response.vary.add("HX-Request")
    is_redirect = response.status_code in (301, 302, 303, 307, 308)
    if is_redirect and request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true":
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        response.status_code = 200
        response.set_data(b"")
    return response
