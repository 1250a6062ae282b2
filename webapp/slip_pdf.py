"""Turns frozen slips into PDFs: plain values, templates of their own, typefaces and marks from the package.

The templates never extend the site's pages, and this environment knows no request, session or user.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Final

import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.slips.paper import SlipContent
from models.slips.types import Receipt
from webapp.pdf import PdfRefused, PdfRenderer
from webapp.slip_pages import SlipLayout, lay_out
from webapp.typeset import clean, split_long_words

TEMPLATES: Final = Path(__file__).resolve().parent.parent / "templates"
LONGEST_TEXT: Final = 5_000  # characters a field (PDF-3)
MOST_LINES: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One slip of a print: its pages, the asset name of its QR and its bookmark. `fills_sheet`: what follows begins on
    a front side.
    """

    slip: SlipContent
    layout: SlipLayout
    qr: str
    label: str
    fills_sheet: bool


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["printable"] = lambda text: split_long_words(clean(text))
    return environment


_templates: Final = _environment()


def qr_svg(text: str) -> bytes:
    """A QR of medium error correction as SVG without a quiet zone of its own; the page leaves the margin."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=0, xmldecl=False, svgns=True, omitsize=True)
    return out.getvalue()


def print_page(template: str, **values: object) -> str:
    """A page of the print templates: plain values only, no request, session or user."""
    return _templates.get_template(template).render(values)


def check_lengths(value: object) -> None:
    """Raises PdfRefused(`pdf_text_too_long`) when any text of a frozen record is beyond what is printed (PDF-3)."""
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT or value.count("\n") >= MOST_LINES:
            raise PdfRefused("pdf_text_too_long", characters=len(value))
    elif isinstance(value, tuple):
        for item in value:
            check_lengths(item)
    elif is_dataclass(value):
        for field in fields(value):
            check_lengths(getattr(value, field.name))


def _entry(slip: SlipContent, position: int, *, fills_sheet: bool) -> Entry:
    check_lengths(slip)
    label = clean(f"{slip.number} {slip.title}")
    return Entry(slip, lay_out(slip), f"qr{position}.svg", label, fills_sheet)


def slip_html(slips: Sequence[SlipContent]) -> tuple[str, Mapping[str, bytes]]:
    """The page that prints these slips, and the assets it names."""
    last = len(slips) - 1
    entries = [_entry(slip, position, fills_sheet=position < last) for position, slip in enumerate(slips)]
    assets = {entry.qr: qr_svg(entry.slip.verification_url) for entry in entries}
    return _templates.get_template("slips/slips.html").render(entries=entries), assets


def render_slip(slip: SlipContent, renderer: PdfRenderer) -> bytes:
    """A slip of any kind as PDF: the same slip gives the same bytes."""
    return render_slips([slip], renderer)


def render_slips(slips: Iterable[SlipContent], renderer: PdfRenderer) -> bytes:
    """Several slips in one PDF, a bookmark each, every slip beginning on a front side for two-sided printing.

    The renderer's page limit holds for the whole print: give batches a renderer of their own.
    """
    html, assets = slip_html(tuple(slips))
    return renderer.render(html, assets=assets)


def receipt_html(receipt: Receipt) -> tuple[str, Mapping[str, bytes]]:
    """The page that prints a receipt, and the assets it names."""
    check_lengths(receipt)
    page = print_page("slips/receipt.html", receipt=receipt)
    return page, {"qr.svg": qr_svg(receipt.track_url)}


def render_receipt(receipt: Receipt, renderer: PdfRenderer) -> bytes:
    """The receipt (受理回执) for the appellant, with the code: never store it, never show it to a unit."""
    html, assets = receipt_html(receipt)
    return renderer.render(html, assets=assets)
