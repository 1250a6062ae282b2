"""Values like no other text of the system, who may come upon which, and a crawl that brings back all it sees."""

import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from urllib.parse import unquote

from bs4 import BeautifulSoup
from flask import Flask
from PIL import Image
from pypdf import PdfReader, PdfWriter
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from models.appeals.types import StoredFile
from tests.access.scene import Person
from webapp.files import FileStore, judge, put

CODE = "0123456789ABCDEF"
MOST_PAGES = 500
"""Nobody has as many: a crawl that ends here has not ended."""
MOST_ALIKE = 1
"""Of addresses that differ in what is asked for only, as the filters of a list do."""
ALIKE = ("/static", "/help", "/privacy", "/login")
"""Pages that hold no appeal and are the same for everybody."""
OWN = ("/desk/self-registered?month=2026-11", "/office/self-registered/list?month=2026-11")
STARTS = (
    "/", "/desk", "/desk?show=all", "/desk/assist", "/office", "/office/appeals", "/slips", "/custody", "/admin",
    "/enterprise", "/account", "/password", "/slips/verify", "/appeals/new", "/appeals/track", "/ratings",
    "/ratings/ballot", *OWN,
)  # fmt: skip
IDENTITY = ("name", "phone", "address", "enterprise", "credit")

OFFICE = ("clerk", "supervisor", "director")
MATERIAL_SEEN = {"supervisor", "director", "appellant"}
"""Who gets files as they were sent, and who sent them. Everybody else works with copies (IDN-6)."""
BOTH = "accused handler and clerk"
"""A clerk like any other, except for reports against the own unit."""
KINDS = {**dict.fromkeys(IDENTITY, "identity"), "exif": "photo's inside", "author": "PDF's author", "file": "name"}
MATERIAL = ("photo's inside", "PDF's author", "name")


def allowed(identity: set[str], material: set[str]) -> dict[str, set[str]]:
    """What files carry goes to the same people today; each kind is searched for and shown by itself."""
    return {"identity": identity, **dict.fromkeys(MATERIAL, material)}


ALLOWED: dict[str, dict[str, set[str]]] = {
    "open": allowed({*OFFICE, "lead handler", "lead approver", BOTH}, MATERIAL_SEEN),
    "report": allowed(set(OFFICE), MATERIAL_SEEN),
    "confidential": allowed(set(), MATERIAL_SEEN),
    "own": allowed({*OFFICE, "lead handler", "lead approver", BOTH}, set()),
}
"""By appeal: who may see the identity, and who may come upon what the appellant's own files carry. Nobody else may."""
FILED = ("open", "report", "confidential")
"""What the appellant filed; `own` is what a unit received and completed itself (自办件)."""
PEOPLE: dict[str, tuple[tuple[str, ...], str]] = {
    "public": ((), "none"),
    **{role: ((role,), "office") for role in ("clerk", "supervisor", "director", "custodian")},
    **{role: ((role,), "none") for role in ("leader", "auditor", "administrator", "enterprise")},
    **{f"{place} {role}": ((role,), place) for place in ("lead", "accused") for role in ("handler", "approver")},
    "other handler": (("handler",), "other"), "parent approver": (("approver",), "parent"),
    "child handler": (("handler",), "child"), BOTH: (("handler", "clerk"), "accused"),
    "assisting handler": (("handler",), "assisting"), "enterprise with a list": (("enterprise",), "colleague"),
}
ELSEWHERE = frozenset({
    "pages.health", "pages.ready", "manual.index", "manual.show", "manual.picture", "public.privacy",  # say nothing
    "progress.index", "progress.show", "progress.state", "progress.result",  # one's own jobs: tests/webapp/test_jobs.py
    "work_errors.file",  # a copy without metadata: tests/webapp/work_errors
    "public.receipt", "public.receipt_qr", "office.entered",  # shown once: tests/webapp/public/test_canaries.py
})  # fmt: skip
"""GET routes that the crawl does not open; of those that could tell anything at least 95 % are opened."""


def canaries(appeal: str) -> dict[str, str]:
    """Values like no other text of the system, one for each appeal and place."""
    digit = str(list(ALLOWED).index(appeal) + 1)
    return {
        "name": f"雀名{digit}甲", "phone": f"1391234567{digit}", "address": f"雀巢路{digit}号", "credit":
        f"91350100M000{digit}TGQXM", "enterprise": f"雀企{digit}有限公司", "exif": f"ExifCanary{digit}",
        "author": f"PdfCanary{digit}", "file": f"雀档{digit}",
    }


def photo(mark: str) -> bytes:
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x013B] = mark  # Artist
    Image.new("RGB", (40, 30), "navy").save(out, "JPEG", exif=exif)
    return out.getvalue()


def document(mark: str) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": mark})
    writer.write(out)
    return out.getvalue()


def keep(store: FileStore, data: bytes, name: str) -> StoredFile:
    """As an upload is kept."""
    with ExitStack() as cleaning:
        kept = put(data, judge(data, name), store, cleaning)
        cleaning.pop_all()
    return kept


@dataclass
class Crawl:
    """Follows every link of our own, fetches every page whole and as its part, prints every slip it is offered."""

    who: Person
    seen: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    prints: set[str] = field(default_factory=set)
    alike: Counter[str] = field(default_factory=Counter)

    def all(self, *starts: str) -> str:
        waiting = deque(starts)
        while waiting:
            path = waiting.popleft()
            kind = re.sub(r"=[^&]*", "=", path)
            if path in self.done or self.alike[kind] >= MOST_ALIKE:
                continue
            self.done.add(path)
            self.alike[kind] += "?" in path
            assert len(self.done) < MOST_PAGES, "there is no end to the pages"
            waiting += self.page(path)
        return "\n".join(self.seen)

    def endpoints(self) -> set[str]:
        adapter, found = self.who.client.application.url_map.bind("localhost"), set[str]()
        for path in self.done:
            with suppress(HTTPException):
                found.add(adapter.match(path.partition("?")[0], method="GET")[0])
        return found

    def page(self, path: str) -> list[str]:
        answer = self.who.client.get(path, headers={"Accept": "text/html"})
        self.read(answer, path)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            target = answer.headers.get("Location", "")
            return [target] if target.startswith("/") else []
        self.read(self.who.client.get(path, headers={"HX-Request": "true"}), path)
        soup = BeautifulSoup(answer.data, "html.parser")
        for form in soup.find_all("form", method="post"):
            self.print(str(form.get("action", "")))
        tags = soup.select("a[href], [hx-get], img[src]")
        links = [str(tag.get("hx-get") or tag.get("href") or tag["src"]).split("#")[0] for tag in tags]
        return [link for link in links if link.startswith("/") and not link.startswith(ALIKE)]

    def print(self, action: str) -> None:
        if re.search(r"/(print|pdf)$", action) and action not in self.prints:
            self.prints.add(action)
            self.read(self.who.client.post(action, data={"csrf_token": self.who.csrf}), action)

    def read(self, answer: TestResponse, path: str) -> None:
        self.seen += [path, unquote(str(answer.headers))]
        self.seen.append(answer.data.decode("utf-8", "replace"))
        is_drawn = answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")
        if is_drawn and b" a copy\n" not in answer.data and b" a kept print\n" not in answer.data:  # the scene's own
            reader = PdfReader(io.BytesIO(answer.data))
            self.seen += [page.extract_text() for page in reader.pages] + [str(reader.metadata)]


def found_in(text: str) -> Iterator[tuple[str, str]]:
    """(appeal, kind of canary) of every canary in a text."""
    for appeal in ALLOWED:
        for name, mark in canaries(appeal).items():
            if mark in text:
                yield appeal, KINDS[name]


def gets_of(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods}
