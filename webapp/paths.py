"""Where a page may send people back to."""

from urllib.parse import quote

from flask import request


def here() -> str:
    """Path and query of this request as they travel: whatever bytes somebody put into an address, this can be printed
    and asked for again.
    """
    query = quote(request.query_string, safe="%&=+/:,;~!*'()$@?")
    return quote(request.path) + (f"?{query}" if query else "")


def local_path(path: str) -> str | None:
    """The path when it is one of our own, else None (WEB-6)."""
    is_local = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_local and path.isprintable() and len(path) <= 500 else None
