"""Secrets as Standard Webhooks writes them: `whsec_` for a shared key, `whsk_` and `whpk_` for a pair of Ed25519.

The prefix says which signature a key makes. Random bytes come from the caller, so that this stays pure.
Source: Standard Webhooks 1.0.0, "Signature scheme".
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from millstream.errors import MillstreamError

SHARED_PREFIX = "whsec_"
PRIVATE_PREFIX = "whsk_"
PUBLIC_PREFIX = "whpk_"
SHARED_BYTES = 32
_FEWEST_SHARED_BYTES = 24
_MOST_SHARED_BYTES = 64
_ED25519_BYTES = 32


class SecretInvalid(MillstreamError):
    """Raised for a text that is no secret of the standard."""

    code: ClassVar[str] = "webhook_secret_invalid"
    status: ClassVar[int] = 422


class SignatureKind(StrEnum):
    """The version before the comma of a signature: HMAC-SHA256 with a shared key, or Ed25519."""

    V1 = "v1"
    V1A = "v1a"


@dataclass(frozen=True, slots=True)
class Secret:
    """One key to sign with; `key` is its raw bytes."""

    kind: SignatureKind
    key: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """Return the secret as its owner stores it."""
        prefix = SHARED_PREFIX if self.kind is SignatureKind.V1 else PRIVATE_PREFIX
        return prefix + base64.b64encode(self.key).decode()

    @property
    def public_text(self) -> str:
        """Return what a receiver verifies with: the public key of a pair, the secret itself otherwise."""
        if self.kind is SignatureKind.V1:
            return self.text
        public = Ed25519PrivateKey.from_private_bytes(self.key).public_key().public_bytes_raw()
        return PUBLIC_PREFIX + base64.b64encode(public).decode()


def make_secret(kind: SignatureKind, random_bytes: bytes) -> Secret:
    """Return a secret of 32 random bytes, as many as `SHARED_BYTES`."""
    if len(random_bytes) != SHARED_BYTES:
        raise SecretInvalid(f"A secret takes {SHARED_BYTES} random bytes, not {len(random_bytes)}.")
    return Secret(kind, random_bytes)


def parse_secret(text: str) -> Secret:
    """Read a secret: `whsec_` or none is a shared key of 24 to 64 bytes, `whsk_` an Ed25519 seed (or seed and key)."""
    if text.startswith(PRIVATE_PREFIX):
        key = _decode(text.removeprefix(PRIVATE_PREFIX))
        if len(key) not in (_ED25519_BYTES, 2 * _ED25519_BYTES):
            raise SecretInvalid("An Ed25519 key has 32 bytes, or 64 with its public half.")
        return Secret(SignatureKind.V1A, key[:_ED25519_BYTES])
    key = _decode(text.removeprefix(SHARED_PREFIX))
    if not _FEWEST_SHARED_BYTES <= len(key) <= _MOST_SHARED_BYTES:
        raise SecretInvalid("A shared secret has 24 to 64 bytes, written in base64 after whsec_.")
    return Secret(SignatureKind.V1, key)


def parse_public_key(text: str) -> bytes:
    """Read a `whpk_` key; return its 32 bytes."""
    if not text.startswith(PUBLIC_PREFIX) or len(key := _decode(text.removeprefix(PUBLIC_PREFIX))) != _ED25519_BYTES:
        raise SecretInvalid("A public key is whpk_ and 32 bytes in base64.")
    return key


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SecretInvalid("A secret is written in base64 after its prefix.") from error
