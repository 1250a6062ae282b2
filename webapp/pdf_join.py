"""Puts PDFs of our own one behind the other and keeps their bookmarks. Runs in a child process, as whatever opens a PDF
does.
"""

import io
from collections.abc import Iterable

from pikepdf import Array, Object, OutlineItem, Pdf


def joined(parts: Iterable[bytes]) -> bytes:
    """The pages in order; every bookmark on the page it stood on."""
    with Pdf.new() as whole:
        marks: list[tuple[str, int]] = []
        for part in parts:
            with Pdf.open(io.BytesIO(part)) as pdf:
                first = len(whole.pages)
                marks += [(title, first + no) for title, no in _marks(pdf)]
                whole.pages.extend(pdf.pages)
        with whole.open_outline() as outline:
            outline.root.extend(OutlineItem(title, no) for title, no in marks)
        out = io.BytesIO()
        whole.save(out, deterministic_id=True)
        return out.getvalue()


def _marks(pdf: Pdf) -> list[tuple[str, int]]:
    """Title and number of the page of every bookmark; ours have one level."""
    places = {page.obj.objgen: no for no, page in enumerate(pdf.pages)}
    with pdf.open_outline() as outline:
        return [(one.title, places[_page(one).objgen]) for one in outline.root]


def _page(mark: OutlineItem) -> Object:
    """Where a bookmark of ours leads: [page /XYZ left top zoom]."""
    assert isinstance(mark.destination, Array)
    return mark.destination[0]
