"""Where a page may send people back to."""


def local_path(path: str) -> str | None:
    """The path when it is one of our own, else None (WEB-6)."""
    is_local = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_local and path.isprintable() and len(path) <= 500 else None
