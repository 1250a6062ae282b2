"""Files of plain text as offices have them."""

ENCODINGS = ("utf-8-sig", "gb18030")


def decoded(content: bytes) -> str | None:
    """The text of a file of any spelling an office produces: UTF-8 with or without mark, or GB 18030; None when it is
    no text.
    """
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
