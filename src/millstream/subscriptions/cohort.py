"""A cohort: subscriptions that always receive the same frames, so that a change is considered once for all of them.

Kept by `registry`, read by `router`. Its members share audience, topic, serializer and bindings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from millstream.phoenix.serializer import Serializer
from millstream.policy.audience import Audience
from millstream.pubsub.mailbox import Mailbox

if TYPE_CHECKING:
    from millstream.subscriptions.subscription import Binding

CohortKey = tuple[Audience, str, Serializer, tuple[bytes, ...]]


@dataclass(slots=True, eq=False)
class Cohort:
    """The sockets to write to, each with how many of its channels are members."""

    key: CohortKey
    bindings: tuple[Binding, ...]
    mailboxes: dict[Mailbox, int] = field(default_factory=dict)

    @property
    def audience(self) -> Audience:
        """Return whose rights decide."""
        return self.key[0]

    @property
    def topic(self) -> str:
        """Return the topic of the frames."""
        return self.key[1]

    @property
    def serializer(self) -> Serializer:
        """Return what encodes the frames."""
        return self.key[2]
