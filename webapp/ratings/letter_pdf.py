"""The letters as a PDF, one a page: whom it is for, the text, the code, how to vote. Drawn in portions, then joined."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from models.appeals.receipt import grouped
from models.ratings.tables import RatingCampaign
from models.ratings.types import Invitee
from webapp.filters import cn_full_date
from webapp.letterhead import OFFICE
from webapp.pdf import PdfRenderer
from webapp.rating_acts import HOW_IT_IS_KEPT, ballot_url
from webapp.slip_pdf import print_page, qr_svg

PORTION: Final = 25
Step = Callable[[int, int], None]


@dataclass(frozen=True, repr=False)
class Letter:
    """What one page prints. It holds a code: its repr shows nothing."""

    invitee: Invitee
    code: str

    def __repr__(self) -> str:
        return "Letter(…)"


def draw(row: RatingCampaign, letters: Sequence[Letter], renderer: PdfRenderer, step: Step, issued_on: str) -> bytes:
    """Raises what `step` raises, and PdfRefused when a page cannot be printed."""
    parts, assets = [], {"qr.svg": qr_svg(ballot_url())}
    for start in range(0, len(letters), PORTION):
        step(start, len(letters))
        page = letters_html(row, letters[start : start + PORTION], issued_on)
        parts.append(renderer.render(page, assets=assets))
    step(len(letters), len(letters))
    return parts[0] if len(parts) == 1 else renderer.join(parts)


def letters_html(row: RatingCampaign, letters: Sequence[Letter], issued_on: str) -> str:
    return print_page(
        "slips/rating_letters.html", letters=[(one.invitee, grouped(one.code)) for one in letters],
        title=row.title, paragraphs=[line for line in row.letter.split("\n") if line.strip()], url=ballot_url(),
        first=cn_full_date(row.opens_on), last=cn_full_date(row.closes_on), kept=HOW_IT_IS_KEPT,
        office=OFFICE.name, phone=OFFICE.phone, issued_on=issued_on,
    )
