"""The application, ready to print."""

from tests.webapp.slips.conftest import _renderer, printing

__all__ = ["_renderer", "printing"]
