"""Signing in and out, and changing one's password."""

from webapp.accounts.views import blueprint

__all__ = ["blueprint"]
