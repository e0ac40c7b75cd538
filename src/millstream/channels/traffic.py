"""How many messages passed the sockets of a project: too many for an observation each, so they are only counted.

Counted by `channels.socket` and read by whoever shows figures. What a fan-out delivers is counted by the hub.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Traffic:
    """Messages since the start: taken from clients, and sent to one socket alone: replies, states, replays."""

    received: int = 0
    sent: int = 0
