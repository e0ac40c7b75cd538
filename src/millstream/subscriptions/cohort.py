"""A cohort: subscriptions that always receive the same frames, so that a change is considered once for all of them.

Kept by `registry`, read by `router`. Its members share audience, topic, serializer and bindings.
"""

from __future__ import annotations

from millstream.phoenix.serializer import Serializer
from millstream.policy.predicates.audience import Audience
from millstream.pubsub.mailbox import Mailbox
from millstream.subscriptions.bindings.binding import Binding

CohortKey = tuple[Audience, str, Serializer, tuple[bytes, ...]]


class Cohort:
    """The sockets to write to. Compared by identity."""

    __slots__ = ("_counts", "_members", "audience", "bindings", "key", "serializer", "topic")

    def __init__(self, key: CohortKey, bindings: tuple[Binding, ...]) -> None:
        self.key = key
        self.bindings = bindings
        self.audience, self.topic, self.serializer, _ = key
        self._counts: dict[Mailbox, int] = {}
        self._members: tuple[Mailbox, ...] | None = None

    def __len__(self) -> int:
        """Return how many channels are in it."""
        return sum(self._counts.values())

    @property
    def members(self) -> tuple[Mailbox, ...]:
        """Return the mailboxes as they are now, in order of coming: a value that later changes leave alone."""
        if self._members is None:
            self._members = tuple(self._counts)
        return self._members

    def add(self, mailbox: Mailbox) -> None:
        """Let one more channel of this mailbox in."""
        self._counts[mailbox] = self._counts.get(mailbox, 0) + 1
        self._members = None

    def remove(self, mailbox: Mailbox) -> bool:
        """Let one channel of this mailbox go; return whether nobody is left."""
        count = self._counts.pop(mailbox)
        if count > 1:
            self._counts[mailbox] = count - 1
        self._members = None
        return not self._counts
