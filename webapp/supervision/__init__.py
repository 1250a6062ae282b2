"""Supervision over HTTP: the office's list, a page for each record, the unit's answers, leaders' instructions."""

from webapp.supervision import act_views as act_views  # its views hang themselves onto the blueprint
from webapp.supervision.views import blueprint

__all__ = ["blueprint"]
