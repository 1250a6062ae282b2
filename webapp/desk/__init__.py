"""The desk of a handling unit: queue and appeal page."""

from webapp.desk.views import blueprint

__all__ = ["blueprint"]
