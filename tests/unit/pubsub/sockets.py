"""An event loop to turn by hand, and a socket's two ends of a mailbox that remember what they were told."""

from __future__ import annotations

from millstream.pubsub.hub import Hub
from millstream.pubsub.mailbox import Mailbox
from millstream.pubsub.settings import MailboxSettings


class HandLoop:
    """Runs callbacks only when told to, and holds the time."""

    def __init__(self):
        self.now = 0.0
        self._soon = []
        self._timers = []

    def time(self):
        return self.now

    def call_soon(self, callback, *arguments):
        self._soon.append((callback, arguments))

    def call_at(self, when, callback, *arguments):
        self._timers.append((when, callback, arguments))

    def tick(self):
        ready, self._soon = self._soon, []
        for callback, arguments in ready:
            callback(*arguments)
        return len(ready)

    def pass_time(self, seconds):
        self.now += seconds
        while due := [timer for timer in self._timers if timer[0] <= self.now]:
            self._timers = [timer for timer in self._timers if timer[0] > self.now]
            for _, callback, arguments in due:
                callback(*arguments)
        return len(self._timers)


class Peer:
    """The transport and the owner of one mailbox; with `high_water` set it asks to pause as asyncio's transports do."""

    def __init__(self, high_water=None):
        self.writes = []
        self.disconnects = []
        self.mailbox = None
        self._high_water = high_water

    def write(self, data):
        self.writes.append(data)
        if self._high_water is not None and sum(map(len, self.writes)) > self._high_water:
            self.mailbox.pause()

    def disconnect(self, why):
        self.disconnects.append(why)


def connect(hub, **how):
    peer = Peer(**how)
    peer.mailbox = Mailbox(hub, peer, peer)
    return peer


def hub_on(loop, **limits):
    return Hub(loop, MailboxSettings(**limits))
