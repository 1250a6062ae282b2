"""Somebody at the public form over real HTTP: opens it, fills it in, sends it, reads the receipt."""

import re
import urllib.parse
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

RETRY = (OSError, HTTPException)
"""What a connection to a killed server raises; a status of 5xx counts the same."""
HIDDEN = re.compile(rb'<input[^>]*type="hidden"[^>]*>')
NAME, VALUE = re.compile(rb'name="([^"]*)"'), re.compile(rb'value="([^"]*)"')
NUMBER = re.compile(rb'id="receipt-number"[^>]*>\s*([0-9-]+)')
FILING = {
    "appellant_kind": "anonymous", "kind": "complaint", "category": "other", "step": "submit",
    "title": "许可变更超过承诺时限", "body": "十月下旬提交许可变更，窗口告知五个工作日出证，至今没有通知。",
    "demands-0": "请告知最迟何时出证。",
}


@dataclass
class Visitor:
    """Keeps its connection and its cookies, as a browser does. `source`: the address of this machine it comes from."""

    port: int
    source: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)
    connection: HTTPConnection | None = None

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        self.connection = self.connection or HTTPConnection(
            "127.0.0.1", self.port, timeout=15, source_address=(self.source, 0)
        )
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Accept": "text/html"}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = None
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            content = answer.read()
        except RETRY:
            if answer is not None:
                answer.close()
            self.connection.close()
            self.connection = None
            raise
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, content

    def form(self) -> dict[str, str]:
        """The filing form as it would be sent: its hidden fields and what a person types."""
        return self.hidden("/appeals/new") | FILING

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of a page."""
        status, _, content = self.ask("GET", path)
        if status != 200:
            raise HTTPException(f"form: {status}")
        hidden = {}
        for tag in HIDDEN.findall(content):
            name, value = NAME.search(tag), VALUE.search(tag)
            if name:
                hidden[name[1].decode()] = value[1].decode() if value else ""
        return hidden

    def send(self, form: dict[str, str]) -> str:
        """The number on the receipt. Raises what `RETRY` names when there is no receipt to read."""
        status, headers, content = self.ask("POST", "/appeals/new", form)
        if status == 303:
            status, headers, content = self.ask("GET", headers["location"])
        found = NUMBER.search(content)
        if status != 200 or found is None:
            raise HTTPException(f"filing: {status} {content[:300]!r}")
        return found[1].decode()

    def close(self) -> None:
        if self.connection:
            self.connection.close()
