"""What comes of a rating: results, findings on conduct, proposals, what is public, the bulletin, the yearly file."""

from webapp.rating_results.views import blueprint

__all__ = ["blueprint"]
