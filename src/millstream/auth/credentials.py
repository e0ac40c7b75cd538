"""Decides who is calling from the two headers that clients send, `Authorization` and `apikey`.

Authorization wins; an opaque key in it counts as the apikey, because clients copy their key there while nobody is
signed in. No key at all is the anonymous caller, unless the project wants a key. Used by every edge, also by the
socket's `access_token`. No I/O.
"""

from __future__ import annotations

from millstream.auth.api_keys import ApiKeys, is_opaque
from millstream.auth.errors import ApiKeyMissing
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenVerifier
from millstream.identity import ANONYMOUS, Claims

_SCHEME = "bearer"


class Credentials:
    """Resolves callers of one project."""

    def __init__(self, verifier: TokenVerifier, keys: ApiKeys, settings: AuthSettings) -> None:
        self._verifier = verifier
        self._keys = keys
        self._key_required = settings.api_key_required

    def resolve(self, authorization: str | None, apikey: str | None) -> Claims:
        """Return the caller's claims. Raises a subclass of TokenRefused, or ApiKeyMissing."""
        presented = bearer_token(authorization)
        if presented is None:
            presented = apikey or None
        if presented is None:
            if self._key_required:
                raise ApiKeyMissing("No API key found in request")
            return ANONYMOUS
        return self.claims_of(presented)

    def claims_of(self, presented: str) -> Claims:
        """Return the claims behind one opaque key or token, wherever it was presented."""
        if is_opaque(presented):
            return self._keys.claims_of(presented)
        return self._verifier.verify(presented)


def bearer_token(authorization: str | None) -> str | None:
    """Return the token of an Authorization header, "" when it is empty; None for no header or another scheme."""
    if authorization is None:
        return None
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == _SCHEME else None
