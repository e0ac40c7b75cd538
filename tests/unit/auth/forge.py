"""Makes tokens by hand, honest and forged: no library, so that nothing is refused before it reaches the verifier."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

NOW = 1_800_000_000.0
HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def payload(**changes: Any) -> dict[str, Any]:
    """Return honest claims with changes; a change to None leaves the claim out."""
    honest = {"sub": "11111111-1111-4111-8111-111111111111", "role": "authenticated", "exp": int(NOW) + 600}
    return {name: value for name, value in {**honest, **changes}.items() if value is not None}


def token(
    claims: Mapping[str, Any] | bytes | None = None,
    *,
    secret: str | bytes,
    header: Mapping[str, Any] | bytes | None = None,
    algorithm: str = "HS256",
) -> str:
    """Return a compact JWS over these claims, signed as HMAC whatever the header says."""
    head = header if isinstance(header, bytes) else json.dumps(header or {"alg": algorithm, "typ": "JWT"}).encode()
    body = claims if isinstance(claims, bytes) else json.dumps(payload() if claims is None else claims).encode()
    signing_input = f"{encode(head)}.{encode(body)}"
    key = secret.encode() if isinstance(secret, str) else secret
    signature = hmac.new(key, signing_input.encode(), HASHES[algorithm]).digest()
    return f"{signing_input}.{encode(signature)}"
