"""One row of `realtime.messages`, out of the log or out of a query, and the frames that tell it. Pure."""

from __future__ import annotations

from typing import NamedTuple

import orjson

from millstream.change import RowChange
from millstream.channels.topics import fan_out
from millstream.channels.topics.groups import Topic
from millstream.phoenix.connection import TOPIC_PREFIX
from millstream.phoenix.messages import Encoding


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


def read_row(change: RowChange) -> StoredMessage | None:
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
