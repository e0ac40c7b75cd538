"""A joined channel as its topic knows it: somewhere to send to. Implemented by `joined.channel`."""

from __future__ import annotations

from typing import Protocol

from millstream.channels.topics.groups import Topic
from millstream.phoenix import Serializer
from millstream.pubsub import Mailbox


class Member(Protocol):
    """Compared by identity: one socket may be a member of many topics, of each at most once."""

    def __hash__(self) -> int:
        """Hash by identity."""
        ...

    @property
    def home(self) -> Topic:
        """The topic."""
        ...

    @property
    def serializer(self) -> Serializer:
        """The wire form that the client speaks."""
        ...

    @property
    def mailbox(self) -> Mailbox:
        """Where frames for the client go."""
        ...

    @property
    def presence_key(self) -> str:
        """The key under which it is present."""
        ...

    def push(self, event: str, payload: bytes) -> None:
        """Send a message of this one channel, under its own join_ref."""
        ...
