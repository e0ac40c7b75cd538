"""Tokens as the data set uses them: PostgREST lets a token without `exp` or `role` through, Millstream's auth does not.

So the cases about tokens test what the data API says of a refusal, with this stand-in for `asgi.authenticate`.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import Any

import jwt

from millstream.identity import Claims
from millstream.postgrest.errors import AnonymousDisabled, JwtClaimsInvalid, JwtInvalid

SECRET = "reallyreallyreallyreallyverysafe"


def sign(payload: Mapping[str, Any]) -> str:
    key = jwt.PyJWS()
    import orjson

    return key.encode(orjson.dumps(payload), SECRET, algorithm="HS256", headers={"typ": "JWT"})


class Tokens:
    """Authenticates a request by the settings `jwt-secret`, `jwt-secret-is-base64`, `jwt-aud` and `db-anon-role`."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        secret = config.get("jwt-secret")
        self._secret = None if secret is None else secret.encode()
        if config.get("jwt-secret-is-base64"):
            self._secret = base64.b64decode(secret)
        self._audience = config.get("jwt-aud")
        self._anonymous = config.get("db-anon-role")

    def __call__(self, scope: Mapping[str, Any]) -> Claims:
        header = next((value.decode() for name, value in scope["headers"] if name == b"authorization"), "")
        scheme, _, token = header.partition(" ")
        payload = self._payload(token) if scheme.lower() == "bearer" else {}
        role = payload.get("role", self._anonymous)
        if role is None:
            raise AnonymousDisabled
        return Claims.from_token({**payload, "role": role})

    def _payload(self, token: str) -> dict[str, Any]:
        parts = token.count(".") + 1
        if parts != 3:
            raise JwtInvalid(f"Expected 3 parts in JWT; got {parts}")
        try:
            payload = jwt.decode(token, self._secret, algorithms=["HS256"], options=_ONLY_SIGNATURE)
        except jwt.PyJWTError as error:
            raise JwtInvalid("JWT could not be decoded") from error
        self._check(payload)
        return payload

    def _check(self, payload: Mapping[str, Any]) -> None:
        for name in ("exp", "nbf", "iat"):
            if name in payload and not isinstance(payload[name], int | float):
                raise JwtClaimsInvalid(f"The JWT '{name}' claim must be a number")
        if payload.get("exp", time.time() + 60) < time.time() - 30:
            raise JwtClaimsInvalid("JWT expired")
        given = payload.get("aud")
        listed = [given] if isinstance(given, str) else given
        if given is not None and not (isinstance(listed, list) and all(isinstance(one, str) for one in listed)):
            raise JwtClaimsInvalid("The JWT 'aud' claim must be a string or an array of strings")
        if self._audience is not None and listed is not None and self._audience not in listed:
            raise JwtClaimsInvalid("JWT not in audience")


_ONLY_SIGNATURE: Any = {
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}
