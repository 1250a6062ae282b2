"""The calendar desk: a year at a glance, an arrangement proposed and approved by two people, the dates it moves."""

from webapp.calendar_desk.views import blueprint

__all__ = ["blueprint"]
