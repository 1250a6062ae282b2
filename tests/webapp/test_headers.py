"""Headers of every answer, whatever its status and whoever made it (WEB-1), and cookies (SES-3)."""

from dataclasses import replace

import pytest
from flask import Flask, abort
from sqlalchemy.exc import IntegrityError
from werkzeug.test import Client

from models.accounts.types import Role
from tests.support.page import hidden_fields
from webapp import access, create_app
from webapp.config import Config

ALWAYS = {
    "Content-Security-Policy": "default-src 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
STATIC = "/static/css/base.css"
STATUSES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


def protected(response, *, is_page: bool = True) -> None:
    for name, begins in ALWAYS.items():
        assert response.headers.get(name, "").startswith(begins), f"{name} on {response.status} {response.request.path}"
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy and "unsafe" not in policy
    if is_page:
        assert "no-store" in response.headers.get("Cache-Control", ""), response.request.path


def paths_of(app: Flask) -> list[str]:
    """An address for every rule; ids that exist nowhere."""
    adapter = app.url_map.bind("localhost")
    return sorted(
        adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "0" * 32), method=next(iter(rule.methods)))
        for rule in app.url_map.iter_rules()
    )


def test_every_route_by_every_method_is_protected(app, sign_in, client):
    people = [client, sign_in(Role.HANDLER, unit="市监局"), sign_in(Role.DIRECTOR), sign_in(Role.ADMINISTRATOR)]
    for path in paths_of(app):
        for who in people:
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
                response = who.open(path, method=method)
                assert response.status_code < 500, f"{method} {path}: {response.status}"
                protected(response, is_page=path != "/healthz")


def test_every_status_is_protected(config_app):
    for status in STATUSES:
        response = config_app.test_client().get(f"/probe/{status}")
        assert response.status_code == status
        protected(response)
    redirect = config_app.test_client().get("/desk", headers={"Accept": "text/html"})
    assert redirect.status_code == 303
    protected(redirect)


@pytest.fixture
def config_app(app: Flask, database_url, tmp_path) -> Flask:
    """An application of its own with a view that fails as asked."""
    config: Config = app.extensions["zhitongche.config"]
    made = create_app(replace(config, database_url=database_url, data_dir=tmp_path))
    made.testing = False
    made.config["PROPAGATE_EXCEPTIONS"] = False

    @made.get("/probe/<int:status>")
    @access.public
    def probe(status: int) -> None:
        if status == 500:
            raise RuntimeError("on purpose")
        abort(status)

    yield made
    made.extensions["zhitongche.db"].dispose()


@pytest.mark.parametrize("error", [
    RuntimeError("on purpose"), IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed: units.short_name")),
])
def test_what_nobody_foresaw_is_a_page_in_chinese(config_app, error):
    def fails(status: int) -> None:
        raise error

    config_app.view_functions["probe"] = access.public(fails)
    response = config_app.test_client().get("/probe/1")
    assert response.status_code == 500 and "系统出了问题" in response.get_data(as_text=True)


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", STATIC, 200), ("HEAD", STATIC, 200), ("POST", STATIC, 405), ("GET", "/static/no-such.css", 404),
])
def test_static_answers_are_protected_too(app, client, method, path, status):
    with client.open(path, method=method) as response:
        assert response.status_code == status
        protected(response, is_page=False)


def test_a_static_file_not_changed_and_a_wrong_range_are_protected(app, client):
    with client.get(STATIC) as found:
        etag = found.headers["ETag"]
    for headers, status in (({"If-None-Match": etag}, 304), ({"Range": "bytes=9999999-"}, 416)):
        with client.get(STATIC, headers=headers) as response:
            assert response.status_code == status
            protected(response, is_page=False)


def test_too_large_a_body_is_a_protected_413(app, client):
    fields = hidden_fields(client.soup("/login").find("main").find("form"))
    response = client.post("/login", data={**fields, "username": "x" * 5_000_000})
    assert response.status_code == 413
    protected(response)


def test_an_unknown_host_is_a_protected_400(app, database_url, tmp_path):
    config: Config = app.extensions["zhitongche.config"]
    made = create_app(replace(config, database_url=database_url, data_dir=tmp_path, trusted_hosts=("localhost",)))
    made.testing = False
    response = made.test_client().get("/login", base_url="http://evil.example")
    assert response.status_code == 400
    protected(response)
    made.extensions["zhitongche.db"].dispose()


@pytest.mark.parametrize(("address", "is_https"), [("https://office.example", True), ("http://127.0.0.1:8000", False)])
def test_cookies_are_host_bound_and_hsts_is_sent_under_https(app, database_url, tmp_path, address, is_https):
    config: Config = app.extensions["zhitongche.config"]
    made = create_app(replace(config, database_url=database_url, data_dir=tmp_path, public_base_url=address))
    client = Client(made)
    response = client.get("/login", base_url=address)
    cookies = response.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Domain" not in cookie
        assert cookie.startswith("__Host-") == ("Secure" in cookie) == is_https
    for path in ("/login", STATIC, "/no-such-page"):
        with client.get(path, base_url=address) as answer:
            assert ("Strict-Transport-Security" in answer.headers) == is_https, path
    made.extensions["zhitongche.db"].dispose()
