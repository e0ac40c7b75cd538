"""Opens, changes and closes subscriptions: what a channel calls.

Receives requests and verified claims from `channels`; puts bindings, compiled by `binding_compiler`, into the registry
that the router asks. When `open` returns, every transaction that commits from then on reaches the mailbox, in commit
order, and what was told before can be selected. A refused subscription leaves nothing behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from millstream.change import Lsn
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.phoenix.serializer import Serializer
from millstream.policy.predicates.audience import Audiences
from millstream.policy.schema.catalog import Catalog
from millstream.policy.schema.commits import are_visible, until_visible, visible_statement
from millstream.postgres.pipeline import PipelinePool
from millstream.pubsub.held_mailbox import HeldMailbox
from millstream.pubsub.mailbox import Mailbox
from millstream.subscriptions.bindings.binding import Binding, BindingRequest, refused_for_now
from millstream.subscriptions.bindings.binding_compiler import BindingCompiler
from millstream.subscriptions.census import Listeners, take_census
from millstream.subscriptions.cohort import Cohort
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.replay import Replays
from millstream.subscriptions.resume import ResumeRequest
from millstream.subscriptions.subscription import Subscription
from millstream.wal.history import History


class Subscriptions:
    """All subscriptions of a project. Their rows of the log come through the `Router` that shares the registry."""

    def __init__(
        self, pool: PipelinePool, catalog: Catalog, registry: Registry, replays: Replays | None = None
    ) -> None:
        self._compiler = BindingCompiler(pool, catalog)
        self._pool = pool
        self._registry = registry
        self._replays = replays
        self._audiences = Audiences()
        registry.use(catalog.current)
        catalog.on_change(registry.use)

    @property
    def told(self) -> tuple[str, Lsn] | None:
        """Return the log's name, and the place up to which everybody who listens was told what concerns them.

        What commits at or before it lies in their mailboxes already. None while no log has been read.
        """
        history = self.history
        if history is None or not history.log or history.applied <= 0:
            return None
        return history.log, Lsn(history.applied - 1)

    @property
    def history(self) -> History | None:
        """Return the window that clients can resume over, where there is one."""
        return None if self._replays is None else self._replays.history

    def census(self) -> list[Listeners]:
        """Count who listens to which table now."""
        return take_census(self._registry)

    async def open(
        self,
        *,
        topic: str,
        serializer: Serializer,
        mailbox: Mailbox,
        claims: Claims,
        bindings: Sequence[BindingRequest],
        resume: ResumeRequest | None = None,
    ) -> Subscription:
        """Let changes flow to the mailbox; every transaction that was told before can be selected when this returns.

        Raises SubscriptionRefused. The first change comes with the next turn of the loop, so that whoever called this
        can send its reply before.

        A request to `resume` is answered by the subscription's `resumption`. Changes of a resumed one wait until
        `replay` is called, which tells what was missed before them.
        """
        requests = tuple(bindings)
        compiled = await self._compiler.compile(requests, claims)
        replay, resumption = None, None
        if resume is not None and self._replays is not None:
            await self._replays.until_decidable(resume)
            replay, resumption = self._replays.begin(resume, mailbox)
        held = replay.held if replay is not None else HeldMailbox(mailbox, mailbox.limits)
        cohort = self._join(topic, serializer, held, claims, requests, compiled)
        subscription = Subscription(claims, requests, held, cohort, resumption, replay)
        try:
            await self._settle()
        except BaseException:
            self.close(subscription)
            raise
        if replay is None:
            asyncio.get_running_loop().call_soon(self._let_flow, subscription, held, mailbox)
        return subscription

    async def replay(self, subscription: Subscription) -> None:
        """Tell what a resumed subscription has missed, then what came meanwhile; do nothing for any other."""
        replay, cohort = subscription.replay, _cohort(subscription)
        if replay is None or cohort is None or self._replays is None:
            return
        await self._replays.run(replay, cohort, lambda: subscription.cohort is None)
        subscription.replay = None
        if _cohort(subscription) is cohort:
            self._let_flow(subscription, replay.held, replay.mailbox)

    async def change_claims(self, subscription: Subscription, claims: Claims) -> None:
        """Judge by new claims from now on, without a gap or a repeat; when it is refused, changes stop flowing."""
        if _cohort(subscription) is None or claims == subscription.claims:
            return
        try:
            compiled = await self._compiler.compile(subscription.requests, claims)
        except BaseException:
            self.close(subscription)
            raise
        old = _cohort(subscription)
        if old is None:
            return  # closed meanwhile
        subscription.cohort = self._join(
            old.topic, old.serializer, subscription.mailbox, claims, subscription.requests, compiled
        )
        subscription.claims = claims
        self._leave(old, subscription.mailbox)

    def close(self, subscription: Subscription) -> None:
        """Let no more changes flow; may be called again."""
        cohort, subscription.cohort = subscription.cohort, None
        if cohort is not None:
            self._leave(cohort, subscription.mailbox)

    async def _settle(self) -> None:
        """Wait until what was told before can be selected: the log is ahead of queries by a moment."""
        xids = self._registry.passed
        if not xids:
            return
        try:
            await until_visible(
                partial(self._pool.run, [visible_statement(xids)]), lambda results: are_visible(results[0])
            )
        except MillstreamError as error:
            raise refused_for_now(error) from error
        self._registry.settle(xids)

    def _let_flow(self, subscription: Subscription, held: HeldMailbox, mailbox: Mailbox) -> None:
        """Put the mailbox itself in the place of the held one, with what that has kept, in one step."""
        cohort = subscription.cohort
        if cohort is None:
            return  # closed meanwhile
        self._registry.join(cohort.key, cohort.bindings, mailbox)
        subscription.mailbox = mailbox
        self._registry.leave(cohort, held)
        held.release()

    def _join(
        self,
        topic: str,
        serializer: Serializer,
        mailbox: Mailbox,
        claims: Claims,
        requests: Sequence[BindingRequest],
        bindings: tuple[Binding, ...],
    ) -> Cohort:
        audience = self._audiences.enter(claims)
        key = (audience, topic, serializer, tuple(request.text for request in requests))
        return self._registry.join(key, bindings, mailbox)

    def _leave(self, cohort: Cohort, mailbox: Mailbox) -> None:
        self._registry.leave(cohort, mailbox)
        self._audiences.leave(cohort.audience)


def _cohort(subscription: Subscription) -> Cohort | None:
    """Return the cohort as it is now: it may change while somebody waits."""
    return subscription.cohort
