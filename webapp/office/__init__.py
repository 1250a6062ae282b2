"""The office: triage, board, review, appeal page."""

from webapp.office import entry_views, self_registered_views
from webapp.office.views import blueprint

__all__ = ["blueprint", "entry_views", "self_registered_views"]
