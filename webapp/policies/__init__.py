"""Policies of the clock: what is in force when, every version, the director's new versions and ends."""

from webapp.policies.views import blueprint

__all__ = ["blueprint"]
