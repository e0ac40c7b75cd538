"""The sink of the log that broadcasts what functions and triggers wrote into `realtime.messages`.

Receives transactions from `wal.tailer`, sends with `topics.fan_out` once a message is committed, in commit order;
after a crash some come again with the same `meta.id`. For a while it remembers what it sent and what was replayed, so
that a channel that asks `stored.replay` for earlier messages gets each once, however log and question overlap.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from typing import NamedTuple

from millstream.change import Operation, Transaction
from millstream.channels.observations import MessageNotBroadcast
from millstream.channels.stored.message import StoredMessage, read_row
from millstream.channels.topics import fan_out
from millstream.channels.topics.groups import Topic
from millstream.observe import Observer
from millstream.pubsub import Hub, Mailbox

PUBLICATION = "millstream_messages"
_REMEMBERED = 10_000


class Expected(NamedTuple):
    """How a message that a client keeps is sent when the log tells of it; `sender` does not hear it."""

    encode: fan_out.Encode
    sender: Mailbox | None


class DatabaseBroadcasts:
    """A `TransactionSink`."""

    def __init__(self, hub: Hub, observe: Observer) -> None:
        self._hub = hub
        self._observe = observe
        self._sent: deque[StoredMessage] = deque(maxlen=_REMEMBERED)
        self._expected: dict[str, Expected] = {}
        self._replayed: dict[str, list[Mailbox]] = {}
        self.count = 0

    async def apply(self, transaction: Transaction) -> None:
        """Send what the transaction wrote; a message that cannot be sent is told and holds nothing up."""
        for change in transaction.changes:
            relation = change.relation
            if (relation.schema, relation.name, change.operation) == ("realtime", "messages", Operation.INSERT):
                message = read_row(change)
                if message is not None:
                    self._send(message)

    def sent_since(self, count: int, topic: Topic) -> list[StoredMessage]:
        """Return what was sent to the topic since `count` was that much, as far as it is remembered."""
        recent = min(self.count - count, len(self._sent))
        return [self._sent[-place] for place in range(recent, 0, -1) if self._sent[-place].home == topic]

    def expect(self, message: str, expected: Expected) -> None:
        """Send the message with this id in its own way, if the log tells of it."""
        self._expected[message] = expected

    def expect_no_more(self, message: str) -> None:
        """Undo `expect`."""
        self._expected.pop(message, None)

    def will_have(self, mailbox: Mailbox, ids: Collection[str]) -> None:
        """Leave a mailbox out when these messages come from the log: it had them by replay, before the log told."""
        known = {message.id for message in self._sent}
        for message in ids:
            if message not in known:
                self._replayed.setdefault(message, []).append(mailbox)

    def forget(self, mailbox: Mailbox, ids: Collection[str]) -> None:
        """Undo `will_have` for a channel that ends."""
        for message in ids:
            mailboxes = self._replayed.get(message, [])
            if mailbox in mailboxes:
                mailboxes.remove(mailbox)
            if not mailboxes:
                self._replayed.pop(message, None)

    def _send(self, message: StoredMessage) -> None:
        expected = self._expected.pop(message.id, None)
        encode, sender = expected or (message.encode(), None)
        if encode is None:
            self._observe(MessageNotBroadcast(message.id))
            return
        self.count += 1
        self._sent.append(message)
        without = self._replayed.pop(message.id, ())
        fan_out.publish(self._hub, message.home, encode, sender=sender, without=without)
