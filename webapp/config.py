"""The only reader of the environment. A bad setting stops the start with a reason (OPS-3)."""

import hmac
import ipaddress
import os
import secrets
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

KEY_BYTES = 32
LEAST_DISTINCT_BYTES = 8  # a random key has more, even in hexadecimal; "changeme…" has not
ROOT = Path(__file__).resolve().parent.parent
THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "::1"})
SMTP_SCHEMES = ("smtp", "smtps", "smtp+starttls")
REDIS_SCHEMES = ("redis", "rediss", "unix")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class BadSetting(RuntimeError):
    """A setting that the server must not start with."""


@dataclass(frozen=True)
class Config:
    """All settings, read once. Keys are bytes, addresses have no trailing slash."""

    database_url: str
    data_dir: Path
    secret_key: bytes
    identity_key: bytes
    audit_key: bytes
    backup_key: bytes
    host: str = "127.0.0.1"
    port: int = 8000
    web_workers: int = 2
    public_base_url: str = ""
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    intake_limit_per_hour: int = 0
    intake_proof_per_hour: int = 0
    intake_proof_per_hour_all: int = 0
    lookup_proof_per_hour: int = 0
    service_hall_addresses: tuple[Network, ...] = ()
    redis_url: str = ""
    smtp_url: str = ""
    runs_jobs_at_once: bool = False
    is_testing: bool = False

    @property
    def files_dir(self) -> Path:
        return self.data_dir / "files"

    @property
    def results_dir(self) -> Path:
        """What long jobs made, kept for some days. No part of a backup: it can be made again."""
        return self.data_dir / "results"

    @property
    def queue_file(self) -> Path:
        """The queue of jobs where no Redis is named. No part of a backup: the rows of jobs are the truth."""
        return self.data_dir / "queue.db"

    @property
    def queue_key(self) -> bytes:
        """Signs what goes through the queue: whoever can write there must not choose what we run."""
        return hmac.digest(self.secret_key, b"queue/1", "sha256")

    @property
    def receipt_key(self) -> bytes:
        """Derives receipt codes and peppers their hashes. From the identity key, which outlives a change of the
        cookie secret.
        """
        return hmac.digest(self.identity_key, b"receipt/1", "sha256")

    @property
    def fonts_conf(self) -> Path | None:
        path = ROOT / ".fonts" / "fonts.conf"
        return path if path.is_file() else None

    @property
    def is_https(self) -> bool:
        return self.public_base_url.startswith("https://")

    @property
    def browsers_can_prove(self) -> bool:
        """Browsers calculate a proof of work only over HTTPS, or on the machine itself (SubtleCrypto)."""
        return self.is_https or urlsplit(self.public_base_url).hostname in THIS_MACHINE

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Config":
        env = os.environ if environ is None else environ
        _refuse_debug(env)
        data_dir = Path(env.get("DATA_DIR") or "instance").resolve()
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        port = _number(env, "PORT", 8000, 1, 65535)
        most = _number(env, "INTAKE_LIMIT_PER_HOUR", 0, 0, 100_000)
        proof = _number(env, "INTAKE_PROOF_PER_HOUR", 0, 0, 100_000)
        of_all = 500 if most or proof else 0  # where nothing is limited, nothing is asked for either
        return cls(
            database_url=env.get("DATABASE_URL") or f"sqlite:///{data_dir / 'zhitongche.db'}",
            data_dir=data_dir,
            secret_key=_key(env.get("SECRET_KEY_FILE"), data_dir / "keys" / "secret.key"),
            identity_key=_key(env.get("IDENTITY_KEY_FILE"), data_dir / "keys" / "identity.key"),
            audit_key=_key(None, data_dir / "keys" / "audit.key"),
            backup_key=_key(env.get("BACKUP_KEY_FILE"), data_dir / "keys" / "backup.key"),
            host=env.get("HOST") or "127.0.0.1",
            port=port,
            web_workers=_number(env, "WEB_WORKERS", 2, 1, 64),
            public_base_url=(env.get("PUBLIC_BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
            trusted_hosts=tuple(name.strip() for name in env.get("TRUSTED_HOSTS", "").split(",") if name.strip()),
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, 0, 5),
            intake_limit_per_hour=most,
            intake_proof_per_hour=proof,
            intake_proof_per_hour_all=_number(env, "INTAKE_PROOF_PER_HOUR_ALL", of_all, 0, 1_000_000),
            lookup_proof_per_hour=_number(env, "LOOKUP_PROOF_PER_HOUR", 0, 0, 30),
            service_hall_addresses=_networks(env, "SERVICE_HALL_ADDRESSES"),
            smtp_url=_address(env, "SMTP_URL", SMTP_SCHEMES),
            redis_url=_address(env, "REDIS_URL", REDIS_SCHEMES),
        )


def _refuse_debug(env: Mapping[str, str]) -> None:
    for name in ("FLASK_DEBUG", "FLASK_TESTING", "FLASK_LOGIN_DISABLED", "LOGIN_DISABLED"):
        if env.get(name, "").lower() not in ("", "0", "false"):
            raise BadSetting(f"{name} must not be set on a server")


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise BadSetting(f"{name} must be a whole number from {low} to {high}")
    return int(text)


def _address(env: Mapping[str, str], name: str, schemes: Sequence[str]) -> str:
    """An address of a service, or "" for none. The refusal does not repeat it: it may hold a password."""
    text = env.get(name, "").strip()
    begins = tuple(f"{scheme}://" for scheme in schemes)
    if text and not (text.startswith(begins) and _has_place(text)):
        raise BadSetting(f"{name} must be an address that begins with {' or '.join(begins)}")
    return text


def _has_place(address: str) -> bool:
    """A host, or a path for a socket, and a port and a time that can be such."""
    try:
        parts = urlsplit(address)
        float(parse_qs(parts.query).get("timeout", ["1"])[0])
        return bool(parts.hostname or parts.path) and parts.port != 0
    except ValueError:
        return False


def _networks(env: Mapping[str, str], name: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas: `10.8.3.4, 10.8.9.0/24`."""
    try:
        return tuple(ipaddress.ip_network(one.strip()) for one in env.get(name, "").split(",") if one.strip())
    except ValueError as error:
        raise BadSetting(f"{name} must be addresses or networks, separated by commas") from error


def _key(given: str | None, default: Path) -> bytes:
    """A key named by a setting must exist; the default one is made on first use. Neither may be readable by others."""
    path = Path(given) if given else default
    if not given and not path.exists():
        _make_key(path)
    if not path.is_file():
        raise BadSetting(f"key file {path.name} does not exist")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadSetting(f"key file {path.name} can be read by others: chmod 600")
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise BadSetting(f"key file {path.name} is shorter than {KEY_BYTES} bytes")
    if len(set(key)) < LEAST_DISTINCT_BYTES:
        raise BadSetting(f"key file {path.name} does not hold a random key")
    return key[:KEY_BYTES]


def _make_key(path: Path) -> None:
    """Written under another name and linked, so that two processes starting at once agree on one key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    draft.write_bytes(secrets.token_bytes(KEY_BYTES))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()
