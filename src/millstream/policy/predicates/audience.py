"""Audiences: callers whose role and claims are equal see the same rows, so one check serves all of them.

Receives verified claims from `subscriptions`; hands on interned `Audience` values, compared by identity, that
`row_visibility` asks PostgreSQL about. Pure: no I/O; the counts say only who is still there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from millstream.identity import Claims
from millstream.policy.predicates.caller_value import Answer, CallerValue


@dataclass(frozen=True, slots=True, eq=False)
class Audience:
    """All callers with these claims. Two audiences are equal only when they are the same object."""

    claims: Claims
    role: str = field(init=False)
    """The database role that these callers take."""
    _answers: dict[CallerValue, Answer] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "role", self.claims.role)

    def answer(self, value: CallerValue) -> Answer:
        """Return what a policy's question about the caller gives for them; worked out once."""
        try:
            return self._answers[value]
        except KeyError:
            return self._answers.setdefault(value, value.of(self.claims))


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
