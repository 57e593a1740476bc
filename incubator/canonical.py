"""One way to write a value down: canonical JSON, its SHA-256, and opaque public ids."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import date, datetime
from typing import Any


def canonical(value: Any) -> str:
    """The one spelling of a JSON value: sorted keys, no spaces, dates as ISO text, Chinese unescaped."""
    return _ENCODER.encode(value)


def sha256(text: str) -> str:
    """The SHA-256 of the text's UTF-8 bytes, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def public_id() -> str:
    """A fresh opaque id for the outside: 32 hex digits."""
    return secrets.token_hex(16)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
