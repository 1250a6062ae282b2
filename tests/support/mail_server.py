"""A real SMTP server on this machine, as far as our mails need one: it takes them, refuses them, or says nothing."""

import base64
import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

SILENCE = "silence"
"""Instead of an answer: the connection stays open and nothing comes."""


class MailServer(socketserver.ThreadingTCPServer):
    """`answers` overrides what it says to a verb: {"RCPT": "550 no such user"}."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self, encryption: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.encryption = encryption
        self.answers: dict[str, str] = {}
        self.taken: list[EmailMessage] = []
        self.signed_in: list[str] = []
        """Name and password of whoever signed in, a NUL before each."""
        self.connections = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class _Talk(socketserver.StreamRequestHandler):
    def setup(self) -> None:
        self.server: Any
        if self.server.encryption is not None:
            self.request = self.server.encryption.wrap_socket(
                self.request, server_side=True, do_handshake_on_connect=False
            )
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def handle(self) -> None:
        self.server.connections += 1
        with suppress(ssl.SSLError):  # whoever does not trust us hangs up
            self._talk()

    def _talk(self) -> None:
        if not self._say("", "220 here"):
            return
        while line := self.rfile.readline():
            verb = line[:4].decode("ascii", "replace").upper().strip()
            if verb == "DATA" and self._say(verb, "354 go on"):
                self._take()
            elif verb == "EHLO" and self.server.encryption is not None:
                self._say(verb, "250-here\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                self.server.signed_in.append(base64.b64decode(line.split()[2]).decode())
                self._say(verb, "235 welcome")
            elif verb != "DATA" and not self._say(verb, "221 bye" if verb == "QUIT" else "250 ok"):
                return

    def _take(self) -> None:
        data = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            data += line
        found = message_from_bytes(data, policy=policy.default)
        self.server.taken.append(cast(EmailMessage, found))
        self._say("END", "250 taken")

    def _say(self, verb: str, usual: str) -> bool:
        answer = self.server.answers.get(verb, usual)
        if answer == SILENCE:
            time.sleep(3)
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return True


@contextmanager
def mail_server(encryption: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    with MailServer(encryption) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()
