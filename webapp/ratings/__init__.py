"""Ratings (评议): campaigns and invitations for the office, the ballot for whoever has a code."""

from webapp.ratings.lettering import JOBS
from webapp.ratings.views import blueprint

__all__ = ["JOBS", "blueprint"]
