"""How many pages a reply will take on paper, asked before it is signed and before it is published: what is public stays
so, and what is longer than the printer takes could never be handed over (PDF-2).

Counting is arithmetic, but a second of it for the longest: it asks for no lock, and callers hold none.
"""

from collections.abc import Iterable
from threading import Lock
from typing import Final

from models.errors import Refused
from models.slips.types import ReplySlip
from webapp import turns
from webapp.pdf import MOST_PAGES
from webapp.slip_pages import ROWS_PER_PAGE, lay_out
from webapp.typeset import BODY

MOST_TO_SIGN: Final = 45
"""Pages of a reply that is sent to be signed."""
MOST_TO_PUBLISH: Final = MOST_PAGES - 1
"""The names and the number that come with publishing may take a line, and that line a page."""
CHARACTERS_A_PAGE: Final = ROWS_PER_PAGE * BODY.cells
FAR_TOO_LONG: Final = 2 * MOST_PAGES * CHARACTERS_A_PAGE
"""Characters; beyond it even digits, half as wide, find no room: the pages are estimated, not composed."""
_composing = Lock()


def require_length(slips: Iterable[ReplySlip], most: int, code: str) -> None:
    """Raises Refused with this code, and by how much, for the first that takes more pages."""
    for slip in slips:
        pages = page_count(slip)
        if pages > most:
            over = pages - most
            raise Refused(
                code, number=slip.appeal_number, pages=pages, most=most, over=over, characters=over * CHARACTERS_A_PAGE
            )


def page_count(slip: ReplySlip) -> int:
    """One composition at a time in a process, and others go on meanwhile."""
    texts = (text for one in slip.demands for text in (one.text, one.facts, one.basis, one.actions))
    characters = sum(map(len, texts))
    if characters > FAR_TOO_LONG:
        return -(-characters // CHARACTERS_A_PAGE)
    with turns.set_aside(), _composing:
        return len(lay_out(slip).pages)
