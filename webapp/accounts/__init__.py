"""Signing in and out, one's own account and password, and the filters one keeps."""

from webapp.accounts import filter_views, own_account
from webapp.accounts.views import blueprint

__all__ = ["blueprint", "filter_views", "own_account"]
