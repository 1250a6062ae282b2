"""The manuals, readable inside the product."""

from webapp.manual.views import blueprint

__all__ = ["blueprint"]
