"""Asks anew what private channels may hear and say when the policies on `realtime.messages` have changed.

A TransactionSink. A trigger tells the log of every change of the schema; whether this one touches topics, the database
is asked once. Then nothing is taken for allowed any more: what a client says next waits for the new answer, and what it
may no longer hear closes its channel. Rows that a policy looks at are not followed: they count with the next token.
"""

from __future__ import annotations

from asyncio import TaskGroup
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import ClassVar

from millstream.change import Transaction
from millstream.channels.socket import Socket
from millstream.errors import MillstreamError
from millstream.observe import Level, Observation, Observer, ignore
from millstream.policy.topic_access import TopicAccess


@dataclass(frozen=True, slots=True)
class TopicPoliciesChanged(Observation):
    """What private channels may do was asked anew, since policies on `realtime.messages` have changed."""

    level: ClassVar[Level] = Level.INFO
    channels: int


class RightsWatch:
    """Watches the log of one project. `sockets` returns those that are open."""

    def __init__(
        self,
        topics: TopicAccess,
        sockets: Callable[[], Iterable[Socket]],
        tasks: TaskGroup,
        observe: Observer = ignore,
    ) -> None:
        self._topics = topics
        self._sockets = sockets
        self._tasks = tasks
        self._observe = observe
        self._version: bytes | None = None
        self._asking = False
        self._again = False

    async def apply(self, transaction: Transaction) -> None:
        """Have the database asked, beside the log, when the transaction changed the schema."""
        if not transaction.changes_schema:
            return
        self._again = True
        if not self._asking:
            self._asking = True
            self._tasks.create_task(self._ask())

    async def _ask(self) -> None:
        try:
            while self._again:
                self._again = False
                await self._compare()
        finally:
            self._asking = False

    async def _compare(self) -> None:
        """Ask all channels anew unless nothing has changed; what cannot be known counts as changed."""
        try:
            version = await self._topics.version()
        except MillstreamError:
            version = None
        if version is not None and version == self._version:
            return
        self._version = version
        channels = sum(socket.ask_rights_again() for socket in self._sockets())
        self._observe(TopicPoliciesChanged(channels))
