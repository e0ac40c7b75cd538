"""Encrypts a message so that one browser alone can read it: RFC 8291 over the content coding of RFC 8188. Pure.

Randomness comes from the caller: an ephemeral key and a salt, both new for every message. One record, no padding.
"""

from __future__ import annotations

import base64
from typing import ClassVar

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from millstream.errors import MillstreamError

SALT_BYTES = 16
_RECORD_BYTES = 4096
_POINT_BYTES = 65
_LAST_RECORD = b"\x02"
# Push services take 4096 bytes: the header with the key, the record's delimiter and tag, and this.
MOST_BYTES = _RECORD_BYTES - (SALT_BYTES + 5 + _POINT_BYTES) - len(_LAST_RECORD) - 16


class DeviceKeyInvalid(MillstreamError):
    """Raised for a key of a browser that is none, so that nothing can ever be sent there."""

    code: ClassVar[str] = "device_key_invalid"


def encrypt(content: bytes, *, p256dh: str, auth_secret: str, ephemeral: EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """Return the body of a push request, for a browser's two keys in base64url. Raises DeviceKeyInvalid.

    `content` has at most MOST_BYTES.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(f"a push message has at most {MOST_BYTES} bytes")
    try:
        theirs = decode(p256dh)
        shared = ephemeral.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), theirs))
        secret = decode(auth_secret)
    except ValueError as error:
        raise DeviceKeyInvalid("The key of a device is no point of the curve P-256.") from error
    ours = public_point(ephemeral)
    material = _derive(shared, salt=secret, info=b"WebPush: info\x00" + theirs + ours, length=32)
    return encode_record(content, material, salt=salt, key_id=ours)


def encode_record(content: bytes, material: bytes, *, salt: bytes, key_id: bytes = b"") -> bytes:
    """Return `content` as one record in the content coding `aes128gcm` (RFC 8188, section 2)."""
    key = _derive(material, salt=salt, info=b"Content-Encoding: aes128gcm\x00", length=16)
    nonce = _derive(material, salt=salt, info=b"Content-Encoding: nonce\x00", length=12)
    header = salt + _RECORD_BYTES.to_bytes(4, "big") + len(key_id).to_bytes(1, "big") + key_id
    return header + AESGCM(key).encrypt(nonce, content + _LAST_RECORD, None)


def public_point(key: EllipticCurvePrivateKey) -> bytes:
    """Return the public half of a key as 65 bytes, an uncompressed point (X9.62)."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encode(content: bytes) -> str:
    """Return base64url without padding, as browsers write keys."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Read base64url with or without padding. Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _derive(material: bytes, *, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(material)
