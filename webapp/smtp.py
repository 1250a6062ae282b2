"""The mail server that SMTP_URL names, and what it says when it does not take a mail."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

SECONDS: Final = 10.0
"""For the connection and for each answer."""
PORTS: Final = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}


class MailRefused(Exception):
    """`code` says why, for `webapp.messages`; what the server wrote stays out of it. `is_final`: no later try helps.
    `is_servers`: it concerns the server, so that other mails need not be tried now.
    """

    def __init__(self, code: str, *, is_final: bool = False, is_servers: bool = True) -> None:
        super().__init__(code)
        self.code, self.is_final, self.is_servers = code, is_final, is_servers


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    scheme: str
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)
    seconds: float = SECONDS


def server_of(url: str, base_url: str) -> MailServer:
    """`smtp://host:25`, `smtps://name:password@host:465`, `smtp+starttls://…:587`, as `webapp.config` found it sound.
    `?from=` names the sender, `?timeout=` the seconds to wait for an answer; without it mail comes from the host that
    serves us.
    """
    parts = urlsplit(url)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return MailServer(
        parts.hostname or "", parts.port or PORTS[parts.scheme], parts.scheme,
        asked.get("from") or f"zhitongche@{urlsplit(base_url).hostname}",
        unquote(parts.username or ""), unquote(parts.password or ""), float(asked.get("timeout") or SECONDS),
    )


def send(server: MailServer, message: EmailMessage) -> None:
    """Returns when the server has taken the mail; raises `MailRefused` otherwise."""
    try:
        session = _opened(server)
        try:
            session.send_message(message)
        finally:
            _leave(session)
    except smtplib.SMTPAuthenticationError as error:
        raise MailRefused("mail_login") from error
    except smtplib.SMTPRecipientsRefused as error:
        [(status, _)] = error.recipients.values()
        raise MailRefused("mail_refused", is_final=status >= 500, is_servers=False) from error
    except TimeoutError as error:
        raise MailRefused("mail_timeout") from error
    except (smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
        raise MailRefused("mail_no_tls") from error
    except smtplib.SMTPResponseException as error:
        raise MailRefused("mail_server", is_servers=False) from error
    except (smtplib.SMTPException, OSError) as error:
        has_waited = isinstance(error.__context__, TimeoutError)  # smtplib tells it as a lost connection
        raise MailRefused("mail_timeout" if has_waited else "mail_unreachable") from error


def _leave(session: smtplib.SMTP) -> None:
    """What the server says to a farewell changes nothing of a mail that it took."""
    try:
        session.quit()
    except (smtplib.SMTPException, OSError):
        session.close()


def _opened(server: MailServer) -> smtplib.SMTP:
    """Connected, encrypted where the address says so, and signed in where it holds a name."""
    name = server.sender.rpartition("@")[2]
    if server.scheme == "smtps":
        session: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, local_hostname=name, timeout=server.seconds, context=ssl.create_default_context()
        )
    else:
        session = smtplib.SMTP(server.host, server.port, local_hostname=name, timeout=server.seconds)
    try:
        if server.scheme == "smtp+starttls":
            session.starttls(context=ssl.create_default_context())
        if server.username:
            session.login(server.username, server.password)
    except (smtplib.SMTPException, OSError):
        session.close()
        raise
    return session
