"""What the public sees: home, filing, receipt, follow-up."""

from webapp.public.views import blueprint

__all__ = ["blueprint"]
