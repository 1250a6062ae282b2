"""The office's side of follow-up: the day's calls, dissatisfaction cases, exclusions, rates, policy."""

from webapp.followup.views import blueprint

__all__ = ["blueprint"]
