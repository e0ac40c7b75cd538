"""The probe by which a client moves from polling to a WebSocket (Engine.IO 4, section "Upgrade"). Pure.

The client sends `2probe` over the new connection, gets `3probe`, lets its last poll end, and sends `5`. Until then all
packets travel by polling; whatever else the new connection says ends it, and the old one lives on.
"""

from __future__ import annotations

from enum import Enum

PROBE = "2probe"
PROBE_ANSWER = b"3probe"
UPGRADE = "5"


class Step(Enum):
    """What a message of the new connection leads to."""

    ANSWER = "answer"
    MOVE = "move"
    GIVE_UP = "give up"


class Probe:
    """One attempt to upgrade."""

    __slots__ = ("_answered",)

    def __init__(self) -> None:
        self._answered = False

    def receive(self, message: str | bytes) -> Step:
        """Take one message of the new connection."""
        if message == PROBE and not self._answered:
            self._answered = True
            return Step.ANSWER
        if message == UPGRADE and self._answered:
            return Step.MOVE
        return Step.GIVE_UP
