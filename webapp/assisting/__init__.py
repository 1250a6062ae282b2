"""What assisting units (协办单位) work on: their list of tasks, the page of one, and its acts."""

from webapp.assisting.views import blueprint

__all__ = ["blueprint"]
