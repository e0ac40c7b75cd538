"""Secrets of endpoints at rest: AES-256-GCM under a key that follows from the project's own key material.

What is sealed names its key, so that keys can be changed: everything is sealed with the first and opened with any.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Sequence
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from millstream.errors import MillstreamError

_NONCE_BYTES = 12
_PURPOSE = b"millstream webhooks"


class SealBroken(MillstreamError):
    """Raised when a secret was sealed with a key that is not known any more, or was tampered with."""

    code: ClassVar[str] = "webhook_seal_broken"


class Vault:
    """Seals and opens texts with keys made of `materials`, the first of which seals."""

    def __init__(self, materials: Sequence[bytes]) -> None:
        keys = [hashlib.sha256(_PURPOSE + b"\0" + material).digest() for material in materials]
        self._keys = {hashlib.sha256(key).hexdigest()[:8]: AESGCM(key) for key in keys}
        self._sealing = next(iter(self._keys))

    def seal(self, text: str) -> str:
        """Return the text encrypted, with the id of the key."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._keys[self._sealing].encrypt(nonce, text.encode(), self._sealing.encode())
        return f"{self._sealing}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str) -> str:
        """Return what was sealed; raises SealBroken."""
        key_id, _, encoded = sealed.partition(".")
        if key_id not in self._keys:
            raise SealBroken(
                "A secret was sealed with a key that is not known.", hint="Is MILLSTREAM_WEBHOOK_ENCRYPTION_KEY right?"
            )
        try:
            content = base64.b64decode(encoded)
            return self._keys[key_id].decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], key_id.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken("A sealed secret was changed.") from error
