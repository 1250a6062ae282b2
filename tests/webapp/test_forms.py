"""Long texts are written as WTForms writes them, limit apart."""

from typing import Any

import pytest
from flask import Flask
from wtforms.widgets import TextArea

from webapp.forms import Form, text_area


class Said(Form):
    text = text_area("说明", max_chars=50, required="请写")
    more = text_area("补充", max_chars=50)


@pytest.mark.parametrize("name", ["text", "more"])
@pytest.mark.parametrize("value", [None, "", "第一行\n<b>&\"'</textarea>"])
@pytest.mark.parametrize(
    "attributes", [{}, {"class": 'a "b" <c>', "rows": 4}, {"id": "x", "hidden": True, "lang": False}]
)
def test_a_long_text_is_written_as_the_library_would(
    app: Flask, name: str, value: str | None, attributes: dict[str, Any]
) -> None:
    theirs = TextArea()
    theirs.validation_attrs = ["required", "disabled"]
    with app.test_request_context("/"):
        field = Said(formdata=None)[name]
        field.data = value
        assert field(**attributes) == theirs(field, **attributes)
