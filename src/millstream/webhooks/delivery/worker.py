"""The third flow's end: claim what is due, sign it, send it, settle it. Again and again, for all endpoints at once.

`claims` takes deliveries, each endpoint as many as `capacity` gives it; `sender` makes one attempt; `settle` records
outcomes in batches. Only what was settled frees its slot, so a database that is slow slows the sending.

Life cycle: `run` until `stop`, which claims no more and waits for what is under way; what is cut off is claimed again
when its lease is over. Woken when deliveries were added; looks by itself for those that become due. All times are the
database's: the wall clock of this process is never asked.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg

from millstream.errors import MillstreamError
from millstream.observe import Observer
from millstream.postgres.pool import Pool, lend
from millstream.webhooks.delivery.capacity import Capacity
from millstream.webhooks.delivery.circuit_breaker import Circuit, Health
from millstream.webhooks.delivery.claims import Claim, Room, claim_due, load_due
from millstream.webhooks.delivery.database_clock import DatabaseClock
from millstream.webhooks.delivery.outcome import Outcome, Timing, Verdict, judge
from millstream.webhooks.delivery.retry_schedule import LONGEST_RETRY_AFTER
from millstream.webhooks.delivery.sender import Sender
from millstream.webhooks.delivery.settle import Settlement, latency_seconds, settle
from millstream.webhooks.endpoints.directory import EndpointDirectory
from millstream.webhooks.endpoints.endpoint import Endpoint, EndpointState
from millstream.webhooks.observations import WebhookAttempted, WebhookEndpointDisabled, WebhookQueueUnreachable
from millstream.webhooks.settings import WebhookSettings

_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 5.0
_SHORTEST_REST_SECONDS = 0.001


def is_enabled(endpoint: Endpoint) -> bool:
    """Tell whether anybody may send to the endpoint."""
    return endpoint.state is EndpointState.ENABLED


class Worker:
    """The delivery of one project in this process; other processes may have their own."""

    def __init__(
        self,
        pool: Pool,
        endpoints: EndpointDirectory,
        sender: Sender,
        settings: WebhookSettings,
        observe: Observer,
        *,
        serves: Callable[[Endpoint], bool] = is_enabled,
    ) -> None:
        self._serves = serves
        self._pool = pool
        self._endpoints = endpoints
        self._sender = sender
        self._settings = settings
        self._observe = observe
        self._capacity = Capacity(settings.workers_max_in_flight)
        self._health: dict[UUID, Health] = {}
        self._known: Sequence[Endpoint] = ()
        self._starved = False
        self._due_at: datetime | None = None
        self._woken = asyncio.Event()
        self._settled = asyncio.Event()
        self._ended = asyncio.Event()
        self._ended.set()
        self._outcomes: asyncio.Queue[Settlement] = asyncio.Queue()
        self._stop_wanted = asyncio.Event()
        self._clock = DatabaseClock(time.monotonic)

    @property
    def under_way(self) -> int:
        """Return how many requests are under way."""
        return self._capacity.under_way

    def wake(self) -> None:
        """Say that there may be something to send."""
        self._woken.set()

    async def run(self) -> None:
        """Send until stopped."""
        self._ended.clear()
        async with asyncio.TaskGroup() as tasks:
            settling = tasks.create_task(self._settle_forever(), name="webhook outcomes")
            try:
                await self._claim_until_stopped(tasks)
                await self._until_idle()
            finally:
                self._ended.set()
                settling.cancel()

    async def stop(self) -> None:
        """Claim no more, and wait for what is under way as long as the settings say."""
        self._stop_wanted.set()
        self.wake()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.stop_seconds):
                await self._ended.wait()  # a claim that is being made now is under way too

    async def _until_idle(self) -> None:
        while self._capacity.under_way:
            self._settled.clear()
            await self._settled.wait()

    async def _claim_until_stopped(self, tasks: asyncio.TaskGroup) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while not self._stop_wanted.is_set():
            self._woken.clear()
            try:
                wait = await self._claim(tasks)
            except (psycopg.Error, MillstreamError) as error:
                self._observe(WebhookQueueUnreachable(type(error).__name__))
                await self._rest(pause, self._stop_wanted)  # new events bring no database back
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
                continue
            pause = _FIRST_PAUSE_SECONDS
            if wait > 0:
                await self._rest(wait, self._woken)

    async def _claim(self, tasks: asyncio.TaskGroup) -> float:
        """Begin what is due; return how long nothing more will be, unless somebody wakes us."""
        async with lend(self._pool) as connection:
            endpoints = self._by_id(await self._endpoints.load(connection))
            if not self._clock.is_set:
                self._clock.set((await load_due(connection, [])).now)
            room = self._room(endpoints)
            claims = await claim_due(connection, uuid4(), room) if room else []
            if claims:
                self._clock.set(claims[0].claimed_at)
            elif room:
                due = await load_due(connection, list(room))
                self._clock.set(due.now)
                self._due_at = due.now + timedelta(seconds=due.seconds) if due.seconds is not None else None
        self._begin(tasks, claims, endpoints)
        is_full = self._is_full(claims, room)
        self._starved = is_full or any(self._capacity.of(one) for one in endpoints if one not in room)
        return 0.0 if is_full else self._seconds_until_due()

    def _seconds_until_due(self) -> float:
        """Return how long nothing becomes due that is known here; what others postponed is found by looking."""
        longest = self._settings.poll_seconds
        if self._due_at is None:
            return longest
        seconds = (self._due_at - self._clock.now()).total_seconds()
        return min(longest, max(seconds, _SHORTEST_REST_SECONDS))

    @staticmethod
    def _is_full(claims: Sequence[Claim], room: Mapping[UUID, Room]) -> bool:
        """Tell whether an endpoint got as much as it could take, so that there may be more."""
        taken = Counter(claim.endpoint_id for claim in claims)
        return any(number >= room[endpoint_id].most for endpoint_id, number in taken.items())

    def _begin(self, tasks: asyncio.TaskGroup, claims: Sequence[Claim], endpoints: Mapping[UUID, Endpoint]) -> None:
        for claim in claims:
            if not self._capacity.of(claim.endpoint_id):  # else ours is newer than what is recorded
                self._health[claim.endpoint_id] = claim.health
            self._capacity.begin(claim.endpoint_id)
            tasks.create_task(self._attempt(endpoints[claim.endpoint_id], claim), name=f"webhook {claim.id}")

    def _by_id(self, known: Sequence[Endpoint]) -> dict[UUID, Endpoint]:
        if known is not self._known:  # read anew, with the health that is recorded
            self._known = known
            self._health.clear()
        return {one.id: one for one in known}

    def _room(self, endpoints: dict[UUID, Endpoint]) -> dict[UUID, Room]:
        wanted = {one.id: self._most(one) for one in endpoints.values() if self._serves(one)}
        shares = self._capacity.share(wanted, self._settings.claim_batch)
        lease = self._settings.lease_seconds
        return {one: Room(most, endpoints[one].timeout_seconds + lease) for one, most in shares.items()}

    def _most(self, endpoint: Endpoint) -> int:
        """Return how many deliveries the endpoint itself could take now."""
        under_way = self._capacity.of(endpoint.id)
        circuit = self._health.get(endpoint.id, endpoint.health).circuit(self._clock.now())
        if circuit is Circuit.OPEN or (circuit is Circuit.HALF_OPEN and under_way):
            return 0
        if circuit is Circuit.HALF_OPEN:
            return 1
        free = endpoint.max_in_flight - under_way
        rate = self._capacity.by_rate(endpoint.id, endpoint.rate_per_second, asyncio.get_running_loop().time())
        return max(0, free if rate is None else min(free, rate))

    async def _attempt(self, endpoint: Endpoint, claim: Claim) -> None:
        now = self._clock.now()
        if claim.body is None:
            outcome = Outcome(started_at=now, timing=Timing(0.0), error="event_gone", control="abort-message")
        else:
            outcome = await self._sender.send(endpoint, claim, now)
        verdict = judge(outcome, endpoint.schedule, claim.attempt, random.random())  # noqa: S311 -- jitter, no secret
        self._outcomes.put_nowait(Settlement(claim, outcome, verdict, endpoint.when_exhausted))

    async def _settle_forever(self) -> None:
        while True:
            batch = [await self._outcomes.get()]
            if self._capacity.under_way > 1:
                await asyncio.sleep(self._settings.settle_seconds)
            while not self._outcomes.empty() and len(batch) < self._settings.claim_batch:
                batch.append(self._outcomes.get_nowait())
            await self._settle_until_done(batch)
            for one in batch:
                self._capacity.end(one.claim.endpoint_id)
                self._observe(_attempted(one))
            self._settled.set()

    async def _settle_until_done(self, batch: Sequence[Settlement]) -> None:
        health, disabled = self._judge_health(batch)
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                async with lend(self._pool) as connection:
                    settled = await settle(connection, batch, health, disabled, self._sender.name)
            except (psycopg.Error, MillstreamError) as error:
                self._observe(WebhookQueueUnreachable(type(error).__name__))
            else:
                for endpoint_id in settled.disabled:
                    self._endpoints.forget()
                    self._observe(WebhookEndpointDisabled(str(endpoint_id), disabled[endpoint_id]))
                self._expect(batch, settled.released)
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _expect(self, batch: Sequence[Settlement], released: int) -> None:
        """Look again at once where slots or lanes that were waited for are free, or in time for what was postponed."""
        waits = [one.verdict.wait_seconds for one in batch if one.verdict.wait_seconds is not None]
        if waits:
            due_at = self._clock.now() + timedelta(seconds=min(waits))
            self._due_at = due_at if self._due_at is None else min(self._due_at, due_at)
        if self._starved or released or (waits and min(waits) < self._settings.poll_seconds):
            self.wake()

    def _judge_health(self, batch: Sequence[Settlement]) -> tuple[dict[UUID, Health], dict[UUID, str]]:
        """Return the health of endpoints that has changed, and which have to be disabled for what reason."""
        now, patience = self._clock.now(), timedelta(hours=self._settings.disable_after_hours)
        changed: dict[UUID, Health] = {}
        disabled: dict[UUID, str] = {}
        for one in batch:
            endpoint_id, outcome = one.claim.endpoint_id, one.outcome
            if outcome.says_nothing_of_endpoint:
                continue
            before = self._health.get(endpoint_id, one.claim.health)
            if outcome.is_success:
                after = before.after_success()
            else:
                slow = min(outcome.retry_after or 0.0, LONGEST_RETRY_AFTER) if outcome.slows_endpoint else None
                after = before.after_failure(now, retry_after=slow or None)
            if after != before:
                self._health[endpoint_id] = changed[endpoint_id] = after
            if outcome.disables_endpoint:
                disabled[endpoint_id] = "gone"
            elif after.must_be_disabled(now, patience):
                disabled[endpoint_id] = "failing"
        return changed, disabled

    @staticmethod
    async def _rest(seconds: float, unless: asyncio.Event) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await unless.wait()


def _attempted(one: Settlement) -> WebhookAttempted:
    outcome: Outcome = one.outcome
    verdict: Verdict = one.verdict
    return WebhookAttempted(
        endpoint_id=str(one.claim.endpoint_id),
        event_type=one.claim.event_type,
        attempt=one.claim.attempt,
        status=verdict.status.value,
        http_status=outcome.http_status,
        seconds=outcome.timing.total_ms / 1000,
        latency_seconds=latency_seconds(one),
    )
