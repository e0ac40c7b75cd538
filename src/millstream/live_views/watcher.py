"""Who watches a view, and how it is told: what `live_views` needs of a channel. Implemented by `channels` and `server`.

Nothing here is about sockets or serializers: the project hands in both sides.
"""

from __future__ import annotations

from typing import Protocol

from millstream.identity import Claims


class Home(Protocol):
    """The topic of a channel; `name` has its prefix, as in frames."""

    @property
    def name(self) -> str:
        """The topic's name."""
        ...

    @property
    def private(self) -> bool:
        """Whether rights were asked for it."""
        ...


class Watcher(Protocol):
    """A channel that hears what is sent to its topic. Compared by identity."""

    def __hash__(self) -> int:
        """Hash by identity."""
        ...

    @property
    def home(self) -> Home:
        """The topic."""
        ...

    @property
    def claims(self) -> Claims:
        """Who listens, as he is now."""
        ...

    def push(self, event: str, payload: bytes) -> None:
        """Send a message of this one channel."""
        ...

    def fail(self, message: str) -> None:
        """Close the channel with a reason that the client gets to see."""
        ...


class Wire(Protocol):
    """How broadcasts leave."""

    def publish(self, topic: str, event: str, payload: bytes) -> None:
        """Send to all who listen to a private topic, named without its prefix."""
        ...

    def push(self, watcher: Watcher, event: str, payload: bytes) -> None:
        """Send to one of them."""
        ...
