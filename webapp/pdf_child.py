"""The other side of `webapp.pdf`: runs WeasyPrint inside a bounded child process, with nothing to fetch from.

Refusals travel back as values, because an exception of a dying child may not arrive at all.
"""

from __future__ import annotations

import logging
import os
import resource
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from time import process_time

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from webapp.pdf import Job, Outcome, Portion
from webapp.type_case import Setting

SCHEME = "asset:"
MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".css": "text/css"}
GETA = "〓"  # the printer's sign for a character no typeface has


class ClosedFetcher(URLFetcher):
    """Answers `asset:<name>` from the packaged assets and raises for every other address (PDF-1).

    `fail_on_errors` ends the render at a failed fetch, so that nothing is left out of an official paper silently;
    inside an SVG the library swallows even that, therefore `refused` is counted as well.
    """

    def __init__(self, assets: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=frozenset(), allow_redirects=False, fail_on_errors=True)
        self._assets = dict(assets)
        self.refused = 0

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        name = url.removeprefix(SCHEME)
        if not url.startswith(SCHEME) or name not in self._assets:
            self.refused += 1
            raise ValueError("only packaged assets can be printed")
        kind = MEDIA_TYPES.get(Path(name).suffix, "application/octet-stream")
        return URLFetcherResponse(url, self._assets[name], {"Content-Type": kind})




@cache
def _fonts() -> FontConfiguration:
    """One for the life of the worker. Shared safely: the pages name installed typefaces only, none of their own."""
    return FontConfiguration()


def start(fonts_conf: str, memory: int) -> None:
    """Initialises a worker: its typefaces and its ceiling of address space (bytes).

    `putenv` and not `os.environ`: only the C library reads it, and only in this process.
    """
    if fonts_conf:
        os.putenv("FONTCONFIG_FILE", fonts_conf)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _listen_for_missing_glyphs()
    warm_up()


def warm_up() -> None:
    """Loads the typefaces, so that the first reader of the day does not wait for them."""
    HTML(string="<p>一1</p>", url_fetcher=ClosedFetcher({})).render(font_config=_fonts())


def _limit_processor(seconds: int) -> None:
    """The limit counts from the birth of the process, so it moves on with every job."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(process_time()) + seconds + 2, hard))


def identifier(job: Job) -> bytes:
    """A PDF identifier that depends on the content alone: the same slip is the same bytes."""
    digest = sha256(job.html.encode())
    for name in sorted(job.assets):
        digest.update(name.encode() + b"\0" + job.assets[name])
    return digest.digest()[:16]


class _MissingGlyphs(logging.Handler):
    """Collects the characters that WeasyPrint reports as found in no typeface."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.characters: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.msg, str) and ".notdef" in record.msg and isinstance(record.args, tuple):
            self.characters.add(str(record.args[0]))


_missing = _MissingGlyphs()


def _listen_for_missing_glyphs() -> None:
    """The library's own log tells which glyphs are missing; nothing of it reaches standard error."""
    log = logging.getLogger("weasyprint")
    log.handlers = [_missing]
    log.setLevel(logging.WARNING)
    log.propagate = False
    logging.getLogger("fontTools").setLevel(logging.CRITICAL)


def _print(job: Job) -> Outcome:
    fetcher = ClosedFetcher(job.assets)
    document = HTML(string=job.html, base_url=SCHEME, url_fetcher=fetcher).render(font_config=_fonts())
    if len(document.pages) > job.max_pages:
        return Outcome(refusal="pdf_too_many_pages", cause=str(len(document.pages)))
    pdf = document.write_pdf(pdf_identifier=identifier(job))
    if fetcher.refused:
        return Outcome(refusal="pdf_foreign_address", cause=str(fetcher.refused))
    return Outcome(pdf)


def _write(job: Job) -> Outcome:
    """Prints; a character that no typeface has becomes 〓 in a second run, so that no empty box is ever printed."""
    _missing.characters.clear()
    outcome = _print(job)
    if not _missing.characters:
        return outcome
    substitutes = {ord(character): GETA for character in _missing.characters}
    return _print(replace(job, html=job.html.translate(substitutes)))


def draw(portion: Portion) -> Outcome:
    """Draws a portion of composed slips. Bounded as every job is."""
    from webapp import slip_pen  # here, because only batches need it

    _limit_processor(portion.seconds)
    try:
        setting = Setting(portion.css, ClosedFetcher({}), _fonts())
        document = slip_pen.draw(portion.slips, setting, is_continued=portion.is_continued)
        if len(document.pages) > portion.max_pages:
            return Outcome(refusal="pdf_too_many_pages", cause=str(len(document.pages)))
        return Outcome(document.write_pdf(pdf_identifier=sha256("".join(portion.slips).encode()).digest()[:16]))
    except (MemoryError, RecursionError) as error:
        return Outcome(refusal="pdf_too_large", cause=type(error).__name__)


def render(job: Job) -> Outcome:
    """Renders one job. Time is watched from outside as well, memory by the system."""
    _limit_processor(job.seconds)
    try:
        return _write(job)
    except FatalURLFetchingError as error:
        return Outcome(refusal="pdf_foreign_address", cause=type(error.__cause__).__name__)
    except (MemoryError, RecursionError) as error:
        return Outcome(refusal="pdf_too_large", cause=type(error).__name__)
