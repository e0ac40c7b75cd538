"""Asks PostgreSQL whether a caller may read from or write to a private topic, by the policies on `realtime.messages`.

Called by `channels`. A caller may read what he would see of a message of the topic, and write what he could insert:
so a probe is inserted, looked at as the caller, and rolled back, in one round trip. Policies know the topic by
`realtime.topic()`. What a policy cannot decide is no; that PostgreSQL cannot be asked is an error, never an answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar
from uuid import uuid4

from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.observe import Observer
from millstream.policy.observations import TopicCheckFailed
from millstream.policy.settings import PolicySettings
from millstream.postgres import sqlstate
from millstream.postgres.connection import Result, Statement
from millstream.postgres.errors import DatabaseError, StalePlan
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.transaction import become_caller

_BEGIN, _ROLLBACK = Statement("BEGIN"), Statement("ROLLBACK")
_PROBE = """
INSERT INTO realtime.messages (id, topic, extension)
SELECT id::uuid, $1, extension FROM unnest($2::text[], $3::text[]) AS probes (id, extension)
"""
_VISIBLE = "SELECT extension FROM realtime.messages WHERE topic = $1 AND id = ANY ($2::text[]::uuid[])"
_WRITE = "INSERT INTO realtime.messages (topic, extension) VALUES ($1, $2)"
_VERSION = """
SELECT pg_catalog.md5(pg_catalog.concat_ws('/',
  (SELECT pg_catalog.concat_ws('/', relacl::text, relrowsecurity, relforcerowsecurity) FROM pg_catalog.pg_class
   WHERE oid = 'realtime.messages'::regclass),
  (SELECT pg_catalog.string_agg(pg_catalog.concat_ws('/', oid, xmin), ',' ORDER BY oid) FROM pg_catalog.pg_policy
   WHERE polrelid = 'realtime.messages'::regclass),
  (SELECT pg_catalog.string_agg(pg_catalog.concat_ws('/', p.oid, p.xmin), ',' ORDER BY p.oid) FROM pg_catalog.pg_proc p
   JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
   WHERE n.nspname NOT IN ('pg_catalog', 'information_schema'))))
"""


class Extension(StrEnum):
    """What a topic is used for; policies may tell them apart by the column of this name."""

    BROADCAST = "broadcast"
    PRESENCE = "presence"
    PERSISTENCE = "persistence"


class MessagesPartitionMissing(MillstreamError):
    """Raised when `realtime.messages` has no partition for today, so that nothing can be asked of it."""

    code: ClassVar[str] = "messages_partition_missing"
    status: ClassVar[int] = 503


class TopicPolicyFailed(MillstreamError):
    """Raised when a policy on `realtime.messages` fails, which lets nobody write."""

    code: ClassVar[str] = "topic_policy_failed"
    status: ClassVar[int] = 403


class TopicAccess:
    """The judge of topics. Calls may overlap; nothing is remembered."""

    def __init__(self, pool: PipelinePool, *, settings: PolicySettings, observe: Observer) -> None:
        self._pool = pool
        timeout = str(settings.check_timeout_ms)
        self._settings = {"statement_timeout": timeout, "jit": "off", "request.headers": "{}"}
        self._observe = observe

    async def readable(self, claims: Claims, topic: str, extensions: Sequence[Extension]) -> frozenset[Extension]:
        """Return those of the extensions that the caller may read in the topic.

        Raises DatabaseError, DatabaseUnreachable, PoolWaitTimeout or MessagesPartitionMissing.
        """
        ids = _array([str(uuid4()) for _ in extensions])
        statements = [
            _BEGIN,
            Statement(_PROBE, (topic, ids, _array(extensions))),
            become_caller(claims, self._settings | {"realtime.topic": topic}),
            Statement(_VISIBLE, (topic, ids)),
            _ROLLBACK,
        ]
        results = await self._ask(claims, statements)
        return frozenset(Extension((row[0] or b"").decode()) for row in results[3].rows) if results else frozenset()

    async def writable(self, claims: Claims, topic: str, extension: Extension) -> bool:
        """Tell whether the caller may write to the topic. Raises as `readable` does, and TopicPolicyFailed."""
        statements = [
            _BEGIN,
            become_caller(claims, self._settings | {"realtime.topic": topic}),
            Statement(_WRITE, (topic, extension)),
            _ROLLBACK,
        ]
        return bool(await self._ask(claims, statements, write=2))

    async def version(self) -> bytes:
        """Return a mark that changes when policies, rights or functions may answer otherwise than before."""
        results = await self._pool.run([Statement(_VERSION)])
        return results[0].rows[0][0] or b""

    async def _ask(self, claims: Claims, statements: Sequence[Statement], *, write: int | None = None) -> list[Result]:
        """Run the statements; return nothing when a policy, a right or a role says no.

        A policy that fails says no to a reader; at the place of the `write` it is TopicPolicyFailed.
        """
        try:
            try:
                return await self._pool.run(statements)
            except StalePlan:
                return await self._pool.run(statements)  # the connection has forgotten its plans
        except DatabaseError as error:
            if error.sqlstate == sqlstate.CHECK_VIOLATION and error.constraint is None:
                raise MessagesPartitionMissing("realtime.messages has no partition for today.") from error
            if error.sqlstate.startswith(sqlstate.PASSING_CLASSES):
                raise
            if error.sqlstate != sqlstate.INSUFFICIENT_PRIVILEGE:
                self._observe(TopicCheckFailed(role=claims.role, sqlstate=error.sqlstate))
                if error.statement_index == write:
                    raise TopicPolicyFailed("A policy on realtime.messages failed.") from error
            return []


def _array(values: Sequence[str]) -> str:
    """Write a text array of values that need no quoting."""
    return "{" + ",".join(values) + "}"
