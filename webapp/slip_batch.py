"""Many slips in one PDF: drawn in portions, so that it is known how far it is and no portion outgrows its renderer,
then joined with a bookmark for each slip, each beginning on a front side.
"""

from collections.abc import Callable, Sequence
from typing import Final

from models.slips.paper import SlipContent
from webapp.pdf import PdfRenderer
from webapp.slip_pdf import TEMPLATES, check_lengths

PORTION: Final = 20
"""Slips drawn at a time: the typefaces are packed once for each portion."""
CSS: Final = (TEMPLATES / "slips" / "slip.css").read_text(encoding="utf-8")
Step = Callable[[int, int], None]
"""Told how many of how many are drawn; may raise to end the work."""


def render_batch(slips: Sequence[SlipContent], renderer: PdfRenderer, step: Step) -> bytes:
    """Raises what `step` raises, and PdfRefused when one of the slips cannot be printed."""
    total, parts = len(slips), []
    for start in range(0, total, PORTION):
        portion = slips[start : start + PORTION]
        step(start, total)
        for slip in portion:
            check_lengths(slip)
        stored = [slip.to_json() for slip in portion]
        parts.append(renderer.draw(stored, CSS, is_continued=start + PORTION < total))
    step(total, total)
    return parts[0] if len(parts) == 1 else renderer.join(parts)
