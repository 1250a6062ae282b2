"""Delivers the domain over HTTP. `create_app` wires; every rule lives elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, has_request_context, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix

from models.appeals.vault import IdentityVault
from webapp import (
    access,
    calendar,
    db,
    disk,
    drawing,
    errors,
    filters,
    htmx,
    jobs,
    pages,
    published_ratings,
    rating_looks,
    refilling,
    security,
    staticfiles,
    turns,
    unit_picker,
    view_log,
)
from webapp.cli import register_commands
from webapp.config import ROOT, Config
from webapp.files import FileStore
from webapp.parsing import FormRequest
from webapp.pdf import PdfRenderer
from webapp.templating import CookieSessions, PlainGlobals

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Application(Flask):
    """Flask that commits after the view and before any hook reads the answer, so a failed commit is an answer too
    (DUR-1).
    """

    jinja_environment = PlainGlobals

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url_for(self, endpoint: str, **values: Any) -> str:
        """An address without values is the same for as long as the process lives: a page's menu asks for twenty."""
        adapter = None if values or endpoint[:1] == "." or not has_request_context() else request_ctx.url_adapter
        if adapter is None or adapter.default_method != "GET" or adapter.script_name != "/":
            return super().url_for(endpoint, **values)
        known = self._addresses.get(endpoint)
        if known is None:
            known = self._addresses[endpoint] = super().url_for(endpoint)
        return known

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """A page takes its turn here, static files never come here."""
        if environ["REQUEST_METHOD"] not in db.SAFE_METHODS or not self.extensions["zhitongche.db"].is_sqlite:
            return super().wsgi_app(environ, start_response)
        with turns.taken():
            return super().wsgi_app(environ, start_response)

    def dispatch_request(self) -> ResponseReturnValue:
        """An act takes its turn once its body has come: the check of the form's token has read it."""
        if request.method in db.SAFE_METHODS or not self.extensions["zhitongche.db"].is_sqlite:
            return db.again(super().dispatch_request)
        with turns.taken():
            return db.again(super().dispatch_request)

    def process_response(self, response: Response) -> Response:
        try:
            response = db.finish(response)
        except DBAPIError as error:
            response = errors.on_commit_failure(error)
        return super().process_response(response)


def create_app(config: Config) -> Flask:
    app = Application("webapp", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(_flask_settings(config))
    app.session_interface = CookieSessions()
    app.extensions["zhitongche.config"] = config
    app.extensions["zhitongche.vault"] = IdentityVault(config.identity_key)
    app.extensions["zhitongche.files"] = FileStore(config.files_dir)
    app.extensions["zhitongche.pdf"] = PdfRenderer(fonts_conf=config.fonts_conf)
    _wire(app, config)
    _register_features(app)
    access.require_declared(app)
    return app


def _flask_settings(config: Config) -> dict[str, Any]:
    prefix = "__Host-" if config.is_https else ""
    return {
        "SECRET_KEY": config.secret_key,
        "TESTING": config.is_testing,
        "MAX_CONTENT_LENGTH": 34 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 400_000,
        "MAX_FORM_PARTS": 200,
        "SESSION_COOKIE_NAME": f"{prefix}zhitongche",
        "SESSION_COOKIE_SECURE": config.is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "TRUSTED_HOSTS": list(config.trusted_hosts) or None,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": True,
        "WTF_I18N_ENABLED": False,
    }


def _wire(app: Flask, config: Config) -> None:
    db.init_app(app, config)
    jobs.init_app(app, config)
    htmx.init_app(app)
    app.request_class = FormRequest  # after htmx-flask, which sets its own
    security.init_app(app, config)
    errors.init_app(app)
    disk.init_app(app)
    view_log.init_app(app)
    rating_looks.init_app(app)
    published_ratings.init_app(app)
    CSRFProtect(app)
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)  # templates know `current_actor` only
    manager.session_protection = None
    manager.user_loader(pages.load_user)
    access.init_app(app)
    filters.init_app(app)
    calendar.init_app(app)
    drawing.init_app(app)
    pages.init_app(app)
    refilling.init_app(app)
    staticfiles.init_app(app)
    unit_picker.init_app(app)
    register_commands(app)
    app.wsgi_app = security.on_every_answer(app.wsgi_app, config)  # type: ignore[assignment, method-assign]
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _register_features(app: Flask) -> None:
    from webapp import (
        accounts,
        admin,
        assisting,
        calendar_desk,
        custody,
        desk,
        followup,
        manual,
        notices,
        office,
        policies,
        progress,
        public,
        rating_results,
        ratings,
        slips,
        supervision,
        work_errors,
    )

    features = (
        public, accounts, admin, desk, assisting, office, slips, manual, custody, notices, progress, supervision,
        work_errors, calendar_desk, policies, ratings, rating_results, followup,
    )
    for feature in features:
        app.register_blueprint(feature.blueprint)
        app.extensions["zhitongche.jobs"].take_on(getattr(feature, "JOBS", ()))
