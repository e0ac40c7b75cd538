"""Judges the ID token of a provider (OpenID Connect Core section 3.1.3.7) and says who it is about.

Receives the token and the provider's keys from `auth.oidc.issuer`. Signature, issuer, audience, authorized party,
times, nonce and the access token's hash must be right. Keys that a token brings along are never looked at. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from millstream.auth.errors import ValidationFailed
from millstream.auth.oidc.errors import OAuthCallbackInvalid, ProviderEmailUnverified
from millstream.auth.oidc.provider import Provider
from millstream.auth.store.users import normal_address

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"]
"""What a provider may sign with: never a symmetric algorithm, whose key would be the client's secret."""
LONGEST_TOKEN = 32_768
_LEEWAY_SECONDS = 60
_LONGEST_SUBJECT = 255  # section 2
_LONGEST_CLAIM = 2048
_KEPT = ("name", "given_name", "family_name", "preferred_username", "picture", "locale")


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """Whom a provider has signed in: its name for the person, and the address that it has verified."""

    provider: str
    subject: str
    address: str
    data: Mapping[str, Any]


class KeyUnknown(Exception):
    """The token names a key that is not in the provider's set."""


def judge_id_token(
    token: str, *, provider: Provider, keys: KeySet, nonce: str, access_token: str | None, now: float
) -> dict[str, Any]:
    """Return the claims of a token that counts. Raises KeyUnknown, or OAuthCallbackInvalid naming what is wrong."""
    if len(token) > LONGEST_TOKEN:
        raise OAuthCallbackInvalid("The identity token is too long")
    try:
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
            },
            {"nonce": nonce, "client_id": provider.client_id, "access_token": access_token},
        )
        claims.validate(now=int(now), leeway=_LEEWAY_SECONDS)
    except InvalidKeyIdError:
        raise KeyUnknown from None
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise OAuthCallbackInvalid(f"The identity token does not count: {type(error).__name__}") from None
    return dict(claims)


def identity_of(provider: Provider, claims: Mapping[str, Any]) -> ProvenIdentity:
    """Return whom the claims are about. Raises OAuthCallbackInvalid or ProviderEmailUnverified."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT or "\0" in subject:
        raise OAuthCallbackInvalid("The identity token names nobody")
    if claims.get("email_verified") not in (True, "true"):
        raise ProviderEmailUnverified("The identity provider has not verified an e-mail address")
    try:
        address = normal_address(str(claims.get("email") or ""))
    except ValidationFailed:
        raise ProviderEmailUnverified("The identity provider names no usable e-mail address") from None
    kept = {name: claims[name] for name in _KEPT if _is_text(claims.get(name))}
    about = {
        **kept,
        "iss": provider.issuer,
        "sub": subject,
        "provider_id": subject,
        "email": address,
        "email_verified": True,
        "phone_verified": False,
    }
    if "name" in kept:
        about["full_name"] = kept["name"]
    if "picture" in kept:
        about["avatar_url"] = kept["picture"]
    return ProvenIdentity(provider.name, subject, address, about)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_CLAIM and "\0" not in value
