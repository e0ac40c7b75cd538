"""The webhooks of one project, put together: from the log into the outbox, and from the outbox to the receivers.

Made by `server`, which hands `outbox` to the tailer as a sink and runs `run` beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from millstream.observe import Observer
from millstream.postgres.pool import Pool
from millstream.sealing import Sealer
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.capture.definition import WebhookEvent
from millstream.webhooks.capture.outbox import Outbox
from millstream.webhooks.capture.recorder import Recorder
from millstream.webhooks.capture.triggered import TriggeredCapture
from millstream.webhooks.days import WebhookDays
from millstream.webhooks.delivery.sender import open_sender
from millstream.webhooks.delivery.worker import Worker
from millstream.webhooks.endpoints.address_guard import AddressGuard
from millstream.webhooks.endpoints.directory import EndpointDirectory
from millstream.webhooks.measure_watch import MeasureWatch
from millstream.webhooks.settings import WebhookSettings


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Capture and delivery of one project."""

    settings: WebhookSettings
    definitions: Sequence[WebhookEvent]
    guard: AddressGuard
    sealer: Sealer
    outbox: Outbox
    triggered: TriggeredCapture
    worker: Worker
    days: WebhookDays
    measures: MeasureWatch
    administration: Administration

    async def run(self) -> None:
        """Capture what triggers wrote, deliver, and keep the days, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.triggered.run(), name="webhook capture")
            tasks.create_task(self.days.run(), name="webhook days")
            tasks.create_task(self.measures.run(), name="webhook measures")
            tasks.create_task(self.worker.run(), name="webhook delivery")

    async def stop(self) -> None:
        """Wait for requests under way, as long as the settings say; nothing new begins."""
        await self.worker.stop()


@asynccontextmanager
async def open_webhooks(
    settings: WebhookSettings,
    definitions: Sequence[WebhookEvent],
    pool: Pool,
    *,
    sealer: Sealer,
    slot: str,
    log: Callable[[], str],
    worker_name: str,
    observe: Observer,
) -> AsyncIterator[Webhooks]:
    """Put a project's webhooks together for the length of the block; `log` names the log that the slot reads."""
    loop = asyncio.get_running_loop()
    guard = AddressGuard(settings.allow_private_addresses)
    endpoints = EndpointDirectory(sealer, loop.time, observe)
    recorder = Recorder(endpoints, observe)
    async with open_sender(settings, guard, worker_name) as sender:
        worker = Worker(pool, endpoints, sender, settings, observe)
        triggered = TriggeredCapture(
            pool,
            definitions,
            recorder,
            poll_seconds=settings.poll_seconds,
            on_deliveries=worker.wake,
            observe=observe,
        )

        def signalled(what: str) -> None:
            if what == "captured":
                triggered.wake()
            else:
                endpoints.forget()
                worker.wake()

        outbox = Outbox(
            pool,
            definitions,
            recorder,
            slot=slot,
            log=log,
            on_signal=signalled,
            on_deliveries=worker.wake,
            observe=observe,
        )
        days = WebhookDays(pool, settings, observe)
        administration = Administration(pool, sealer, guard, settings, loop.time)
        measures = MeasureWatch(pool, settings, observe)
        yield Webhooks(
            settings, definitions, guard, sealer, outbox, triggered, worker, days, measures, administration
        )  # fmt: skip
