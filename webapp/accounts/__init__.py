"""Signing in and out, changing one's password, and the filters one keeps."""

from webapp.accounts import filter_views
from webapp.accounts.views import blueprint

__all__ = ["blueprint", "filter_views"]
