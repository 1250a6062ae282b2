"""Static files by WhiteNoise, each address carrying its content's hash, so that a browser may keep it for a year."""

import hashlib
from functools import lru_cache

from flask import Flask
from whitenoise import WhiteNoise

from webapp.config import ROOT
from webapp.security import static_headers

FOLDER = ROOT / "static"
YEAR = 365 * 24 * 3600


@lru_cache(maxsize=256)
def asset(name: str) -> str:
    """The address of a static file: `/static/css/base.css?v=…`. Read once: a new version comes with a new process, as
    WhiteNoise itself sees the folder only at the start.
    """
    return f"/static/{name}?v={hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]}"


def init_app(app: Flask) -> None:
    app.add_template_global(asset)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(FOLDER),
        prefix="static/",
        max_age=YEAR,
        add_headers_function=static_headers,
        allow_all_origins=False,
    )
