"""How what one node's clients say reaches the sockets of other nodes.

Used by `channels` for broadcast and presence only: row changes reach every node through the log. A node serves its own
sockets itself, through `pubsub.hub`; the broker carries a message to the others, at most once, in order per sender.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Receive = Callable[[str, bytes], None]


class Broker(Protocol):
    """The way to the other nodes of a project."""

    @property
    def has_peers(self) -> bool:
        """Whether anybody would hear: without peers a message is not worth encoding."""
        ...

    def publish(self, subject: str, content: bytes) -> None:
        """Hand a message to all other nodes and return at once; never raise for a lost connection."""
        ...

    def listen(self, receive: Receive) -> None:
        """Have every message of other nodes given to `receive`, on the event loop."""
        ...
