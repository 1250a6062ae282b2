"""Makes templates/manual/_<name>.html from docs/manual/*.md: `python -m tests.support.manual_pages`.

Made beforehand and committed, so that the product needs no Markdown library at run time.
"""

import re
from pathlib import Path

from markdown_it import MarkdownIt
from PIL import Image

from webapp.config import ROOT
from webapp.manual.views import MANUALS, PICTURES, Manual

TEMPLATES = ROOT / "templates" / "manual"
SOURCES = ROOT / "docs" / "manual"
NOTE = "{#- Made from docs/manual/%s by tests.support.manual_pages; a test compares. Do not edit by hand. -#}\n"
PICTURE = re.compile(r'<p><img src="\.\./pictures/([a-z-]+)\.png" alt="([^"]*)" /></p>')
PHONE_WIDTH = 390  # pixels


def target(manual: Manual) -> Path:
    return TEMPLATES / f"_{manual.name}.html"


def made(manual: Manual) -> str:
    """The manual as a part of a page: without its title, which the page's own h1 says."""
    text = (SOURCES / manual.source).read_text(encoding="utf-8")
    title, _, body = text.partition("\n")
    if title != f"# {manual.title}" or "{" in body:
        raise SystemExit(f"{manual.source}: the first line is not the title, or a brace would be read by Jinja")
    html = MarkdownIt("commonmark").enable("table").render(body)
    html = PICTURE.sub(_picture, html).replace("<pre>", '<pre tabindex="0">')
    html = html.replace("<table>", '<div class="wide"><table>').replace("</table>", "</table></div>")
    return NOTE % manual.source + html.replace("<th>", '<th scope="col">')


def _picture(found: re.Match[str]) -> str:
    name, words = found.groups()
    with Image.open(PICTURES / f"{name}.png") as picture:
        width, height = picture.size
    kind = "phone" if width == PHONE_WIDTH else "desktop"
    address = f"{{{{ url_for('manual.picture', name='{name}') }}}}"
    image = f'<img src="{address}" width="{width}" height="{height}" alt="{words}">'
    if kind == "desktop":  # too small to be read on a phone
        image = f'<a href="{address}">{image}<span class="picture-large">看大图</span></a>'
    return f'<figure class="picture picture-{kind}">{image}<figcaption>{words}</figcaption></figure>'


if __name__ == "__main__":
    for one in MANUALS.values():
        target(one).write_text(made(one), encoding="utf-8")
