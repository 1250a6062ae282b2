"""Staff accounts and units, by the system administrator, who sees neither appeals nor identities."""

from webapp.admin.views import blueprint

__all__ = ["blueprint"]
