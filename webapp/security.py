"""Headers of every answer (WEB-1, WEB-2) and hosts we answer to (WEB-6)."""

from flask import Flask, Response, request

from webapp.config import Config

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
HSTS = "max-age=31536000; includeSubDomains"


def init_app(app: Flask, config: Config) -> None:
    headers = HEADERS | ({"Strict-Transport-Security": HSTS} if config.is_https else {})

    def protect(response: Response) -> Response:
        """A file download sets a stricter policy of its own; it stands."""
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "pages.health":
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.after_request(protect)


def static_headers(headers: dict[str, str], path: str, url: str) -> None:
    for name, value in HEADERS.items():
        headers[name] = value
