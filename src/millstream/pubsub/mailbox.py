"""What waits to be written to one socket: whole frames, in order, bounded in bytes and in number.

Filled by `pubsub.hub` and by the socket's own protocol, emptied once per loop tick as one write to the transport.

When full: while the transport takes bytes, a full mailbox is written at once. When the transport has asked to pause, a
full mailbox means that the peer reads too slowly: nothing is dropped from the middle, the socket ends with
`disconnect.SLOW_CONSUMER`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from millstream.pubsub import disconnect
from millstream.pubsub.disconnect import Disconnect
from millstream.pubsub.settings import MailboxSettings

if TYPE_CHECKING:
    from millstream.pubsub.hub import Hub


class Transport(Protocol):
    """The part of asyncio's transport that a mailbox uses."""

    def write(self, data: bytes) -> object:
        """Send, or keep until it can be sent; never block."""
        ...


class Owner(Protocol):
    """Whoever can end the socket."""

    def disconnect(self, why: Disconnect) -> None:
        """End the socket for this reason. Called from the loop, never from within `put` or `deliver`."""
        ...


class Mailbox:
    """One socket's outgoing frames. Thousands lie idle, so that it holds nothing but `None` then."""

    __slots__ = ("_hub", "_owner", "_size", "closed", "paused", "transport", "waiting")

    def __init__(self, hub: Hub, transport: Transport, owner: Owner) -> None:
        self._hub = hub
        self._owner = owner
        self._size = 0
        self.transport = transport
        self.closed = False
        self.paused = False
        # None, or the one frame of most ticks, or several. A closed mailbox holds an empty list for ever, which sends
        # `Hub.deliver` down its slow path.
        self.waiting: bytes | list[bytes] | None = None

    @property
    def limits(self) -> MailboxSettings:
        """Return how much may wait."""
        return self._hub.limits

    def put(self, frame: bytes) -> None:
        """Send a frame with this loop tick's write, after all that was put before. Ignored once closed."""
        waiting = self.waiting
        if waiting is None:
            self.waiting = frame
            self._hub.mark(self)
            return
        if self.closed:
            return
        if isinstance(waiting, bytes):
            self._size = len(waiting)
            waiting = self.waiting = [waiting]
        waiting.append(frame)
        self._size += len(frame)
        limits = self._hub.limits
        if self._size > limits.max_bytes or len(waiting) > limits.max_frames:
            self._full()

    def flush(self) -> None:
        """Write what waits, unless the transport has asked to pause."""
        waiting = self.waiting
        if self.paused or not waiting:
            return
        self.waiting = None
        self.transport.write(waiting if isinstance(waiting, bytes) else self._hub.joined(waiting))

    def pause(self) -> None:
        """Keep frames from now on: the transport holds enough unsent bytes."""
        self.paused = True

    def resume(self) -> None:
        """Go on writing: the transport has room again."""
        self.paused = False
        if self.waiting:
            self._hub.mark(self)

    def close(self, last: bytes = b"") -> None:
        """Write what waits and `last`, and take nothing more. What a paused transport keeps waiting is given up."""
        if self.closed:
            return
        self.flush()
        self.discard()
        if last:
            self.transport.write(last)

    def discard(self) -> None:
        """Take nothing more and write nothing more: the transport is gone."""
        self.closed = True
        self.waiting = []

    def _full(self) -> None:
        if not self.paused:
            self.flush()
            return
        self.give_up()

    def give_up(self) -> None:
        """End the socket of a peer that reads too slowly for what is to be written."""
        if self.closed:
            return
        self.discard()
        self._hub.call_soon(self._owner.disconnect, disconnect.SLOW_CONSUMER)
