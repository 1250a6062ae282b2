"""Slips: register, print, public verification."""

from webapp.slips.batches import JOBS
from webapp.slips.views import blueprint

__all__ = ["JOBS", "blueprint"]
