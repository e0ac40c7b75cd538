"""The keys that sign and verify access tokens: the shared secret, and the JWK set (RFC 7517) found by `kid`.

Receives `AuthSettings`; hands a `KeyRing` to `auth.tokens`. The set's first private key signs, every key verifies, and
only public halves are ever published. Rotation is a new first key in the file, which `auth.key_watch` follows; the old
one stays until its last token has expired. Keys that a token brings along (jwk, jku, x5u) are never looked at.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OctKey, OKPKey, RSAKey

from millstream.auth.settings import AuthSettings
from millstream.errors import MillstreamError

SHARED_ALGORITHMS = ("HS256", "HS384", "HS512")
_EC_ALGORITHMS = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_LEAST_RSA_BITS = 2048  # RFC 7518 section 3.3


class SigningKeysInvalid(MillstreamError):
    """The file of signing keys is no JWK set, or holds a key that may not verify tokens."""

    code: ClassVar[str] = "signing_keys_invalid"


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A key together with the algorithms that it may verify: never those that the token would like."""

    key: Key
    algorithms: tuple[str, ...]


class KeyRing:
    """All keys of one project. Immutable: a rotation makes another ring."""

    def __init__(self, secret: str, keys: Sequence[Key] = ()) -> None:
        self._shared = VerificationKey(OctKey.import_key(secret), SHARED_ALGORITHMS)
        self._by_kid = {_kid_of(key): VerificationKey(key, algorithms_of(key)) for key in keys}
        self._signing = next((key for key in keys if isinstance(key, ECKey | RSAKey | OKPKey) and key.is_private), None)
        self._public = orjson.dumps(
            {"keys": [_published(found) for found in self._by_kid.values() if _is_public(found)]}
        )

    @property
    def public_jwks(self) -> bytes:
        """Return the JWK set that clients verify with, as JSON; symmetric keys are never in it."""
        return self._public

    def verifying(self, algorithm: str, kid: str | None) -> VerificationKey | None:
        """Return the key that may have signed a token with this header, None when there is none.

        A symmetric token whose kid is unknown falls back to the shared secret, as tokens of other issuers need it.
        """
        found = self._by_kid.get(kid) if kid is not None else None
        if found is None and algorithm in SHARED_ALGORITHMS:
            found = self._shared
        return found if found is not None and algorithm in found.algorithms else None

    def signing(self) -> tuple[dict[str, Any], Key]:
        """Return the header and key of new tokens: the first private key, else HS256 with the shared secret."""
        if self._signing is None:
            return {"alg": "HS256", "typ": "JWT"}, self._shared.key
        return {
            "alg": algorithms_of(self._signing)[0],
            "kid": _kid_of(self._signing),
            "typ": "JWT",
        }, self._signing


def load_key_ring(settings: AuthSettings) -> KeyRing:
    """Read the project's keys, making the file of signing keys where one is configured and missing."""
    if not settings.signing_keys_file:
        return KeyRing(settings.jwt_secret)
    path = Path(settings.signing_keys_file)
    if not path.exists():
        _create_private(path, _new_key_set())
    return KeyRing(settings.jwt_secret, parse_key_set(path.read_bytes()))


def parse_key_set(text: bytes) -> list[Key]:
    """Read a JWK set, or an array of keys as Supabase writes it. Raises SigningKeysInvalid."""
    try:
        document = orjson.loads(text)
        members = document["keys"] if isinstance(document, dict) else document
        keys = list(KeySet.import_key_set({"keys": members}).keys)
        for key in keys:
            algorithms_of(key)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise SigningKeysInvalid(
            f"The file of signing keys is not a usable JWK set: {error}",
            hint="Remove the file to have a new ES256 key made, or correct MILLSTREAM_SIGNING_KEYS_FILE.",
        ) from None
    return keys


def algorithms_of(key: Key) -> tuple[str, ...]:
    """Return what a key may verify, by its type and curve: the first is what it signs with."""
    match key:
        case OctKey():
            return SHARED_ALGORITHMS
        case ECKey() if key.curve_name in _EC_ALGORITHMS:
            return (_EC_ALGORITHMS[key.curve_name],)
        case RSAKey() if key.public_key.key_size >= _LEAST_RSA_BITS:
            return ("RS256", "RS384", "RS512")
        case OKPKey() if key.curve_name == "Ed25519":
            return ("EdDSA", "Ed25519")
        case _:
            raise ValueError(f"a {key.key_type} key of this curve or size cannot verify tokens")


def _kid_of(key: Key) -> str:
    key.ensure_kid()  # the thumbprint (RFC 7638) where the key names none
    return str(key.kid)


def _new_key_set() -> bytes:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    return orjson.dumps({"keys": [key.as_dict(private=True)]}, option=orjson.OPT_INDENT_2)


def _create_private(path: Path, content: bytes) -> None:
    """Write a file that only we can read, or leave the one that somebody else made in the meantime."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _is_public(found: VerificationKey) -> bool:
    return not isinstance(found.key, OctKey)


def _published(found: VerificationKey) -> dict[str, Any]:
    return {
        **found.key.as_dict(private=False),
        "alg": found.algorithms[0],
        "use": "sig",
        "key_ops": ["verify"],
        "ext": True,
    }
