"""Parts of pages that are drawn once.

A macro sees nothing but its arguments: the same arguments give the same markup, on whatever page and for whoever
asks. So what was drawn is kept under them, and nothing has to be forgotten when data change: other data are other
arguments. A macro drawn so asks neither the request nor the session (a test reads them all).
"""

from collections.abc import Hashable
from functools import lru_cache

from flask import Flask, get_template_attribute
from markupsafe import Markup

MOST_KEPT = 4096
"""Pieces of a page, a queue's row being the usual one: about two kilobytes each."""


@lru_cache(maxsize=MOST_KEPT)
def drawn(template: str, macro: str, *arguments: Hashable) -> Markup:
    """What a macro of `templates/components/` draws of these arguments, all of them values that never change."""
    markup: Markup = get_template_attribute(f"components/{template}", macro)(*arguments)
    return markup


def init_app(app: Flask) -> None:
    app.add_template_global(drawn)
