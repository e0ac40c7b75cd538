"""Audiences: callers whose role and claims are equal see the same rows, so one check serves all of them.

Receives verified claims from `subscriptions`; hands on interned `Audience` values, compared by identity, that
`row_visibility` asks PostgreSQL about. Pure: no I/O; the counts say only who is still there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from millstream.identity import Claims

_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(frozen=True, slots=True, eq=False)
class Audience:
    """All callers with these claims. Two audiences are equal only when they are the same object.

    `user_id` is what `auth.uid()` returns for them, in PostgreSQL's text form: None is NULL. When the subject is not
    a plain UUID only PostgreSQL can say, and `user_id_is_certain` is False.
    """

    claims: Claims
    user_id: str | None = field(init=False)
    user_id_is_certain: bool = field(init=False)

    def __post_init__(self) -> None:
        subject = self.claims.subject
        plain = subject is not None and _UUID.fullmatch(subject) is not None
        object.__setattr__(self, "user_id", subject.lower() if subject is not None and plain else None)
        object.__setattr__(self, "user_id_is_certain", plain or not subject)

    @property
    def role(self) -> str:
        """Return the database role that these callers take."""
        return self.claims.role


class Audiences:
    """The audiences that have anybody in them. Every `enter` is paired with one `leave`."""

    __slots__ = ("_present",)

    def __init__(self) -> None:
        self._present: dict[Claims, tuple[Audience, int]] = {}

    def enter(self, claims: Claims) -> Audience:
        """Return the audience of these claims, the same object as for everybody with equal role and claims."""
        audience, count = self._present.get(claims) or (Audience(claims), 0)
        self._present[claims] = (audience, count + 1)
        return audience

    def leave(self, audience: Audience) -> None:
        """Let one caller go; the audience is forgotten with the last one."""
        _, count = self._present[audience.claims]
        if count == 1:
            del self._present[audience.claims]
        else:
            self._present[audience.claims] = (audience, count - 1)

    def __len__(self) -> int:
        return len(self._present)
