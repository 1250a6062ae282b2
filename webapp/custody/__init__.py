"""Custody of identities: asking to see a sealed one, the custodian's decision, the half hour in which it is open."""

from webapp.custody.views import blueprint

__all__ = ["blueprint"]
