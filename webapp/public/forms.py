"""The form of the follow-up: number and code."""

import re
import unicodedata

from wtforms import StringField

from webapp.forms import Form, Required


def parse_number(text: str) -> str | None:
    """ "2026-000902" for what people type: any width, spaces and dashes, zeros left out; None for what is no number."""
    if len(text) > 100:
        return None
    tidy = re.sub(r"[\s_‐‑‒–—―−·.]+", "-", unicodedata.normalize("NFKC", text).strip())
    found = re.fullmatch(r"№?(20[0-9]{2})-*([0-9]{1,9})", tidy, re.ASCII)
    return f"{found[1]}-{int(found[2]):06d}" if found else None


class TrackForm(Form):
    number = StringField(
        "受理编号",
        [Required("请填写受理编号，例如 2026-000902")],
        render_kw={"autocomplete": "off", "inputmode": "text", "maxlength": 60},
    )
    code = StringField(
        "查询码",
        [Required("请填写查询码，共 16 位")],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 60},
    )
