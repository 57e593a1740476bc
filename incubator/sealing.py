"""Sealing of personal values: encryption at rest, keyed hashes for finding duplicates, salted commitments for events."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from typing import ClassVar

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from incubator.errors import Refused
from incubator.text import Text


class SealedWithAnotherKey(Refused):
    """A stored personal value does not open with this process's secret."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "sealed_with_another_key"
    title: ClassVar[Text] = Text("个人信息无法解密", "A personal value cannot be opened")


class Sealer:
    """Seals personal values with keys derived from one secret; each purpose has its own key."""

    def __init__(self, secret: str) -> None:
        if not secret.strip():
            raise ValueError("the sealing secret is empty: set INCUBATOR_SECRET_KEY or INCUBATOR_DATA_DIR")
        material = secret.strip().encode()
        self._box = Fernet(base64.urlsafe_b64encode(_derive(material, b"incubator personal values")))
        self._search_key = _derive(material, b"incubator search hashes")

    def seal(self, value: str) -> str:
        """The value encrypted and authenticated; sealing twice gives two different texts."""
        return self._box.encrypt(value.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """The value that was sealed. Raises SealedWithAnotherKey when it was sealed under another secret or altered."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SealedWithAnotherKey(
                Text(
                    "该个人信息是用另一密钥加密的，或已被改动；请让系统管理员恢复原来的 INCUBATOR_SECRET_KEY 或数据目录中的 secret.key",
                    "This personal value was sealed with another key or has been altered; ask the administrator to restore "
                    "the former INCUBATOR_SECRET_KEY, or secret.key in the data folder",
                )
            ) from None

    def search_hash(self, value: str) -> str:
        """A keyed hash (HMAC-SHA256, hex) equal for equal values however they are typed; useless without the secret."""
        return hmac.new(self._search_key, normalised(value).encode(), hashlib.sha256).hexdigest()

    @staticmethod
    def commitment(salt: str, value: str) -> str:
        """What an event holds in the value's place: HMAC-SHA256 keyed with the salt, in hex.

        Needs no secret, so that an auditor who is given salt and value can check it; says nothing once both are erased.
        """
        return hmac.new(salt.encode(), value.encode(), hashlib.sha256).hexdigest()

    @staticmethod
    def salt() -> str:
        """A fresh salt for one commitment: 128 random bits in hex."""
        return secrets.token_hex(16)


def normalised(value: str) -> str:
    """A telephone or identity number as it is compared: half-width, upper case, without spaces, dashes and +86."""
    plain = unicodedata.normalize("NFKC", value).upper()
    joined = "".join(character for character in plain if character.isalnum() or character == "+")
    return joined.removeprefix("+86").replace("+", "")


_configured: Sealer | None = None


def configure_sealer(secret: str) -> Sealer:
    """Set the sealer of this process; every entry point does this once with `settings.sealing_key`."""
    global _configured
    _configured = Sealer(secret)
    return _configured


def current_sealer() -> Sealer:
    """The sealer of this process. Raises RuntimeError when no entry point has configured one."""
    if _configured is None:
        raise RuntimeError(
            "no sealer is configured: call configure_sealer(settings.sealing_key) when the process starts"
        )
    return _configured


def _derive(secret: bytes, purpose: bytes) -> bytes:
    # No salt: every process must derive the same key from the secret alone, and the secret is random.
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)
