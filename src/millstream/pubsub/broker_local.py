"""The broker of a single node: there is nobody else to tell."""

from __future__ import annotations

from typing import ClassVar

from millstream.pubsub.broker import Receive


class BrokerLocal:
    """A broker without peers."""

    __slots__ = ()
    has_peers: ClassVar[bool] = False

    def publish(self, subject: str, content: bytes) -> None:
        """Do nothing: the node's own sockets are served by its hub."""

    def listen(self, receive: Receive) -> None:
        """Do nothing: no message will ever come."""
