"""Proof Key for Code Exchange (RFC 7636): the challenge that a client gives, and the verifier that meets it. Pure."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass

from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

from millstream.auth.errors import ValidationFailed

_METHODS = ("s256", "plain")
_FORM = re.compile(r"[A-Za-z0-9._~-]{43,128}")  # section 4.1, the same for verifier and challenge


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the verifier of a client's later request must meet; `method` as PostgreSQL's type spells it."""

    method: str
    text: str

    @classmethod
    def of_verifier(cls, verifier: str) -> Challenge:
        """Return the challenge that a verifier meets (section 4.2)."""
        return cls("s256", _s256(verifier))

    def is_met_by(self, verifier: str) -> bool:
        """Say whether a verifier fits (section 4.6)."""
        if not _FORM.fullmatch(verifier):
            return False
        made = _s256(verifier) if self.method == "s256" else verifier
        return hmac.compare_digest(made, self.text)


def parse_challenge(text: str | None, method: str | None) -> Challenge | None:
    """Read the challenge of a request, None where it brings none. Raises ValidationFailed."""
    if not text and not method:
        return None
    normal = (method or "").lower()
    if not text or normal not in _METHODS:
        raise ValidationFailed("PKCE flow requires code_challenge_method and code_challenge")
    if not _FORM.fullmatch(text):
        raise ValidationFailed("code challenge has to be between 43 and 128 characters of letters, digits and -._~")
    return Challenge(normal, text)


def _s256(verifier: str) -> str:
    return str(create_s256_code_challenge(verifier))
