"""A mailbox that keeps what is delivered until something older has been written.

`subscriptions.replay` registers it in place of a socket's own while it replays what the socket has missed: live frames
wait here, in order, and follow the replayed ones. Released, it hands on at once what still arrives by way of it.

When full, by the limits of every mailbox: the socket ends as a slow consumer, and its client resumes from further on.
"""

from __future__ import annotations

from millstream.pubsub.mailbox import Mailbox
from millstream.pubsub.settings import MailboxSettings


class HeldMailbox(Mailbox):
    """Stands before `behind`, whose owner and transport it never touches while it holds."""

    __slots__ = ("_behind", "_frames", "_held", "_limits")

    def __init__(self, behind: Mailbox, limits: MailboxSettings) -> None:
        self._behind = behind
        self._limits = limits
        self._frames: list[bytes] | None = []
        self._held = 0
        # As of a closed mailbox: the hub then calls `put` for every frame.
        self.waiting = []
        self.closed = False
        self.paused = False

    def put(self, frame: bytes) -> None:
        """Keep the frame, or hand it on once released."""
        frames = self._frames
        if frames is None:
            self._behind.put(frame)
            return
        frames.append(frame)
        self._held += len(frame)
        if self._held > self._limits.max_bytes or len(frames) > self._limits.max_frames:
            self._frames = []
            self._held = 0
            self._behind.give_up()

    def release(self) -> None:
        """Hand on what was kept, and from now on keep nothing."""
        frames, self._frames = self._frames, None
        for frame in frames or ():
            self._behind.put(frame)
