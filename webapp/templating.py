"""Jinja and the session cookie, without the work they would repeat for every page."""

from collections import ChainMap
from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment
from itsdangerous import URLSafeTimedSerializer
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape


def escaped(value: object) -> str:
    """What a template prints, escaped exactly as `escape` does it; what can need no escaping is handed on as it is,
    not copied into a new Markup six hundred times a page: our own drawings, and texts of letters and digits only.
    """
    if type(value) is Markup or (type(value) is str and value.isalnum()):
        return value
    return escape(value)


class EscapingOnce(CodeGenerator):
    """Compiled templates print through `escaped`."""

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.escaped(")
        else:
            super()._output_child_pre(node, frame, finalize)


class PlainGlobals(Environment):
    """All templates share the environment's globals as they are: a chain of maps around them is looked through at
    every import of a component, some fifteen times a page.
    """

    code_generator_class = EscapingOnce
    escaped = staticmethod(escaped)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return ChainMap(d, self.globals) if d else self.globals


class CookieSessions(SecureCookieSessionInterface):
    """The signer is made once, not for each reading and writing of the cookie. The keys do not change in a process."""

    def __init__(self) -> None:
        self._signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer
