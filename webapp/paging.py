"""Pages of a list: which rows to read and the links between pages. The filters stay in the address."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for

ROWS = 50
MOST_PAGES = 100_000


@dataclass(frozen=True)
class Page:
    """What components/table.html's pager shows. Numbers count from 1."""

    number: int
    page_count: int
    total: int
    first_shown: int
    last_shown: int
    previous_url: str | None
    next_url: str | None

    @property
    def offset(self) -> int:
        return max(0, self.first_shown - 1)


def asked_page() -> int:
    """The page number of the address; 1 for anything that is none."""
    text = request.args.get("page", "")
    return min(int(text), MOST_PAGES) if text.isascii() and text.isdigit() and 0 < len(text) < 8 and int(text) else 1


def paginate(total: int, endpoint: str, *, rows: int = ROWS, **filters: Any) -> Page:
    """The asked page of `total` rows; one beyond the end is the last."""
    page_count = max(1, -(-total // rows))
    number = min(asked_page(), page_count)

    def url(target: int) -> str | None:
        return url_for(endpoint, **filters, page=target) if 1 <= target <= page_count else None

    first = (number - 1) * rows + 1 if total else 0
    return Page(number, page_count, total, first, min(number * rows, total), url(number - 1), url(number + 1))
