"""Verifies and signs access tokens (RFC 7515, RFC 7519): the one place that decides whom to believe.

Every edge asks `TokenVerifier.verify` and gets `Claims` or a `TokenRefused`. A verified token is remembered until it
expires (bounded, least recently used goes first), so a busy caller's signature is checked once. The header names an
algorithm and a key id, no more: which algorithm fits a key is the key ring's decision. No I/O; the clock is handed in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import JoseError

from millstream.auth.errors import (
    TokenClaimMissing,
    TokenClaimsInvalid,
    TokenExpired,
    TokenMalformed,
    TokenNotYetValid,
    TokenRevoked,
    TokenSignatureInvalid,
    TokenTimeInvalid,
)
from millstream.auth.keys import KeyRing, VerificationKey
from millstream.auth.settings import AuthSettings
from millstream.identity import Claims

LONGEST_TOKEN = 16_384
MOST_ENDED = 100_000
_FARTHEST_TIME = 2**53  # beyond it a float no longer holds whole seconds
_ALGORITHMS = ("HS256", "HS384", "HS512", "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "EdDSA", "Ed25519")

Clock = Callable[[], float]


class _Registry(jws.JWSRegistry):
    """Algorithms by name, without joserfc's warning that the name EdDSA is deprecated: tokens of today carry it."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


_REGISTRY = _Registry(strict_check_header=False)


class TokenVerifier:
    """Believes tokens of one project."""

    def __init__(self, keys: KeyRing, settings: AuthSettings, clock: Clock) -> None:
        self._keys = keys
        self._settings = settings
        self._clock = clock
        self._verified: dict[str, tuple[Claims, float]] = {}
        self._ended: dict[str, float] = {}

    def verify(self, token: str) -> Claims:
        """Return the claims of a token that is signed by a key of ours and valid now.

        Raises TokenMalformed, TokenSignatureInvalid, TokenExpired, TokenNotYetValid, TokenClaimsInvalid or
        TokenRevoked.
        """
        claims = self._signed_claims(token)
        if claims.session_id is not None and claims.session_id in self._ended:
            raise TokenRevoked("Session from session_id claim in JWT does not exist")
        return claims

    def end_sessions(self, session_ids: Iterable[str]) -> None:
        """Believe no token of these sessions any more.

        Remembered until the last of their tokens has expired, by this process; bounded, the oldest go first.
        """
        now = self._clock()
        until = now + self._settings.access_token_seconds + self._settings.clock_leeway_seconds
        for session_id in session_ids:
            self._ended.pop(session_id, None)
            self._ended[session_id] = until
        while self._ended and (len(self._ended) > MOST_ENDED or self._ended[next(iter(self._ended))] < now):
            del self._ended[next(iter(self._ended))]

    def _signed_claims(self, token: str) -> Claims:
        remembered = self._verified.pop(token, None)
        if remembered is not None and self._clock() < remembered[1]:
            self._verified[token] = remembered
            return remembered[0]
        payload = _payload_of(token, self._keys)
        until = self._check(payload)
        claims = Claims.from_token(payload)
        self._remember(token, claims, until)
        return claims

    def use_keys(self, keys: KeyRing) -> None:
        """Believe another ring from now on, and forget what the old one verified."""
        self._keys = keys
        self._verified.clear()

    def _remember(self, token: str, claims: Claims, until: float) -> None:
        if len(self._verified) >= self._settings.token_cache_size > 0:
            del self._verified[next(iter(self._verified))]
        if self._settings.token_cache_size > 0:
            self._verified[token] = (claims, until)

    def _check(self, payload: Mapping[str, Any]) -> float:
        """Judge the registered claims; return the time until which the answer holds."""
        now, leeway = self._clock(), self._settings.clock_leeway_seconds
        expires_at = _numeric_date(payload, "exp")
        if expires_at is None:
            raise TokenClaimMissing("JWT has no exp claim")
        if expires_at + leeway <= now:
            raise TokenExpired("JWT expired")
        if (_numeric_date(payload, "nbf") or 0) > now + leeway:
            raise TokenNotYetValid("JWT not yet valid")
        if (_numeric_date(payload, "iat") or 0) > now + leeway:
            raise TokenNotYetValid("JWT issued at future")
        _check_role_and_subject(payload)
        self._check_parties(payload)
        return expires_at + leeway

    def _check_parties(self, payload: Mapping[str, Any]) -> None:
        issuers, audience = self._settings.jwt_issuers, self._settings.jwt_audience
        if issuers and payload.get("iss") not in issuers:
            raise TokenClaimsInvalid("JWT of another issuer")
        given = payload.get("aud")
        held = [given] if isinstance(given, str) else given
        if not (held is None or (isinstance(held, list) and all(isinstance(item, str) for item in held))):
            raise TokenMalformed("The JWT 'aud' claim must be a string or an array of strings")
        if audience is not None and held and audience not in held:
            raise TokenClaimsInvalid("JWT not in audience")


class TokenSigner:
    """Signs the access tokens of one project with its current key."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def sign(self, payload: Mapping[str, Any]) -> str:
        """Return the compact form of a token with these claims."""
        header, key = self._keys.signing()
        body = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
        return jws.serialize_compact(header, body, key, registry=_REGISTRY)

    def use_keys(self, keys: KeyRing) -> None:
        """Sign with another ring from now on."""
        self._keys = keys


def _payload_of(token: str, keys: KeyRing) -> dict[str, Any]:
    """Return the payload of a token whose signature is right."""
    if not token:
        raise TokenMalformed("Empty JWT is sent in Authorization header")
    if len(token) > LONGEST_TOKEN:
        raise TokenMalformed("JWT is too long")
    if token.count(".") != 2 or not token.isascii():
        raise TokenMalformed(f"Expected 3 parts in JWT; got {token.count('.') + 1}")
    try:
        signed = jws.extract_compact(token.encode())
        found = _key_for(signed.headers(), keys)
        is_right = jws.validate_compact(signed, found.key, registry=_REGISTRY)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise TokenMalformed("JWT could not be decoded") from None
    if not is_right:
        raise TokenSignatureInvalid("JWT signature is invalid")
    return _json_object(signed.payload)


def _key_for(header: object, keys: KeyRing) -> VerificationKey:
    """Find the key by what the header says of itself; nothing that it brings along is used."""
    if not isinstance(header, dict):
        raise TokenMalformed("JWT header is not an object")
    if "crit" in header or "b64" in header:
        raise TokenMalformed("JWT needs a critical header that is not understood")  # RFC 7515 section 4.1.11
    algorithm, kid = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise TokenMalformed("JWT algorithm is not supported")
    if not (kid is None or isinstance(kid, str)):
        raise TokenMalformed("JWT kid is not a string")
    found = keys.verifying(algorithm, kid)
    if found is None:
        raise TokenSignatureInvalid("No suitable key was found to decode the JWT")
    return found


def _json_object(content: bytes) -> dict[str, Any]:
    """Read the payload strictly, so that PostgreSQL can read every claim again as jsonb.

    orjson refuses NaN, infinities and lone surrogates; names given twice (RFC 7519 section 4) and U+0000 are ours.
    """
    try:
        orjson.loads(content)
        payload = json.loads(content, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise TokenMalformed("JWT payload is not a JSON object with unique names") from None
    if not isinstance(payload, dict):
        raise TokenMalformed("JWT payload is not a JSON object")
    return payload


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a name is given twice")
    if any("\0" in name or (isinstance(value, str) and "\0" in value) for name, value in pairs):
        raise ValueError("jsonb cannot hold U+0000")
    return result


def _numeric_date(payload: Mapping[str, Any], name: str) -> float | None:
    value = payload.get(name)
    if value is None:
        return None
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) <= _FARTHEST_TIME:  # in this form NaN is refused, and any int compares
        raise TokenTimeInvalid(f"The JWT '{name}' claim must be a number")
    return float(value)


def _check_role_and_subject(payload: Mapping[str, Any]) -> None:
    role = payload.get("role")
    if not isinstance(role, str) or not role:
        raise TokenClaimMissing("JWT has no role claim")
    if not isinstance(payload.get("sub", ""), str):
        raise TokenMalformed("The JWT 'sub' claim must be a string")
