"""Writes a PDF anew without what tells who made it, in the child process: the copy for units (IDN-6, T3).

Its pages stay as they look. Of the document only a list of known parts is kept, so that what nobody here has heard of
is left out as well; an unknown way of packing a photograph is a reason to make no copy. Imports pikepdf only.
"""

import io
import zlib
from collections.abc import Iterable
from typing import Any, Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

MOST_BYTES: Final = 30 * 2**20
"""A copy that outgrows its original by far is none to keep."""
MOST_UNPACKED: Final = 64 * 2**20
MOST_DEPTH: Final = 60

KEPT_OF_DOCUMENT: Final = frozenset({
    "/Type", "/Pages", "/Version", "/PageLabels", "/PageLayout", "/OCProperties", "/AcroForm", "/Lang",
    "/ViewerPreferences",
})  # fmt: skip
KEPT_OF_PAGE: Final = frozenset({
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Contents",
    "/Rotate", "/Group", "/Annots", "/UserUnit",
})  # fmt: skip
KEPT_OF_FORM: Final = frozenset({"/Fields", "/DR", "/DA", "/Q", "/NeedAppearances"})
DROPPED: Final = ("/Metadata", "/PieceInfo", "/LastModified")
"""Wherever they stand: what programs note down. Any shorter name may be somebody's name for a font."""
DROPPED_OF_STREAM: Final = ("/AF", "/OPI", "/StructParent", "/StructParents", "/Ref")
DROPPED_OF_NOTE: Final = (
    "/M", "/NM", "/CreationDate", "/Subj", "/RC", "/Popup", "/IRT", "/Lock", "/A", "/AA", "/PA", "/AF", "/OC",
    "/StructParent",
)  # fmt: skip
"""Of a note on a page: who wrote it and when, and what it starts. What it says is part of the evidence."""
FIELD: Final = "/Widget"
"""A place of a form. Elsewhere /T is who wrote the note; here it is the name of the field."""
FORBIDDEN_NOTES: Final = frozenset({
    "/Popup", "/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D", "/Link",
})  # fmt: skip
_DAMAGE: Final = (
    pikepdf.PikepdfError, OSError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RuntimeError,
    zlib.error,
)  # fmt: skip
"""The ways in which reading a damaged file is known to fail."""
_PLAIN_MARKERS: Final = {0x01, *range(0xD0, 0xD8)}  # without a length behind them
_ADOBE, _JFIF, _COMMENT, _SCAN = 0xEE, 0xE0, 0xFE, 0xDA


class _Unfit(ValueError):
    """No copy can be made that is surely clean."""


def copied(data: bytes) -> bytes:
    """The copy, or nothing where none can be made: encrypted, broken, or packed in a way that may hide something."""
    try:
        return _copied(data)
    except _DAMAGE:
        return b""


def _copied(data: bytes) -> bytes:
    """A file that opens without a password is written without any."""
    out = io.BytesIO()
    with Pdf.open(io.BytesIO(data)) as pdf:
        _strip_document(pdf)
        for page in pdf.pages:
            _strip_page(page.obj)
        for one in pdf.objects:
            _strip(one, 0)
        pdf.save(
            out, encryption=False, deterministic_id=True, fix_metadata_version=False,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    if out.tell() > MOST_BYTES:
        raise _Unfit
    return out.getvalue()


def _strip_document(pdf: Pdf) -> None:
    root = pdf.Root
    if not len(pdf.pages) or "/NeedsRendering" in root or "/Collection" in root:
        raise _Unfit  # its pages only say that the content is elsewhere
    _keep(root, KEPT_OF_DOCUMENT)
    form = root.get("/AcroForm")
    if form is not None:
        _keep(form, KEPT_OF_FORM)
        for field in form.get("/Fields", Array()):
            _strip_field(field, 0)
    for name in ("/Info", "/ID"):
        if name in pdf.trailer:
            del pdf.trailer[name]


def _keep(one: Object, names: frozenset[str]) -> None:
    _drop(one, sorted(set(one.keys()) - names))


def _drop(one: Object, names: Iterable[str]) -> None:
    for name in names:
        if name in one:
            del one[name]


def _strip_page(page: Object) -> None:
    _keep(page, KEPT_OF_PAGE)
    notes = [one for one in page.get("/Annots", Array()) if isinstance(one, Dictionary)]
    kept = [one for one in notes if str(one.get("/Subtype")) not in FORBIDDEN_NOTES]
    for one in kept:
        _drop(one, DROPPED_OF_NOTE if str(one.get("/Subtype")) == FIELD else (*DROPPED_OF_NOTE, "/T"))
    if "/Annots" in page:
        page.Annots = Array(kept)


def _strip_field(field: Object, depth: int) -> None:
    """A field of a form and those below it. A signature's value is the certificate of who signed; how it looks stays
    on the page.
    """
    if depth > MOST_DEPTH or not isinstance(field, Dictionary):
        raise _Unfit
    _drop(field, ("/A", "/AA", "/Lock", "/SV"))
    if field.get("/FT") == Name.Sig:
        _drop(field, ("/V",))
    for below in field.get("/Kids", Array()):
        _strip_field(below, depth + 1)


def _strip(one: Any, depth: int) -> None:
    """An object with all that stands directly in it; what it points to has its own turn."""
    if depth > MOST_DEPTH:
        raise _Unfit
    if isinstance(one, Array):
        parts: list[Any] = list(one)
    elif isinstance(one, (Dictionary, Stream)):
        _strip_dictionary(one)
        parts = [one[name] for name in sorted(one.keys())]
    else:
        return
    for part in parts:
        if isinstance(part, Object) and not part.is_indirect:
            _strip(part, depth + 1)


def _strip_dictionary(one: Dictionary | Stream) -> None:
    _drop(one, DROPPED)
    kind = str(one.get("/Type", ""))
    if kind == "/Sig" or "/ByteRange" in one:
        _keep(one, frozenset())
    elif kind in ("/Filespec", "/F"):
        _keep(one, frozenset({"/Type"}))
    elif kind == "/OCG":  # a layer: its use may name people and programs
        _drop(one, ("/Usage",))
    if isinstance(one, Stream):
        _drop(one, DROPPED_OF_STREAM)
        _strip_photograph(one)


# ---------------------------------------------------------------- photographs


def _strip_photograph(stream: Stream) -> None:
    """A photograph keeps what its program and camera wrote into it (EXIF, XMP) when it is put into a PDF."""
    filters = _filters(stream)
    if "/JPXDecode" in filters:
        stream.write(_quiet_jpx(_packed(stream, filters, "/JPXDecode")), filter=Name.JPXDecode)
    elif "/DCTDecode" in filters or "/DCT" in filters:
        last = "/DCTDecode" if "/DCTDecode" in filters else "/DCT"
        parameters = _last_of(stream.get("/DecodeParms"))
        stream.write(_quiet_jpg(_packed(stream, filters, last)), filter=Name.DCTDecode, decode_parms=parameters)


def _filters(stream: Stream) -> list[str]:
    found = stream.get("/Filter")
    if found is None:
        return []
    return [str(one) for one in found] if isinstance(found, Array) else [str(found)]


def _last_of(parameters: Any) -> Any:
    found = parameters[-1] if isinstance(parameters, Array) and len(parameters) else parameters
    return found if isinstance(found, Dictionary) else None


def _packed(stream: Stream, filters: list[str], last: str) -> bytes:
    """The photograph's own bytes, out of at most one packing around them."""
    raw = stream.read_raw_bytes()
    if filters == [last]:
        return raw
    if filters != ["/FlateDecode", last]:
        raise _Unfit
    machine = zlib.decompressobj()
    try:
        found = machine.decompress(raw, MOST_UNPACKED)
    except zlib.error as error:
        raise _Unfit from error
    if not machine.eof:
        raise _Unfit
    return found


def _quiet_jpg(data: bytes) -> bytes:
    """The same picture bit by bit, without comments and the notes of programs; behind its end nothing."""
    if data[:2] != b"\xff\xd8":
        raise _Unfit
    kept, at = [data[:2]], 2
    while at < len(data):
        if data[at] != 0xFF or at + 1 >= len(data):
            raise _Unfit
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xD9:
            break
        if marker in _PLAIN_MARKERS:
            kept.append(data[at : at + 2])
            at += 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _SCAN:
            end = _end_of_scan(data, end)
        if _is_picture(marker, data[at + 4 : at + 9]):
            kept.append(data[at:end])
        at = max(end, at + 2)
    return b"".join([*kept, b"\xff\xd9"])


def _is_picture(marker: int, head: bytes) -> bool:
    """Of what programs may add, only what the colours are read by."""
    if marker == _COMMENT:
        return False
    if 0xE0 <= marker <= 0xEF:
        return (marker == _ADOBE and head == b"Adobe") or (marker == _JFIF and head == b"JFIF\0")
    return True


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands behind the picture's points; 00 and restart marks belong to them."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        if data[at + 1] and data[at + 1] not in _PLAIN_MARKERS and data[at + 1] != 0xFF:
            return at
        at += 1 if data[at + 1] == 0xFF else 2


def _quiet_jpx(data: bytes) -> bytes:
    """JPEG 2000: boxes of words are blanked where they stand, so that nothing else moves. A bare picture has none."""
    if data[:2] == b"\xff\x4f":
        return data
    out, at = bytearray(data), 0
    while at < len(data):
        size, kind, head = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        end = len(data) if size == 0 else at + size
        if end < at + head or end > len(data):
            raise _Unfit
        if kind not in _JPX_KEPT:
            out[at + 4 : at + 8] = b"free"
            out[at + head : end] = bytes(end - at - head)
        at = end
    return bytes(out)


_JPX_KEPT: Final = frozenset({b"jP  ", b"ftyp", b"jp2h", b"jp2c", b"rreq"})
