"""The office: triage, board, review, appeal page."""

from webapp.office.views import blueprint

__all__ = ["blueprint"]
