"""The API keys of one project and the callers that they stand for.

Two kinds: opaque keys (`sb_publishable_…` is anon, `sb_secret_…` is service_role), configured; and the legacy JWT
keys, which are ordinary tokens signed with the shared secret, made here so that people can copy them. Opaque keys are
compared in constant time. A key names a role and never a person.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from typing import Any

from millstream.auth.errors import ApiKeyUnknown
from millstream.auth.keys import KeyRing
from millstream.auth.settings import DEVELOPMENT_JWT_SECRET, AuthSettings
from millstream.auth.tokens import TokenSigner
from millstream.identity import ANONYMOUS, Claims, Role

OPAQUE_PREFIXES = ("sb_publishable_", "sb_secret_")
SECRET_PREFIX = "sb_secret_"  # noqa: S105 - the public part of a key's form

# The Supabase CLI's development keys end in November 2032; a project's own shall not surprise anybody.
_DEVELOPMENT_EXPIRY = 1_983_812_996
_FAR_EXPIRY = 4_102_444_800
_SERVICE = Claims.from_token({"role": Role.SERVICE.value})


class ApiKeys:
    """Knows the keys of one project."""

    def __init__(self, settings: AuthSettings) -> None:
        self._publishable = _encoded(settings.publishable_keys)
        self._secret = _encoded(settings.secret_keys)
        self.anon_key = legacy_key(settings.jwt_secret, Role.ANON)
        self.service_role_key = legacy_key(settings.jwt_secret, Role.SERVICE)

    def claims_of(self, key: str) -> Claims:
        """Return the caller that an opaque key stands for. Raises ApiKeyUnknown."""
        given = key.encode()
        if _holds(self._publishable, given):
            return ANONYMOUS
        if _holds(self._secret, given):
            return _SERVICE
        raise ApiKeyUnknown("Invalid API key", hint="The project's keys are printed by `millstream token`.")


def is_opaque(key: str) -> bool:
    """Say whether a key is of the opaque kind, by its prefix."""
    return key.startswith(OPAQUE_PREFIXES)


def legacy_key(secret: str, role: Role) -> str:
    """Return the JWT key of a role: equal secrets give equal keys, and the CLI's secret gives the CLI's keys."""
    is_development = secret == DEVELOPMENT_JWT_SECRET
    payload: Mapping[str, Any] = {
        "iss": "supabase-demo" if is_development else "millstream",
        "role": role.value,
        "exp": _DEVELOPMENT_EXPIRY if is_development else _FAR_EXPIRY,
    }
    return TokenSigner(KeyRing(secret)).sign(payload)


def _encoded(keys: Iterable[str]) -> tuple[bytes, ...]:
    return tuple(key.encode() for key in keys if key)


def _holds(keys: tuple[bytes, ...], given: bytes) -> bool:
    return any(hmac.compare_digest(key, given) for key in keys)
