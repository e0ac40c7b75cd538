"""Where a finished frame meets the sockets that get it.

Takes frames from `subscriptions.telling.router` (recipients known) and from `channels` (recipients are the members of
a topic), puts them into mailboxes and, once per loop tick, has each mailbox written once. One hub a project.

Promises: frames reach one mailbox in the order of the calls; a frame is never copied per recipient; a slow or closed
socket never delays another. It does no I/O of its own but through the mailboxes' transports.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable, Collection, Hashable, Mapping
from types import MappingProxyType

from millstream.pubsub.mailbox import Mailbox
from millstream.pubsub.settings import MailboxSettings

_NOBODY: Mapping[Mailbox, None] = MappingProxyType({})


class Hub:
    """The mailboxes of one project. All calls come from its event loop."""

    __slots__ = ("_dirty", "_joined", "_members", "call_soon", "deliveries", "frames", "limits")

    def __init__(self, loop: AbstractEventLoop, limits: MailboxSettings) -> None:
        self.limits = limits
        self.call_soon: Callable[..., object] = loop.call_soon
        self.frames = 0
        """Frames that were delivered to anybody since the start, however many got them."""
        self.deliveries = 0
        """Mailboxes that they were put into."""
        self._dirty: list[Mailbox] = []
        self._joined: tuple[list[bytes], bytes] = ([], b"")
        # A dict keeps members in the order in which they came, which is near that in which they lie in memory: a set
        # of some thousands would have the fan-out miss the processor's caches at every step.
        self._members: dict[Hashable, dict[Mailbox, None]] = {}

    def deliver(self, mailboxes: Collection[Mailbox], frame: bytes) -> None:
        """Put one frame into many mailboxes. The inner loop of every fan-out: no call for a mailbox that is empty."""
        self.frames += 1
        self.deliveries += len(mailboxes)
        dirty = self._dirty
        if not dirty:
            self.call_soon(self._flush)
        mark = dirty.append
        for mailbox in mailboxes:
            if mailbox.waiting is None:
                mailbox.waiting = frame
                mark(mailbox)
            else:
                mailbox.put(frame)

    def publish(
        self,
        topic: Hashable,
        frame: bytes,
        *,
        sender: Mailbox | None = None,
        without: Collection[Mailbox] = (),
    ) -> int:
        """Deliver to all members of a topic but `sender` and those in `without`; return how many they are."""
        members: Collection[Mailbox] = self._members.get(topic, _NOBODY)
        if sender is not None and sender in members:
            members = [mailbox for mailbox in members if mailbox is not sender]
        if without:
            members = [mailbox for mailbox in members if mailbox not in without]
        if members:
            self.deliver(members, frame)
        return len(members)

    def subscribe(self, topic: Hashable, mailbox: Mailbox) -> None:
        """Make a mailbox a member of a topic. Once a member, always one until `unsubscribe`."""
        self._members.setdefault(topic, {})[mailbox] = None

    def unsubscribe(self, topic: Hashable, mailbox: Mailbox) -> None:
        """Take a mailbox out of a topic; do nothing when it is in none."""
        members = self._members.get(topic)
        if members is None:
            return
        members.pop(mailbox, None)
        if not members:
            del self._members[topic]

    def has_members(self, topic: Hashable) -> bool:
        """Say whether a frame for this topic would reach anybody, and is worth encoding."""
        return topic in self._members

    def mark(self, mailbox: Mailbox) -> None:
        """Have a mailbox flushed with this loop tick."""
        if not self._dirty:
            self.call_soon(self._flush)
        self._dirty.append(mailbox)

    def joined(self, frames: list[bytes]) -> bytes:
        """Join frames into one write. Sockets of one topic wait for the same frames: those are joined once a tick."""
        last, together = self._joined
        if frames == last:
            return together
        together = b"".join(frames)
        self._joined = (frames, together)
        return together

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, []
        for mailbox in dirty:
            frame = mailbox.waiting
            if type(frame) is bytes and not mailbox.paused:
                mailbox.waiting = None
                mailbox.transport.write(frame)
            else:
                mailbox.flush()
        self._joined = ([], b"")
