"""R11, R14, R15 for webhooks: the slot is lost, PostgreSQL's disk is full, our log can be written nowhere."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from millstream.identity import Claims, Role
from millstream.wal.settings import WalSettings
from millstream.webhooks.administration.gap_models import Backfill
from millstream.webhooks.administration.gaps import backfill, list_gaps
from millstream.webhooks.observations import WebhookGapFound
from tests.faults.conftest import Scenario
from tests.faults.duration import ends_within
from tests.faults.full_disk import LIMITS, fill, small_disk, until_full
from tests.faults.servers import SLOT, own_postgres
from tests.faults.test_webhook_kills import until_settled
from tests.faults.webhook_ticks import MADE, TABLE, SenderProcess, Ticks, add_endpoint, judge_ticks
from tests.fixtures.webhook_engine import webhook_engine
from tests.fixtures.webhook_receiver import webhook_receiver

__all__ = ["small_disk"]

SERVICE = Claims.from_token({"role": Role.SERVICE})
WRITTEN = "alter table ticks add column made_at timestamptz not null default clock_timestamp()"
GRANTED = "grant select on ticks to service_role"
TOLD = replace(MADE, changed_at="made_at")
SEGMENTS = 3


@pytest.mark.slow
async def test_a_full_disk_of_postgresql_loses_no_webhook(small_disk: Path, scenario: Scenario):
    number, times, keys = scenario.size(100, 2_000), scenario.size(1, 5), scenario.size(20, 200)
    ended = 0
    with own_postgres(folder=small_disk, **LIMITS) as postgres:
        url = postgres.database.url
        postgres.database.run_as_server(TABLE)
        async with scenario.deadline(), webhook_receiver() as receiver:
            await add_endpoint(url, receiver.url, retry=[0.2] * 50)
            sender = await SenderProcess.start(url, SLOT)
            source = Ticks(url, scenario.chance, keys)
            try:
                for _ in range(times):
                    await source.write(number)
                    ballast = fill(small_disk)
                    async with asyncio.TaskGroup() as tasks:
                        tasks.create_task(source.write(number))
                        await until_full(postgres)
                        has_ended = await ends_within(postgres.postgres.pid or 0, 5.0)
                        ended += has_ended
                        ballast.unlink()
                        if has_ended:
                            await postgres.restart()
                await until_settled(url, source, receiver, seconds=scenario.size(120, 1200), receivers=1)
            finally:
                await sender.kill()
        verdict = judge_ticks(source.made, receiver.received, ["/hook"])
    scenario.report(
        "R14", "PostgreSQL's disk is full under webhooks", f"{sum(source.made.values()):,} deliveries, {times} times",
        heard=verdict, postgresql_ended=ended,
    )  # fmt: skip
    assert (verdict.lost, verdict.out_of_order, verdict.wrong) == (0, 0, 0), verdict


@pytest.mark.slow
async def test_what_a_lost_slot_left_out_is_a_gap_that_a_backfill_fills(scenario: Scenario):
    number = scenario.size(50, 5_000)
    limits = {"max_wal_size": "32MB", "min_wal_size": "32MB", "max_slot_wal_keep_size": "32MB"}
    wal = WalSettings(confirm_seconds=0.1, renew_lost_slot=True)
    with own_postgres(**limits) as postgres:
        database = postgres.database
        async with scenario.deadline(), webhook_receiver() as receiver:
            source = Ticks(database.url, scenario.chance, keys=10)
            async with webhook_engine(database, TOLD, sql=[TABLE, WRITTEN, GRANTED], wal=wal) as engine:
                await engine.endpoint(receiver.url)
                await source.write(number)
                await receiver.until(number, seconds=120)
            await source.write(number)  # while nobody reads the log
            for _ in range(2 * SEGMENTS):
                await postgres.run("select pg_logical_emit_message(false, 'filler', 'x')", "select pg_switch_wal()")
            await postgres.run("checkpoint")
            async with webhook_engine(database, TOLD, wal=wal) as engine:
                admin = engine.webhooks.administration
                [gap] = await list_gaps(admin, SERVICE)
                told = engine.witness.all(WebhookGapFound)
                await source.write(number)
                await receiver.until(2 * number, seconds=120)
                sent = await backfill(admin, SERVICE, gap.id, Backfill())
                again = await backfill(admin, SERVICE, gap.id, Backfill())
                await receiver.until(3 * number, seconds=120)
    heard = [(one.json["data"]["record"]["key"], one.json["data"]["record"]["number"]) for one in receiver.received]
    wanted = {(key, tick) for key, made in source.made.items() for tick in range(1, made + 1)}
    lost, repeated = len(wanted - set(heard)), len(heard) - len(set(heard))
    scenario.report(
        "R11", "lost slot under webhooks", f"{3 * number:,} deliveries, a third of them in the gap",
        lost=lost, repeated=repeated, gaps_told=len(told), sent_by_the_backfill=sum(one.rows for one in sent.filled),
        sent_again=sum(one.rows for one in again.filled),
    )  # fmt: skip
    assert (lost, repeated, len(told)) == (0, 0, 1)
    assert [one.rows for one in sent.filled] == [number]
    assert [one.rows for one in again.filled] == [0]


@pytest.mark.slow
async def test_delivery_goes_on_when_what_we_say_can_be_written_nowhere(scenario: Scenario):
    """We keep no log directory: the log goes to standard error, here to a device that is full."""
    number = scenario.size(50, 2_000)
    with own_postgres() as postgres:
        url = postgres.database.url
        postgres.database.run_as_server(TABLE)
        async with scenario.deadline(), webhook_receiver() as receiver:
            await add_endpoint(url, receiver.url, retry=[0.2] * 50)
            sender = await SenderProcess.start(url, SLOT, errors=Path("/dev/full"))
            source = Ticks(url, scenario.chance, keys=10)
            try:
                await source.write(number)
                await until_settled(url, source, receiver, seconds=120, receivers=1)
                await postgres.restart()  # of which there is much to say
                await source.write(number)
                await until_settled(url, source, receiver, seconds=120, receivers=1)
            finally:
                await sender.kill()
        verdict = judge_ticks(source.made, receiver.received, ["/hook"])
    scenario.report("R15", "our log can be written nowhere", f"{2 * number:,} deliveries", heard=verdict)
    assert (verdict.lost, verdict.out_of_order, verdict.wrong) == (0, 0, 0), verdict
