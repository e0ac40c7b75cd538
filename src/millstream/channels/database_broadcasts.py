"""The sink of the log that broadcasts what functions and triggers wrote into `realtime.messages`.

Receives transactions from `wal.tailer`, sends with `channels.fan_out` once a message is committed, in commit order;
after a crash some come again with the same `meta.id`. For a while it remembers what it sent and what was replayed, so
that a channel that asks `channels.replay` for earlier messages gets each once, however log and question overlap.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from typing import NamedTuple

import orjson

from millstream.change import Operation, RowChange, Transaction
from millstream.channels import fan_out
from millstream.channels.groups import Topic
from millstream.channels.observations import MessageNotBroadcast
from millstream.observe import Observer
from millstream.phoenix.connection import TOPIC_PREFIX
from millstream.phoenix.messages import Encoding
from millstream.pubsub import Hub, Mailbox

PUBLICATION = "millstream_messages"
_REMEMBERED = 10_000


class StoredMessage(NamedTuple):
    """One row of `realtime.messages`; exactly one of the payloads is given. `payload` is JSON."""

    id: str
    topic: str
    event: str
    payload: str | None
    binary_payload: bytes | None
    private: bool

    @property
    def home(self) -> Topic:
        """Where it is heard."""
        return Topic(TOPIC_PREFIX + self.topic, self.private)

    def encode(self, **meta: object) -> fan_out.Encode | None:
        """Return how it is sent, with its id and more meta; None when a binary frame has no room for its names."""
        name, told = TOPIC_PREFIX + self.topic, orjson.dumps({**meta, "id": self.id})
        if self.payload is not None:
            return fan_out.text(name, fan_out.payload_of(self.event, self.payload.encode(), told))
        if not fan_out.fits_binary(name, self.event):
            return None
        content = self.binary_payload or b""
        return fan_out.binary(fan_out.user_broadcast(name, self.event, content, Encoding.RAW, told))


class DatabaseBroadcasts:
    """A `TransactionSink`."""

    def __init__(self, hub: Hub, observe: Observer) -> None:
        self._hub = hub
        self._observe = observe
        self._sent: deque[StoredMessage] = deque(maxlen=_REMEMBERED)
        self._replayed: dict[str, list[Mailbox]] = {}
        self.count = 0

    async def apply(self, transaction: Transaction) -> None:
        """Send what the transaction wrote; a message that cannot be sent is told and holds nothing up."""
        for change in transaction.changes:
            relation = change.relation
            if (relation.schema, relation.name, change.operation) == ("realtime", "messages", Operation.INSERT):
                message = _stored(change)
                if message is not None:
                    self._send(message)

    def sent_since(self, count: int, topic: Topic) -> list[StoredMessage]:
        """Return what was sent to the topic since `count` was that much, as far as it is remembered."""
        recent = min(self.count - count, len(self._sent))
        return [self._sent[-place] for place in range(recent, 0, -1) if self._sent[-place].home == topic]

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
        encode = message.encode()
        if encode is None:
            self._observe(MessageNotBroadcast(message.id))
            return
        self.count += 1
        self._sent.append(message)
        without = self._replayed.pop(message.id, ())
        fan_out.publish(self._hub, message.home, encode, without=without)


def _stored(change: RowChange) -> StoredMessage | None:
    """Read a row; None for one that is no broadcast."""
    row = dict(zip((column.name for column in change.relation.columns), change.new or (), strict=True))
    text = {name: value if isinstance(value, str) else None for name, value in row.items()}
    identity, topic, event, payload, content = (
        text.get(name) for name in ("id", "topic", "event", "payload", "binary_payload")
    )
    if text.get("extension") != "broadcast" or identity is None or topic is None or event is None:
        return None
    if payload is None and content is None:
        return None
    binary = bytes.fromhex(content.removeprefix("\\x")) if payload is None and content is not None else None
    return StoredMessage(identity, topic, event, payload, binary, private=text.get("private") == "t")
