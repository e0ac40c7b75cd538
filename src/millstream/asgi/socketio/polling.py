"""Engine.IO over long polling: frames wait for the client's next request, which waits for frames.

One request may wait and one may post at a time; a client that has two of either breaks the protocol. Takes the frames
that WebSockets get, since an event is built once for everybody, and unwraps them. When full: as every mailbox.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future
from collections.abc import Callable

from millstream.pubsub import Disconnect, Hub, Mailbox
from millstream.pubsub.mailbox import Owner
from millstream.socketio.engine_packets import encode_body
from millstream.socketio.handshake import Transport as TransportName
from millstream.websocket.frames import Opcode, split_frames, text_frame

_NOOP = text_frame(b"6")
_CLOSE = text_frame(b"1")
_HURRY_SECONDS = 0.1


class PollingMailbox(Mailbox):
    """Holds frames until a request takes them."""

    __slots__ = ("_bytes", "_frames", "_wake")

    def __init__(self, hub: Hub, owner: Owner, wake: Callable[[], None]) -> None:
        self._hub = hub
        self._owner = owner
        self._wake = wake
        self._frames: list[bytes] = []
        self._bytes = 0
        # As of a closed mailbox: the hub then calls `put` for every frame.
        self.waiting = []
        self.closed = False
        self.paused = False

    @property
    def is_empty(self) -> bool:
        """Say whether nothing waits."""
        return not self._frames

    def put(self, frame: bytes) -> None:
        """Keep a frame for the next request."""
        if self.closed:
            return
        limits = self.limits
        self._frames.append(frame)
        self._bytes += len(frame)
        if self._bytes > limits.max_bytes or len(self._frames) > limits.max_frames:
            self._frames = []
            self.give_up()
            return
        self._wake()

    def take(self) -> list[bytes]:
        """Return what waits, and hold nothing."""
        frames, self._frames, self._bytes = self._frames, [], 0
        return frames


class Polling:
    """The polling transport of one session."""

    name = TransportName.POLLING

    def __init__(self, hub: Hub, owner: Owner, loop: AbstractEventLoop) -> None:
        self.mailbox = PollingMailbox(hub, owner, self._wake)
        self.posting = False
        self._loop = loop
        self._poll: Future[None] | None = None
        self._hurried = False

    @property
    def polling(self) -> bool:
        """Say whether a request waits."""
        return self._poll is not None

    async def until_something(self) -> bytes:
        """Wait for frames, or for a word that there are none; return the body of the answer."""
        if self.mailbox.is_empty and not self.mailbox.closed:
            poll = self._poll = self._loop.create_future()
            if self._hurried:
                self._loop.call_later(_HURRY_SECONDS, self._release, poll)
            try:
                await poll
            finally:
                self._poll = None
        return body_of(self.mailbox.take() or [_NOOP])

    def hurry(self, on: bool) -> None:
        """Let no request wait long: the client moves to a WebSocket once its last one has ended."""
        self._hurried = on
        if on and self._poll is not None:
            self._release(self._poll)

    def close(self, why: Disconnect) -> None:
        """Tell a waiting request that the session is over, here at least."""
        del why
        if not self.mailbox.closed and self._poll is not None and self._hurried is False:
            self.mailbox.put(_CLOSE)
        self.mailbox.closed = True
        if self._poll is not None:
            self._release(self._poll)

    def _wake(self) -> None:
        # With the end of this tick, so that one answer has all that it brought.
        if self._poll is not None:
            self._loop.call_soon(self._release, self._poll)

    def _release(self, poll: Future[None]) -> None:
        if not poll.done():
            poll.set_result(None)


def body_of(frames: list[bytes]) -> bytes:
    """Return the packets in these frames as the body of an answer."""
    return encode_body((data, code is Opcode.BINARY) for frame in frames for code, data in split_frames(frame))
