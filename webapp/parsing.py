"""How a request's body is read."""

from htmx_flask.requests import HtmxAwareRequest
from werkzeug.datastructures import ImmutableMultiDict


class FormRequest(HtmxAwareRequest):
    """Drops multipart parts without a name: nothing can ask for them, and Flask-WTF fails on them."""

    def _load_form_data(self) -> None:
        super()._load_form_data()
        for kind in ("form", "files"):
            fields = self.__dict__[kind]
            if None in fields:
                named = [(name, value) for name, value in fields.items(multi=True) if name is not None]
                self.__dict__[kind] = ImmutableMultiDict(named)
