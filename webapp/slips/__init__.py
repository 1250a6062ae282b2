"""Slips: register, print, public verification."""

from webapp.slips.views import blueprint

__all__ = ["blueprint"]
