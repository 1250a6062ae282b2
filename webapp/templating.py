"""Jinja and the session cookie, without the work they would repeat for every page."""

from collections import ChainMap
from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment
from itsdangerous import URLSafeTimedSerializer


class PlainGlobals(Environment):
    """All templates share the environment's globals as they are: a chain of maps around them is looked through at
    every import of a component, some fifteen times a page.
    """

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
