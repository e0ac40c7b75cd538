"""R3, R4, R5, R22: the sender of webhooks is killed, PostgreSQL restarted, connections are cut. Nothing is lost.

Two receivers hear of every tick, in order for each key. A request may come again where its outcome was not recorded:
no more often than requests were under way at kills, beside those that the log of attempts says were tried again.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import time
from dataclasses import dataclass

import psycopg
import pytest
from aiohttp import web

from tests.faults.conftest import Scenario
from tests.faults.duration import lasting
from tests.faults.servers import SLOT, OwnPostgres, own_postgres
from tests.faults.webhook_ticks import TABLE, SenderProcess, Ticks, add_endpoint, judge_ticks
from tests.fixtures.webhook_receiver import WebhookReceiver, webhook_receiver

IN_FLIGHT = 10
PATHS = ("/hook/one", "/hook/two")
CUT = """
select pg_terminate_backend(pid) from pg_stat_activity
where application_name like 'millstream%' and pid <> pg_backend_pid() order by random() limit 1
"""


@dataclass(slots=True)
class Torment:
    """What befalls the sender, at which number of requests."""

    postgres: OwnPostgres
    sender: SenderProcess
    receiver: WebhookReceiver

    async def kill(self) -> None:
        await self.sender.kill()
        self.sender = await SenderProcess.start(self.postgres.database.url, SLOT)

    async def stop(self) -> None:
        await self.postgres.restart(signal.SIGINT)

    async def crash(self) -> None:
        await self.postgres.restart(signal.SIGQUIT)

    async def cut(self) -> None:
        await self.postgres.run(CUT)


async def slowly(_: web.Request, __: int) -> web.StreamResponse:
    """Take as long as that some requests are under way at any moment."""
    await lasting(random.random() * 0.02)
    return web.Response()


def planned(chance: random.Random, requests: int, **faults: int) -> list[tuple[int, str]]:
    """Spread the faults over the requests."""
    names = [name for name, times in faults.items() for _ in range(times)]
    chance.shuffle(names)
    return [(requests * (number + 1) // (len(names) + 2), name) for number, name in enumerate(names)]


@pytest.mark.slow
async def test_kills_restarts_and_cuts_lose_nothing_and_keep_the_order_of_keys(scenario: Scenario):
    ticks, kills, cuts = scenario.size(300, 25_000), scenario.size(3, 20), scenario.size(4, 20)
    faults = {"kill": kills, "crash": 1, "stop": scenario.size(0, 1), "cut": cuts}
    chance = scenario.chance
    with own_postgres() as postgres:
        url = postgres.database.url
        postgres.database.run_as_server(TABLE)
        async with scenario.deadline(), webhook_receiver(slowly) as receiver:
            base = receiver.url.removesuffix("/hook")
            for path in PATHS:
                await add_endpoint(url, base + path, max_in_flight=IN_FLIGHT, timeout_ms=5000, retry=[0.2] * 50)
            began = time.monotonic()
            torment = Torment(postgres, await SenderProcess.start(url, SLOT), receiver)
            source = Ticks(url, chance, keys=scenario.size(40, 1000))
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(source.write(ticks))
                    for number, name in planned(chance, 2 * ticks, **faults):
                        await receiver.until(number, seconds=scenario.size(120, 1200))
                        await getattr(torment, name)()
                # What has not come by then is lost, which the verdict shows better than a timeout.
                with contextlib.suppress(TimeoutError):
                    await until_settled(url, source, receiver, seconds=scenario.size(120, 1800))
            finally:
                await torment.sender.kill()
            seconds = time.monotonic() - began
        retried, attempts = await logged(url)
        verdict = judge_ticks(source.made, receiver.received, PATHS)
    bound = kills * IN_FLIGHT * len(PATHS) + retried
    scenario.report(
        "R3", "sender killed, PostgreSQL restarted, connections cut",
        f"{2 * ticks:,} deliveries, {kills} kills, {faults['crash']} crashes, {faults['stop']} stops, {cuts} cuts",
        heard=verdict, requests=f"{len(receiver.received):,}", bound_of_repeats=bound, tried_again=retried,
        attempts_logged=f"{attempts:,}", took=f"{seconds:.0f} s",
    )  # fmt: skip
    assert (verdict.lost, verdict.out_of_order, verdict.wrong) == (0, 0, 0), verdict
    assert verdict.repeated <= bound, verdict


async def until_settled(
    url: str, ticks: Ticks, receiver: WebhookReceiver, *, seconds: float, receivers: int = len(PATHS)
) -> None:
    """Wait until all receivers have heard as many requests as there are ticks, and nothing is left to send."""
    wanted = receivers * sum(ticks.made.values())
    async with asyncio.timeout(seconds):
        await receiver.until(wanted, seconds=seconds)
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                    cursor = await connection.execute(
                        "select (select count(*) from webhooks.events), exists (select from webhooks.deliveries)"
                    )
                    if await cursor.fetchone() == (wanted // receivers, False):
                        return
            await lasting(0.2)


async def logged(url: str) -> tuple[int, int]:
    """Return how many attempts were to be tried again, and how many there were."""
    async with await psycopg.AsyncConnection.connect(url) as connection:
        cursor = await connection.execute(
            "select count(*) filter (where status = 'retrying'), count(*) from webhooks.webhook_logs"
        )
        row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1]
