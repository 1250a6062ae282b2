"""Somebody with a letter, and a browser of their own."""

from typing import Any

from werkzeug.test import TestResponse

from tests.support.page import PageClient, find_form, hidden_fields

BALLOT = "/ratings/ballot"


class Voter:
    def __init__(self, client: PageClient) -> None:
        self.client = client
        self.token = hidden_fields(find_form(client.soup(BALLOT)))["csrf_token"]

    def post(self, **fields: str) -> TestResponse:
        return self.client.post(BALLOT, data={"csrf_token": self.token, **fields})

    def send(self, **fields: str) -> Any:
        """And goes where it leads."""
        answer = self.post(**fields)
        return self.client.get(answer.headers["Location"]) if answer.status_code == 303 else answer

    def enter(self, code: str) -> Any:
        return self.send(step="enter", code=code)

    def rate(self, no: int, go: str = "check", **fields: str) -> Any:
        """One unit, from the list."""
        self.send(step="go", go=str(no))
        return self.send(step="save", unit=str(no), go=go, **fields)

    def cast(self) -> Any:
        return self.send(step="cast")
