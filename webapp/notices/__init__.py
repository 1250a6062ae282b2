"""消息: what each person of the staff is told, read by them alone."""

from webapp.notices.views import blueprint

__all__ = ["blueprint"]
