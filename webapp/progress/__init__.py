"""How far somebody's long job is, stopping it, and its result: one page for whatever webapp.jobs lets run."""

from webapp.progress.views import blueprint

__all__ = ["blueprint"]
