"""What the public sees: home, filing, receipt, follow-up, and the pages of enterprise accounts."""

from webapp.public import enterprise_views, rating_views
from webapp.public.views import blueprint

__all__ = ["blueprint", "enterprise_views", "rating_views"]
