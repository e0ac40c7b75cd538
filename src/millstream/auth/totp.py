"""Time-based one-time passwords (RFC 6238 over RFC 4226): SHA-1, six digits, steps of 30 s, as authenticators expect.

Pure: secret and time are handed in. A code counts for its own step and one to either side, for clocks that differ; the
caller remembers the last step that was used, because a code counts once (RFC 6238 section 5.2).
"""

from __future__ import annotations

import base64
import hmac
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20  # as long as the hash, RFC 4226 section 4
_TOLERATED_STEPS = 1


def code_at(secret: bytes, step: int, *, digits: int = DIGITS) -> str:
    """Return the code of a step (RFC 4226 section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}d}"


def matching_step(secret: bytes, code: str, now: float, *, after: int | None = None) -> int | None:
    """Return the step whose code was given, None when it does not count at this time or is not later than `after`."""
    current = int(now) // STEP_SECONDS
    steps = range(current - _TOLERATED_STEPS, current + _TOLERATED_STEPS + 1)
    fitting = [
        step for step in steps if step >= 0 and hmac.compare_digest(code.encode(), code_at(secret, step).encode())
    ]
    return next((step for step in fitting if after is None or step > after), None)


def encode_secret(secret: bytes) -> str:
    """Return a secret as people type it and authenticators read it: base 32 without padding."""
    return base64.b32encode(secret).rstrip(b"=").decode()


def decode_secret(text: str) -> bytes:
    """Return the secret behind its text."""
    return base64.b32decode(text + "=" * (-len(text) % 8))


def key_uri(secret: bytes, *, issuer: str, account: str) -> str:
    """Return the URI that a QR code for an authenticator holds."""
    label = quote(f"{issuer}:{account}", safe="")
    parameters = {"algorithm": "SHA1", "digits": DIGITS, "issuer": issuer, "period": STEP_SECONDS}
    return f"otpauth://totp/{label}?{urlencode({**parameters, 'secret': encode_secret(secret)}, quote_via=quote)}"
