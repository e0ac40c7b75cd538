"""Seals short texts with AES-256-GCM (NIST SP 800-38D) and opens them again, under keys made of a project's material.

What is sealed names its key, so that keys can be changed: everything is sealed with the first and opened with any. It
is bound to its purpose and its place, so that nobody who can write to the database puts one secret where another
belongs. Randomness is handed in; nothing is kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from millstream.errors import MillstreamError

_NONCE_BYTES = 12
_FORM = re.compile(r"[0-9a-f]{8}\.[A-Za-z0-9_-]+")


class SealBroken(MillstreamError):
    """A secret was sealed with a key that is not known any more, was moved, or was changed."""

    code: ClassVar[str] = "seal_broken"


class Sealer:
    """Seals for one purpose of one project; `materials` are secrets of any length, the first of which seals."""

    def __init__(self, materials: Sequence[bytes], *, purpose: str, random: Callable[[int], bytes]) -> None:
        keys = [hmac.digest(material, f"millstream sealing {purpose}".encode(), "sha256") for material in materials]
        self._keys = {hashlib.sha256(key).hexdigest()[:8]: AESGCM(key) for key in keys}
        self._current = next(iter(self._keys))
        self._random = random

    def seal(self, text: str, *, place: str) -> str:
        """Return a text encrypted, with the id of the key; `place` says where it is kept, such as its row's id."""
        nonce = self._random(_NONCE_BYTES)
        sealed = self._keys[self._current].encrypt(nonce, text.encode(), _bound(self._current, place))
        return f"{self._current}.{base64.urlsafe_b64encode(nonce + sealed).rstrip(b'=').decode()}"

    def open(self, sealed: str, *, place: str) -> str:
        """Return what was sealed for this place. Raises SealBroken."""
        key_id, _, encoded = sealed.partition(".")
        key = self._keys.get(key_id)
        if key is None:
            raise SealBroken(
                "A secret was sealed with a key that is not known.",
                hint="Add the earlier key to MILLSTREAM_ENCRYPTION_KEYS, behind the one in use.",
            )
        try:
            content = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
            return key.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], _bound(key_id, place)).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken("A sealed secret was changed or moved.") from error

    def is_current(self, text: str) -> bool:
        """Say whether a text is sealed, and by the key that seals now."""
        return is_sealed(text) and text.startswith(f"{self._current}.")


def is_sealed(text: str) -> bool:
    """Say whether a text has the form of something sealed."""
    return _FORM.fullmatch(text) is not None


def _bound(key_id: str, place: str) -> bytes:
    return f"{key_id}:{place}".encode()
