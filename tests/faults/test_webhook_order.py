"""R19 to R22, R24, R28: a neighbour hangs, a receiver flaps or loses its answers, a stop, a snapshot held open."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import psycopg
import pytest
from aiohttp import web

from millstream.webhooks.observations import WebhookAttempted
from millstream.webhooks.signing.receiver import Receiver, Seen
from tests.faults.conftest import Scenario
from tests.faults.duration import lasting
from tests.faults.webhook_ticks import MADE, TABLE, Heard, Ticks, judge_ticks
from tests.fixtures.postgres import Database
from tests.fixtures.webhook_engine import SECRET, SETTINGS, WebhookEngine, webhook_engine
from tests.fixtures.webhook_receiver import WebhookReceiver, webhook_receiver

PATH = "/hook"


async def until_delivered(engine: WebhookEngine, number: int) -> None:
    async with asyncio.timeout(240):
        while len([one for one in engine.witness.all(WebhookAttempted) if one.status == "delivered"]) < number:
            await lasting(0.05)


def verdict_of(ticks: Ticks, receiver: WebhookReceiver) -> Heard:
    return judge_ticks(ticks.made, receiver.received, [PATH])


@pytest.mark.slow
async def test_an_endpoint_that_hangs_delays_no_other(database: Database, scenario: Scenario):
    neighbours, number = scenario.size(20, 99), scenario.size(10, 200)
    gate = asyncio.Event()

    async def answer(request: web.Request, _: int) -> web.StreamResponse:
        if request.path == "/hook/hangs":
            await gate.wait()
        return web.Response()

    async with (
        scenario.deadline(),
        webhook_receiver(answer) as receiver,
        webhook_engine(database, MADE, sql=[TABLE]) as engine,
    ):
        await engine.endpoint(f"{receiver.url}/hangs", timeout_ms=60_000)
        for one in range(neighbours):
            await engine.endpoint(f"{receiver.url}/{one}")
        ticks = Ticks(database.url, scenario.chance, keys=1000)
        await ticks.write(number)
        await until_delivered(engine, neighbours * number)
        held = min(10, len(ticks.made))
        while len(hanging := [request for request in receiver.received if request.path == "/hook/hangs"]) < held:
            await lasting(0.02)
        under_way = engine.webhooks.worker.under_way
        first = [one.latency_seconds for one in engine.witness.all(WebhookAttempted) if one.latency_seconds is not None]
        gate.set()
        await until_delivered(engine, (neighbours + 1) * number)
        # Where the others take longer than its minute, those that hang are given up and tried again.
        given_up = [one for one in engine.witness.all(WebhookAttempted) if one.status == "retrying"]
        paths = ["/hook/hangs", *(f"/hook/{one}" for one in range(neighbours))]
        verdict = judge_ticks(ticks.made, receiver.received, paths)
    scenario.report(
        "R19", "one endpoint hangs", f"{neighbours} others, {number} events", heard=verdict, hanging=len(hanging),
        commit_to_first_attempt_at_others=f"{sorted(first)[len(first) * 99 // 100]:.2f} s at p99",
    )  # fmt: skip
    assert under_way <= held, "it holds its own slots, and no more"
    assert len(hanging) <= held + len(given_up)
    assert (verdict.lost, verdict.out_of_order, verdict.wrong) == (0, 0, 0), verdict
    assert verdict.repeated == len(given_up)


@pytest.mark.slow
async def test_a_receiver_that_flaps_gets_everything_in_order(database: Database, scenario: Scenario):
    number, chance, refused = scenario.size(200, 10_000), scenario.chance, 0

    async def answer(_: web.Request, __: int) -> web.StreamResponse:
        nonlocal refused
        fails = chance.random() < 0.5
        refused += fails
        return web.Response(status=500 if fails else 200)

    async with (
        scenario.deadline(),
        webhook_receiver(answer) as receiver,
        webhook_engine(database, MADE, sql=[TABLE]) as engine,
    ):
        # Ten failures in a row open the circuit for half a minute, which is taken off below.
        await engine.endpoint(receiver.url, retry=[0.01] * 90)
        ticks = Ticks(database.url, chance, keys=20)
        await ticks.write(number)
        while True:
            try:
                async with asyncio.timeout(1):
                    await until_delivered(engine, number)
                break
            except TimeoutError:
                await engine.run("update webhooks.endpoints set failures = 0, open_until = null, state = state")
    verdict = verdict_of(ticks, receiver)
    scenario.report("R20", "half of all answers are 500", f"{number} deliveries", heard=verdict, refused=refused)
    assert (verdict.lost, verdict.out_of_order, verdict.wrong) == (0, 0, 0), verdict
    assert verdict.repeated == refused


@pytest.mark.slow
async def test_an_answer_that_is_lost_brings_the_same_event_again_and_one_effect(
    database: Database, scenario: Scenario
):
    number, seen, effects, opened = scenario.size(20, 1_000), Seen(), [], 0
    opener = Receiver([SECRET.public_text], lambda: webhook_time[0])
    webhook_time = [0.0]

    async def answer(request: web.Request, count: int) -> web.StreamResponse:
        nonlocal opened
        got = receiver.received[count]
        webhook_time[0] = float(got.headers["webhook-timestamp"])
        message = opener.open(got.headers, got.body)
        opened += 1
        if seen.first_time(message.id):
            effects.append(message.data["record"]["number"])
            assert request.transport is not None
            request.transport.abort()  # processed, and nobody is told
        return web.Response()

    async with (
        scenario.deadline(),
        webhook_receiver(answer) as receiver,
        webhook_engine(database, MADE, sql=[TABLE]) as engine,
    ):
        await engine.endpoint(receiver.url, retry=[0.01] * 5)
        ticks = Ticks(database.url, scenario.chance, keys=1)
        await ticks.write(number)
        await until_delivered(engine, number)
    verdict = verdict_of(ticks, receiver)
    scenario.report("R21", "answers are lost", f"{number} deliveries", heard=verdict, effects=len(effects))
    assert effects == list(range(1, number + 1))
    assert (opened, verdict.repeated) == (2 * number, number)
    assert (verdict.lost, verdict.out_of_order, verdict.wrong) == (0, 0, 0), verdict


@pytest.mark.slow
async def test_a_stop_under_load_ends_what_is_under_way_and_repeats_nothing(database: Database, scenario: Scenario):
    number = scenario.size(200, 5_000)

    async def answer(_: web.Request, __: int) -> web.StreamResponse:
        await lasting(0.02)
        return web.Response()

    async with scenario.deadline(), webhook_receiver(answer) as receiver:
        ticks = Ticks(database.url, scenario.chance, keys=30)
        async with webhook_engine(database, MADE, sql=[TABLE]) as engine:
            await engine.endpoint(receiver.url)
            await ticks.write(number)
            await receiver.until(number // 3)
        before = len(receiver.received)
        async with webhook_engine(database, MADE) as engine:
            [left] = await engine.rows("select count(*) as n from webhooks.webhook_logs where status <> 'delivered'")
            await receiver.until(number, seconds=240)
            async with asyncio.timeout(60):
                while await engine.rows("select from webhooks.deliveries limit 1"):
                    await lasting(0.05)
    verdict = verdict_of(ticks, receiver)
    scenario.report("R24", "the sender stops in order", f"{number} deliveries, {before} before", heard=verdict)
    assert before < number
    assert left["n"] == 0
    assert (verdict.lost, verdict.repeated, verdict.out_of_order, verdict.wrong) == (0, 0, 0, 0), verdict


@pytest.mark.slow
async def test_what_a_stop_cuts_off_is_sent_again_when_its_lease_is_over(database: Database, scenario: Scenario):
    gate = asyncio.Event()

    async def answer(_: web.Request, __: int) -> web.StreamResponse:
        await gate.wait()
        return web.Response()

    settings = replace(SETTINGS, stop_seconds=0.1, lease_seconds=1.0)
    async with scenario.deadline(), webhook_receiver(answer) as receiver:
        ticks = Ticks(database.url, scenario.chance, keys=1)
        async with webhook_engine(database, MADE, sql=[TABLE], settings=settings) as engine:
            await engine.endpoint(receiver.url, timeout_ms=3000)
            await ticks.write(2)
            await receiver.until(1)
        gate.set()
        async with webhook_engine(database, MADE, settings=settings):
            await receiver.until(3)
        verdict = verdict_of(ticks, receiver)
    waited = receiver.received[1].at - receiver.received[0].at
    scenario.report(
        "R24", "a stop cuts a request off", "2 deliveries", heard=verdict, sent_again_after=f"{waited:.1f} s"
    )
    assert (verdict.lost, verdict.repeated, verdict.out_of_order, verdict.wrong) == (0, 1, 0, 0), verdict
    assert waited >= 1, "its lease, which lasts for 4 s from the claim on, has to end first"


async def rate(engine: WebhookEngine, receiver: WebhookReceiver, ticks: Ticks, number: int) -> float:
    """Fill the queue while nobody may send, then let it be emptied; return how many were sent a second."""
    await engine.run("update webhooks.endpoints set state = 'paused'")
    await ticks.write(number)
    await engine.until_captured()
    before, began = len(receiver.received), asyncio.get_running_loop().time()
    await engine.run("update webhooks.endpoints set state = 'enabled'")
    await receiver.until(before + number, seconds=600)
    return number / (asyncio.get_running_loop().time() - began)


@pytest.mark.slow
async def test_a_snapshot_held_open_stops_nothing_and_leaves_the_queue_small(database: Database, scenario: Scenario):
    number = scenario.size(150, 10_000)
    async with (
        scenario.deadline(),
        webhook_receiver() as receiver,
        webhook_engine(database, MADE, sql=[TABLE]) as engine,
        await psycopg.AsyncConnection.connect(database.url) as held,
    ):
        await engine.endpoint(receiver.url, max_in_flight=50)
        ticks = Ticks(database.url, scenario.chance, keys=100)
        before = await rate(engine, receiver, ticks, number)
        await engine.run("vacuum webhooks.deliveries")
        await held.execute("set transaction isolation level repeatable read")
        await held.execute("select txid_current(), count(*) from webhooks.deliveries")
        during = await rate(engine, receiver, ticks, number)
        [size] = await engine.rows("select pg_total_relation_size('webhooks.deliveries') as n")
        await held.rollback()
        await engine.run("vacuum webhooks.deliveries")
        after = await rate(engine, receiver, ticks, number)
        await until_delivered(engine, 3 * number)
    verdict = verdict_of(ticks, receiver)
    scenario.report(
        "R28", "a snapshot is held open", f"{number} deliveries before, while and after", heard=verdict,
        rates=f"{before:.0f}, {during:.0f} and {after:.0f} a second",
        queue=f"{size['n'] / number:.0f} bytes a delivery",
    )  # fmt: skip
    assert (verdict.lost, verdict.repeated, verdict.out_of_order, verdict.wrong) == (0, 0, 0, 0), verdict
    assert size["n"] <= 2048 * number + (1 << 20)
