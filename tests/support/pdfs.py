"""PDFs with a mark in every place where programs, cameras and people leave theirs, and a look into all of a file."""

import io
import zlib
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from tests.support import hostile

MARK = hostile.MARK
XMP = f"<x:xmpmeta>{MARK}</x:xmpmeta>".encode()


def made(*steps: Callable[[Pdf], None], **options: object) -> bytes:
    """A page with words in the font /A, after the steps."""
    pdf = Pdf.new()
    pdf.add_blank_page(page_size=(300, 300))
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].obj.Resources = Dictionary(Font=Dictionary(A=font, T=font, M=font))
    words = b"BT /A 12 Tf 20 200 Td (kept words) Tj /T 12 Tf 0 -20 Td (and more) Tj ET"
    pdf.pages[0].obj.Contents = pdf.make_stream(words)
    for step in steps:
        step(pdf)
    out = io.BytesIO()
    pdf.save(out, **options)
    return out.getvalue()


def page(pdf: Pdf) -> pikepdf.Object:
    return pdf.pages[0].obj


def author(pdf: Pdf) -> None:
    pdf.docinfo = pdf.make_indirect(Dictionary(Author=String(MARK), Producer=String(MARK), Company=String(MARK)))
    pdf.trailer.ID = Array([String(MARK), String(MARK)])


def xmp(pdf: Pdf) -> None:
    for one in (pdf.Root, page(pdf)):
        one.Metadata = pdf.make_stream(XMP)
    pdf.Root.Unheard_Of = String(MARK)
    page(pdf).Unheard_Of = String(MARK)


def programs(pdf: Pdf) -> None:
    notes = Dictionary(Illustrator=Dictionary(Private=String(MARK), LastModified=String(MARK)))
    form = Stream(pdf, b"", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]), PieceInfo=notes)
    form.Metadata, form.OPI = pdf.make_stream(XMP), Dictionary(F=String(MARK))
    page(pdf).PieceInfo = notes
    page(pdf).Resources.XObject = Dictionary(Fm0=form)
    use = Dictionary(CreatorInfo=Dictionary(Creator=String(MARK)), User=Dictionary(Name=String(MARK)))
    layer = Dictionary(Type=Name.OCG, Name=String("layer"), Usage=use)
    pdf.Root.OCProperties = Dictionary(OCGs=Array([pdf.make_indirect(layer)]), D=Dictionary(Name=String("layers")))


def inside(pdf: Pdf) -> None:
    """Files, scripts, bookmarks and what is read aloud."""
    pdf.attachments["a.txt"] = pikepdf.AttachedFileSpec(pdf, MARK.encode(), filename=f"{MARK}.txt")
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String(MARK))
    pdf.Root.StructTreeRoot = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, Alt=String(MARK)))
    page(pdf).AA = Dictionary(O=Dictionary(S=Name.Launch, F=String(MARK)))


def notes(pdf: Pdf) -> None:
    square = [0, 0, 20, 20]
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.FreeText, Rect=Array(square), T=String(MARK), NM=String(MARK),
        Subj=String(MARK), RC=String(MARK), Contents=String("kept note"), A=Dictionary(S=Name.URI, URI=String(MARK)),
    )
    file = Dictionary(
        Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array(square),
        FS=Dictionary(Type=Name.Filespec, F=String(MARK), EF=Dictionary(F=pdf.make_stream(MARK.encode()))),
    )
    link = Dictionary(Subtype=Name.Link, Rect=Array(square), A=Dictionary(S=Name.URI, URI=String(MARK)))
    page(pdf).Annots = Array([pdf.make_indirect(one) for one in (note, file, link)])


def signature(pdf: Pdf) -> None:
    signed = pdf.make_indirect(Dictionary(
        Type=Name.Sig, Name=String(MARK), ContactInfo=String(MARK), Contents=String(MARK), ByteRange=Array([0, 1, 2, 3])
    ))
    field = pdf.make_indirect(Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String("field"), V=signed, Rect=Array([0, 0, 9, 9]),
    ))
    text = pdf.make_indirect(Dictionary(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("kept field"), V=String("kept value"),
        Rect=Array([0, 0, 9, 9]), AA=Dictionary(K=Dictionary(S=Name.JavaScript, JS=String(MARK))),
    ))
    page(pdf).Annots = Array([field, text])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field, text]), XFA=pdf.make_stream(MARK.encode()))


def photograph(data: bytes, *filters: str, lost: int = 0) -> Callable[[Pdf], None]:
    """`lost`: bytes that are missing at the end of its packing."""
    def step(pdf: Pdf) -> None:
        packed = zlib.compress(data) if filters[0] == "/FlateDecode" else data
        packed = packed[: len(packed) - lost]
        image = Stream(
            pdf, b"", Type=Name.XObject, Subtype=Name.Image, Width=40, Height=30, BitsPerComponent=8,
            ColorSpace=Name.DeviceRGB,
        )
        image.write(packed, filter=Array([Name(one) for one in filters]) if len(filters) > 1 else Name(filters[0]))
        page(pdf).Resources.XObject = Dictionary(Im0=image)

    return step


def deep(pdf: Pdf) -> None:
    lists = Array()
    for _ in range(90):
        lists = Array([lists])
    page(pdf).Resources.Deep = lists


def jpx() -> bytes:
    """Boxes as a JPEG 2000 file has them."""
    def box(kind: bytes, body: bytes) -> bytes:
        return (8 + len(body)).to_bytes(4, "big") + kind + body

    start = box(b"jP  ", b"\r\n\x87\n") + box(b"ftyp", b"jp2 \0\0\0\0jp2 ")
    return start + box(b"xml ", XMP) + box(b"uuid", MARK.encode()) + b"\0\0\0\0jp2c\xff\x4f\xff\x51points"


PHOTO = hostile.marked_jpg()
PROGRESSIVE = hostile.drawn("JPEG", progressive=True, exif=hostile.exif(), comment=MARK)
PLACES = {
    "author": made(author), "packed": made(author, object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "XMP": made(xmp), "programs": made(programs), "inside": made(inside), "notes": made(notes),
    "signature": made(signature), "photograph": made(photograph(PHOTO, "/DCTDecode")),
    "behind a photograph": made(photograph(PHOTO + b"\0\x40" + MARK.encode(), "/DCTDecode")),
    "photograph in many passes": made(photograph(PROGRESSIVE, "/DCTDecode")),
    "packed photograph": made(photograph(PHOTO, "/FlateDecode", "/DCTDecode")),
    "JPEG 2000": made(photograph(jpx(), "/JPXDecode")),
    "locked against changes": made(author, xmp, encryption=pikepdf.Encryption(owner="x", user="")),
    "everything": made(author, xmp, programs, inside, notes, photograph(PHOTO, "/DCTDecode")),
}  # fmt: skip
NO_COPY = {
    "encrypted": made(author, encryption=pikepdf.Encryption(owner="x", user="y")),
    "cut short": PLACES["author"][:200] + b"%%EOF", "no PDF": b"%PDF-1.7\n%%EOF",
    "no page": hostile.pdf(), "an unknown packing": made(photograph(PHOTO, "/ASCII85Decode", "/DCTDecode")),
    "a photograph that is none": made(photograph(MARK.encode(), "/DCTDecode")),
    "a photograph cut short": made(photograph(PHOTO, "/FlateDecode", "/DCTDecode", lost=9)),
    "lists in lists": made(deep), "a portfolio": made(lambda pdf: setattr(pdf.Root, "Collection", Dictionary())),
    "a form drawn by a program": made(lambda pdf: setattr(pdf.Root, "NeedsRendering", True)),
}  # fmt: skip


def _unpacked(stream: Stream, raw: bytes) -> bytes:
    return zlib.decompressobj().decompress(raw) if "/FlateDecode" in str(stream.get("/Filter")) else b""


def laid_open(data: bytes) -> bytes:
    """All that stands in it, unpacked, with what no page leads to."""
    found = [data]
    with Pdf.open(io.BytesIO(data)) as pdf:
        found.append(str(pdf.trailer).encode())
        for one in pdf.objects:
            found.append(repr(one).encode())
            if isinstance(one, Stream):
                raw = one.read_raw_bytes()
                found += [raw, _unpacked(one, raw)]
    return b"\n".join(found)
