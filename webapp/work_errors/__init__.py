"""The register of work errors (错情): entries, the unit's answer, the monthly, quarterly and half-yearly lists."""

from webapp.work_errors.views import blueprint

__all__ = ["blueprint"]
