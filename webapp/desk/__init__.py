"""The desk of a handling unit: queue and appeal page."""

from webapp.desk import self_registered_views
from webapp.desk.views import blueprint

__all__ = ["blueprint", "self_registered_views"]
