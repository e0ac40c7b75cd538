"""Earlier messages of a private topic, for a channel that asks for them in its join.

Reads `realtime.messages` for `joined.join`, once the policies have said that the channel may hear the topic. Messages
are sent oldest first, right after the reply, marked as replayed; each once, also where the log tells them meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from millstream.channels.refusals import Refusal
from millstream.channels.stored.database_broadcasts import DatabaseBroadcasts
from millstream.channels.stored.message import StoredMessage
from millstream.channels.topics.fan_out import payload_of
from millstream.channels.topics.member import Member
from millstream.errors import MillstreamError
from millstream.postgres.connection import Statement
from millstream.postgres.pipeline import PipelinePool
from millstream.pubsub import Mailbox

DEFAULT_LIMIT = 10
MAX_LIMIT = 25
_LATEST_SINCE_MS = 253_402_300_799_000  # the end of the year 9999
PUBLIC = Refusal("UnableToReplayMessages", "Replay is not allowed for public channels")
INVALID = Refusal("UnableToReplayMessages", "Replay params are not valid")
FAILED = Refusal("UnableToReplayMessages", "Realtime was unable to replay messages")

_READ = """
SELECT id, topic, event, payload, pg_catalog.encode(binary_payload, 'hex')
FROM realtime.messages
WHERE topic = $1 AND private AND extension = 'broadcast' AND event IS NOT NULL
  AND (payload IS NOT NULL OR binary_payload IS NOT NULL)
  AND (expires_at IS NULL OR expires_at > pg_catalog.timezone('utc', pg_catalog.now()))
  AND inserted_at >= pg_catalog.timezone('utc', pg_catalog.to_timestamp($2::float8))
ORDER BY inserted_at DESC, id LIMIT $3::int8
"""


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """The newest `limit` messages since a time in milliseconds of 1970."""

    since_ms: int
    limit: int


def parse(raw: Mapping[str, Any], *, private: bool) -> ReplayRequest | Refusal:
    """Read `config.broadcast.replay`; more than the most that is replayed is cut to that."""
    if not private:
        return PUBLIC
    since, limit = raw.get("since"), raw.get("limit", DEFAULT_LIMIT)
    if type(since) is not int or type(limit) is not int or not 0 <= since <= _LATEST_SINCE_MS or limit < 1:
        return INVALID
    return ReplayRequest(since, min(limit, MAX_LIMIT))


@dataclass(frozen=True, slots=True)
class Replay:
    """What was found; `asked_at` is how much the log had told when the question began."""

    messages: Sequence[StoredMessage]
    asked_at: int


class Replays:
    """Finds and sends the earlier messages of a project's topics."""

    def __init__(self, pool: PipelinePool, broadcasts: DatabaseBroadcasts) -> None:
        self._pool = pool
        self.broadcasts = broadcasts

    async def find(self, topic: str, request: ReplayRequest) -> Replay | Refusal:
        """Read the messages of a topic, oldest first."""
        asked_at = self.broadcasts.count
        try:
            [found] = await self._pool.run(
                [Statement(_READ, (topic, str(request.since_ms / 1000), str(request.limit)))]
            )
        except MillstreamError:
            return FAILED
        return Replay([_message(row) for row in reversed(found.rows)], asked_at)

    def send(self, channel: Member, replay: Replay) -> tuple[str, ...]:
        """Send them in the same step in which the channel begins to hear its topic; return their ids, for `forget`."""
        for message in replay.messages:
            _send(channel, message)
        ids = {message.id for message in replay.messages}
        for message in self.broadcasts.sent_since(replay.asked_at, channel.home):
            encode = message.encode() if message.id not in ids else None
            frame = encode(channel.serializer) if encode is not None else None
            if frame is not None:
                channel.mailbox.put(frame)
        self.broadcasts.will_have(channel.mailbox, ids)
        return tuple(ids)

    def forget(self, mailbox: Mailbox, ids: Sequence[str]) -> None:
        """Let go of what a channel was sent; it ends."""
        self.broadcasts.forget(mailbox, ids)


def _send(channel: Member, message: StoredMessage) -> None:
    """Send a text message under the channel's join_ref; bytes have no place for one."""
    if message.payload is None:
        encode = message.encode(replayed=True)
        frame = encode(channel.serializer) if encode is not None else None
        if frame is not None:
            channel.mailbox.put(frame)
        return
    meta = b'{"replayed":true,"id":"%b"}' % message.id.encode()
    channel.push("broadcast", payload_of(message.event, message.payload.encode(), meta))


def _message(row: Sequence[bytes | None]) -> StoredMessage:
    identity, topic, event, payload, content = (None if value is None else value.decode() for value in row)
    binary = bytes.fromhex(content) if payload is None and content is not None else None
    return StoredMessage(identity or "", topic or "", event or "", payload, binary, private=True)
