"""What a verified access token says of its bearer (RFC 7519), in the form that PostgreSQL gets to see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of one caller. Equal role and equal `json` mean equal rights: such callers form one audience.

    `json` is canonical (sorted keys, no spaces) and is what `request.jwt.claims` holds in a caller transaction.
    `expires_at` is in seconds since 1970, None for the anonymous caller without a token; `session_id` is None where
    nobody signed in.
    """

    role: str
    json: str
    subject: str | None = field(default=None, compare=False)
    expires_at: float | None = field(default=None, compare=False)
    session_id: str | None = field(default=None, compare=False)

    @classmethod
    def from_token(cls, payload: Mapping[str, Any]) -> Claims:
        """Build claims from a token's payload, already verified, which must name a `role`."""
        subject = payload.get("sub")
        expires_at = payload.get("exp")
        session_id = payload.get("session_id")
        return cls(
            role=str(payload["role"]),
            json=json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
            subject=str(subject) if subject is not None else None,
            expires_at=float(expires_at) if expires_at is not None else None,
            session_id=str(session_id) if session_id is not None else None,
        )

    def payload(self) -> dict[str, Any]:
        """Return a fresh copy of the token's payload."""
        return dict(json.loads(self.json))


ANONYMOUS = Claims.from_token({"role": "anon"})
