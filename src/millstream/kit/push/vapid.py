"""By what push services know who sends: a key pair of the project and the tokens it signs (RFC 8292). Pure.

The public half is what browsers subscribe with, so a new pair ends every subscription. Times come from the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate
from joserfc import jwt
from joserfc.jwk import ECKey
from yarl import URL

from millstream.kit.push.encryption import decode, encode, public_point

_LIFE_SECONDS = 12 * 3600  # RFC 8292 allows 24 hours; clocks differ
_USED_SECONDS = _LIFE_SECONDS // 2
_MOST_TOKENS = 1000
_PRIVATE_BYTES = 32


@dataclass(frozen=True, slots=True)
class VapidKey:
    """The pair; `contact` is a `mailto:` or `https:` address at which a push service finds who sends."""

    private: EllipticCurvePrivateKey
    contact: str | None = None
    _tokens: dict[str, tuple[float, str]] = field(default_factory=dict)

    @classmethod
    def generate(cls) -> VapidKey:
        """Make a new pair."""
        return cls(generate(SECP256R1()))

    @classmethod
    def from_text(cls, text: str, *, contact: str | None = None) -> VapidKey:
        """Read what `private_text` wrote."""
        return cls(derive_private_key(int.from_bytes(decode(text), "big"), SECP256R1()), contact)

    @property
    def private_text(self) -> str:
        """Return the private half in base64url: 32 bytes."""
        return encode(self.private.private_numbers().private_value.to_bytes(_PRIVATE_BYTES, "big"))

    @property
    def public_text(self) -> str:
        """Return the public half in base64url, as browsers want it for `applicationServerKey`."""
        return encode(public_point(self.private))

    def authorization(self, endpoint: URL, now: Callable[[], float]) -> str:
        """Return the header `Authorization` for an endpoint; one token serves its origin for some hours."""
        origin = str(endpoint.origin())
        until, token = self._tokens.get(origin, (0.0, ""))
        time = now()
        if time >= until:
            if len(self._tokens) >= _MOST_TOKENS:
                self._tokens.clear()
            token = self._sign(origin, int(time))
            self._tokens[origin] = (time + _USED_SECONDS, token)
        return f"vapid t={token}, k={self.public_text}"

    def _sign(self, origin: str, time: int) -> str:
        claims: dict[str, str | int] = {"aud": origin, "exp": time + _LIFE_SECONDS}
        if self.contact is not None:
            claims["sub"] = self.contact
        return jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, ECKey.import_key(self.private))
