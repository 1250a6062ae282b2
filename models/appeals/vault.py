"""Who filed, under lock: the identity is stored encrypted and never beside the appeal (reliability.md IDN-2, T7).

The key lies outside the database and its backups. A sealed identity opens only for the appeal it was sealed for.
"""

import hashlib
import hmac
import json
import os
from dataclasses import asdict, dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from models.appeals import credit_code
from models.appeals.text import canonical_phone, is_phone, search_key
from models.errors import Refused

KEY_BYTES: Final = 32
PADDED_TO: Final = 128  # bytes: short and long names give ciphertexts of the same few lengths
_NONCE_BYTES: Final = 12

MESSAGES: Final[dict[str, str]] = {
    "identity_key_unknown": "身份信息无法打开：现用密钥与保存时的密钥不一致，请联系系统管理员核对密钥文件。",
    "identity_tampered": "身份信息校验不通过，可能已被改动，请联系系统管理员并保留现场。",
}


@dataclass(frozen=True, repr=False)
class Identity:
    """Who an appellant is; '' where nothing was given. Its repr shows nothing, since tracebacks and logs print it."""

    name: str = ""
    phone: str = ""
    address: str = ""
    enterprise_name: str = ""
    credit_code: str = ""

    def __repr__(self) -> str:
        return "Identity(…)"


class IdentityVault:
    """Seals and opens identities with AES-256-GCM. Blob: one byte of key id, 12 of nonce, ciphertext with its tag."""

    def __init__(self, key: bytes) -> None:
        """`key`: exactly 32 random bytes. Others are derived from it, so that no index helps against a cipher."""
        if len(key) != KEY_BYTES:
            raise ValueError("the identity key must have 32 bytes")
        self._cipher = AESGCM(_derived(key, b"seal/1"))
        self._text_cipher = AESGCM(_derived(key, b"text/1"))
        self._index_key = _derived(key, b"index/1")
        self._key_id = _derived(key, b"id/1")[:1]

    def seal(self, identity: Identity, *, bound_to: str) -> bytes:
        """The identity encrypted for the record `bound_to` (the appeal's uid). No two results are alike."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._key_id + nonce + self._cipher.encrypt(nonce, _packed(identity), self._associated(bound_to))

    def open(self, blob: bytes, *, bound_to: str) -> Identity:
        """The identity; Refused("identity_key_unknown") for another key, Refused("identity_tampered") for a changed,
        cut or moved blob."""
        return Identity(**json.loads(self._opened(self._cipher, blob, bound_to)))

    def seal_text(self, text: str, *, bound_to: str) -> bytes:
        """Any other text that may hold somebody's data, encrypted under a key of its own."""
        nonce = os.urandom(_NONCE_BYTES)
        plain = text.encode("utf-8", "surrogatepass")
        return self._key_id + nonce + self._text_cipher.encrypt(nonce, plain, self._associated(bound_to))

    def open_text(self, blob: bytes, *, bound_to: str) -> str:
        """The text; refused like an identity that does not open."""
        return self._opened(self._text_cipher, blob, bound_to).decode("utf-8", "surrogatepass")

    def _opened(self, cipher: AESGCM, blob: bytes, bound_to: str) -> bytes:
        if blob[:1] != self._key_id:
            raise Refused("identity_key_unknown")
        nonce, sealed = blob[1 : 1 + _NONCE_BYTES], blob[1 + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, sealed, self._associated(bound_to))
        except (InvalidTag, ValueError) as error:  # ValueError: nonce or ciphertext cut short
            raise Refused("identity_tampered") from error

    def index(self, value: str) -> str:
        """A blind index: equal for the same credit code or telephone number however it is spelt, telling nothing
        without the key. '' for an empty value, which must match nobody."""
        spelling = canonical_phone(value) if is_phone(value) else credit_code.normalise(search_key(value))
        if not spelling:
            return ""
        return hmac.new(self._index_key, spelling.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def _associated(self, bound_to: str) -> bytes:
        return b"identity/1\x00" + self._key_id + bound_to.encode()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"identity-vault/" + purpose).derive(key)


def _packed(identity: Identity) -> bytes:
    """Canonical JSON, filled up with spaces, which JSON ignores."""
    text = json.dumps(asdict(identity), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return text.ljust(-(-len(text) // PADDED_TO) * PADDED_TO)
