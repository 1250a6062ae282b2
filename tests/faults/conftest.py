"""The demonstration, served for real, and the people in it."""

from collections.abc import Iterator

import pytest

from tests.faults.test_kill9 import flask
from tests.support.live import LiveServer, live_server

PASSWORD = "Luhua-Qiushui-2026"
PEOPLE = ("", "qiye1", "jingban", "fuzeren", "shouli", "duban", "zhuren", "shenfen", "lingdao", "jijian", "guanli")
"""Visitor first, administrator last: what the administrator's forms do to the others must not end the others' turn."""
STARTS = (
    "/", "/appeals/new", "/appeals/track", "/enterprise", "/desk", "/office", "/admin", "/slips", "/account",
    "/password", "/help",
)


@pytest.fixture(scope="module")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """The demo, served by workers that live until something breaks them (they usually end after 2,000 requests)."""
    folder = tmp_path_factory.mktemp("demo")
    upgraded, loaded = flask(folder, 8000, "db", "upgrade"), flask(folder, 8000, "demo", "load")
    assert upgraded.returncode == 0 and loaded.returncode == 0, upgraded.stderr + loaded.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GUNICORN_CMD_ARGS", "--max-requests 0")
        with live_server(folder) as server:
            yield server
