"""Broadcasts of clients that are kept for replay: written into `realtime.messages`, sent when the log tells of them.

Called by `joined.broadcast` and `channels.posted` once policies allow it. Whoever is told the id may rely on it: the
message is committed, will be sent in commit order, also after a crash, and is replayed until it expires.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import uuid4

import orjson

from millstream.channels.stored.database_broadcasts import DatabaseBroadcasts, Expected
from millstream.channels.topics import fan_out
from millstream.errors import MillstreamError
from millstream.phoenix.connection import TOPIC_PREFIX
from millstream.phoenix.messages import Encoding
from millstream.postgres.connection import Statement
from millstream.postgres.errors import DatabaseError
from millstream.postgres.pipeline import PipelinePool
from millstream.pubsub import Mailbox

_DATA_EXCEPTION = "22"
_INSERT = """
INSERT INTO realtime.messages (id, topic, event, payload, binary_payload, private, extension, expires_at)
VALUES ($1::uuid, $2, $3, $4::jsonb, pg_catalog.decode($5, 'hex'), true, 'broadcast',
  pg_catalog.timezone('utc', pg_catalog.now()) + pg_catalog.make_interval(secs => $6::float8))
"""


class PersistTtlInvalid(MillstreamError):
    """How long a message is to be kept is no whole number of seconds, or longer than any is kept."""

    code: ClassVar[str] = "invalid_persist_ttl"
    status: ClassVar[int] = 422


class KeptPayloadInvalid(MillstreamError):
    """PostgreSQL cannot hold the payload, which has U+0000 in a text."""

    code: ClassVar[str] = "invalid_payload"
    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Persist:
    """For how many seconds a message may be replayed; None is as long as messages are kept."""

    ttl_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Keepsake:
    """A private broadcast to keep. `topic` is named as users know it; `sender` does not hear it."""

    topic: str
    event: str
    payload: bytes
    encoding: Encoding
    persist: Persist
    meta: Mapping[str, Any] = field(default_factory=dict)
    sender: Mailbox | None = None


class KeptBroadcasts:
    """Keeps the broadcasts of one project."""

    def __init__(self, pool: PipelinePool, broadcasts: DatabaseBroadcasts, *, kept_seconds: float) -> None:
        self._pool = pool
        self._broadcasts = broadcasts
        self._kept_seconds = kept_seconds

    def parse(self, asked: object) -> Persist | None:
        """Read `persist`: true, or an object with `ttl`; anything else asks for nothing. Raises PersistTtlInvalid."""
        if asked is True:
            return Persist()
        if not isinstance(asked, dict):
            return None
        ttl = asked.get("ttl")
        if ttl is None:
            return Persist()
        if type(ttl) is not int or not 0 < ttl <= self._kept_seconds:
            raise PersistTtlInvalid(f"persist.ttl is a number of seconds, at most {int(self._kept_seconds)}.")
        return Persist(ttl)

    async def keep(self, broadcast: Keepsake) -> str:
        """Commit a broadcast and return its id; it is sent once the log has told of it.

        Raises errors of the database, or KeptPayloadInvalid: then it is neither kept nor sent.
        """
        identity = str(uuid4())
        self._broadcasts.expect(identity, Expected(_encode(broadcast, identity), broadcast.sender))
        try:
            await self._pool.run([_insert(broadcast, identity)])
        except DatabaseError as error:
            self._broadcasts.expect_no_more(identity)
            if error.sqlstate.startswith(_DATA_EXCEPTION):
                raise KeptPayloadInvalid("The payload cannot be kept.") from error
            raise
        except BaseException:
            # Perhaps it was committed, and nobody lived to say so: then it is sent as any message of the database.
            self._broadcasts.expect_no_more(identity)
            raise
        return identity


def _insert(broadcast: Keepsake, identity: str) -> Statement:
    text = broadcast.payload.decode() if broadcast.encoding is Encoding.JSON else None
    content = broadcast.payload.hex() if text is None else None
    ttl = broadcast.persist.ttl_seconds
    seconds = None if ttl is None else str(ttl)
    return Statement(_INSERT, (identity, broadcast.topic, broadcast.event, text, content, seconds))


def _encode(broadcast: Keepsake, identity: str) -> fan_out.Encode:
    """Encode as the broadcast came, with its id; meta that leaves no room for it is left out."""
    name = TOPIC_PREFIX + broadcast.topic
    meta = orjson.dumps({**broadcast.meta, "id": identity})
    if len(meta) > fan_out.LONGEST_NAME_BYTES:
        meta = orjson.dumps({"id": identity})
    if not fan_out.fits_binary(name, broadcast.event):
        return fan_out.text(name, fan_out.payload_of(broadcast.event, broadcast.payload, meta))
    return fan_out.binary(fan_out.user_broadcast(name, broadcast.event, broadcast.payload, broadcast.encoding, meta))
