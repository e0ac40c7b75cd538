"""What a private channel may hear and say, as far as it was asked, kept until its caller has a new token. Pure."""

from __future__ import annotations

from collections.abc import Callable

from millstream.identity import Claims
from millstream.policy.topic_access import Extension

Act = Callable[[str | None], None]
"""What is to be done once it is known whether it may be: with None, or with the code of what forbids it."""


class Rights:
    """The answers so far. `answered` says of which caller and which question `readable` is true.

    An answer to a question of an earlier `generation` counts no more.
    """

    __slots__ = ("answered", "asked", "generation", "readable", "waiting", "writable")

    def __init__(self) -> None:
        self.asked: tuple[Extension, ...] = (Extension.BROADCAST,)
        self.readable: frozenset[Extension] = frozenset()
        self.generation = 0
        self.answered: tuple[Claims, tuple[Extension, ...]] | None = None
        self.writable: dict[Extension, bool] = {}
        self.waiting: dict[Extension, list[Act]] = {}

    def forget(self) -> None:
        """Let everything be asked anew; what may be heard counts until then."""
        self.generation += 1
        self.answered = None
        self.writable.clear()

    def are_outdated(self, claims: Claims) -> bool:
        """Say whether there is a caller or a wish that nobody was asked about yet."""
        return self.answered != (claims, self.asked)
