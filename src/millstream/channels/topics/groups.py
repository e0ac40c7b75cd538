"""The hub's names for the sockets of a topic that get the same frames.

A private topic and the public one of the same name are two topics; a channel hears broadcasts, presences or both; and
clients of different serializers share no frame. Pure.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Feed(StrEnum):
    """What a member of a group hears."""

    BROADCAST = "broadcast"
    PRESENCE = "presence"


class Topic(NamedTuple):
    """One place where clients meet. `name` has its prefix, as in frames."""

    name: str
    private: bool


class Group(NamedTuple):
    """The members of a topic who share a feed and a wire form, and therefore each frame."""

    topic: Topic
    feed: Feed
    vsn: str
