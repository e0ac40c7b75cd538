"""R18 and receivers that fail in every way: down for an hour, answering 500 or 410, hanging, dripping, talking much.

The schedule is followed, figures are right, one alert is raised, and a receiver beside it waits for nothing. Time that
passes is taken off every time that the database has noted: what is due in an hour is due now. How long a wait was
planned is read where it is noted, so that a slow machine changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

import pytest
from aiohttp import web

from millstream.webhooks.observations import WebhookAttempted, WebhookEndpointDisabled
from tests.faults.conftest import Scenario
from tests.faults.duration import lasting
from tests.faults.webhook_ticks import MADE, TABLE, Ticks
from tests.fixtures.postgres import Database
from tests.fixtures.webhook_engine import SETTINGS, WebhookEngine, webhook_engine
from tests.fixtures.webhook_receiver import WebhookReceiver, accept, statuses, webhook_receiver

PLANS = (
    TABLE,
    "create table plans (delivery_id bigint, attempt integer, wait double precision)",
    """
    create function note_plan() returns trigger language plpgsql security definer as $$
    begin
      insert into plans values (new.id, new.attempts, extract(epoch from new.run_at - clock_timestamp()));
      return null;
    end $$
    """,
    """
    create trigger note_plan after update on webhooks.deliveries for each row
      when (old.owner is not null and new.owner is null) execute function note_plan()
    """,
)
HOUR = 3600.0
Answer = Callable[[web.Request, int], Awaitable[web.StreamResponse]]


async def pass_time(engine: WebhookEngine, seconds: float) -> None:
    """Let an interval pass, but for what is being sent now."""
    past = f"make_interval(secs => {seconds})"
    await engine.run(
        f"update webhooks.deliveries set run_at = run_at - {past} where owner is null;"
        f"update webhooks.endpoints set failing_since = failing_since - {past}, open_until = open_until - {past},"
        " state = state"  # which has every process read the endpoints anew
    )


async def until_rested(engine: WebhookEngine, endpoint_id: UUID) -> None:
    """Wait until nothing of the endpoint is due or being sent."""
    due = (
        "select exists (select from webhooks.deliveries d join webhooks.endpoints e on e.id = d.endpoint_id"
        " where e.id = %s and e.state = 'enabled' and d.state = 'ready'"
        " and (d.owner is not null or (d.run_at <= now() and (e.open_until is null or e.open_until <= now())))) as due"
    )
    async with asyncio.timeout(120):
        while (await engine.rows(due, endpoint_id))[0]["due"]:
            await lasting(0.02)


async def write(engine: WebhookEngine, scenario: Scenario, number: int, keys: int) -> Ticks:
    ticks = Ticks(engine.database.url, scenario.chance, keys=keys)
    await ticks.write(number)
    await engine.until_captured()
    return ticks


def heard(receiver: WebhookReceiver) -> list[tuple[int, int]]:
    """Return the ticks in the order in which they were first heard."""
    records = [request.json["data"]["record"] for request in receiver.received]
    return list(dict.fromkeys((record["key"], record["number"]) for record in records))


def in_order(ticks: list[tuple[int, int]]) -> bool:
    keys = {key for key, _ in ticks}
    return all(numbers == sorted(numbers) for numbers in ([n for k, n in ticks if k == key] for key in keys))


async def check_figures(engine: WebhookEngine, endpoint_id: UUID, receiver: WebhookReceiver, delivered: int) -> None:
    """Compare figures and log with what the receiver has counted."""
    [stats] = await engine.rows("select * from webhooks.webhook_stats where endpoint_id = %s", endpoint_id)
    requests = len(receiver.received)
    counted = (stats["total_sent"], stats["successful_sent"], stats["failed_sent"])
    assert counted == (requests, delivered, requests - delivered)
    assert float(stats["success_rate"]) == round(100 * delivered / requests, 2)
    [logs] = await engine.rows(
        "select count(*) as n, count(*) filter (where status = 'delivered') as delivered"
        " from webhooks.webhook_logs where endpoint_id = %s",
        endpoint_id,
    )
    assert (logs["n"], logs["delivered"]) == (requests, delivered)


async def until_disabled(engine: WebhookEngine, endpoint_id: UUID) -> float:
    """Let time pass in steps of five minutes until the endpoint is disabled; return how much has passed."""
    passed = 0.0
    while not engine.witness.all(WebhookEndpointDisabled):
        await until_rested(engine, endpoint_id)
        assert passed < 2 * HOUR
        passed += 300
        await pass_time(engine, 300)
        await until_rested(engine, endpoint_id)
    return passed


async def enable_until_delivered(engine: WebhookEngine, endpoint_id: UUID, number: int) -> None:
    await engine.run(
        "update webhooks.endpoints set state = 'enabled', failures = 0, failing_since = null, open_until = null",
        "update webhooks.deliveries set run_at = now()",
    )
    await engine.witness.saw(
        WebhookAttempted,
        lambda one: one.endpoint_id == str(endpoint_id) and one.status == "delivered",
        times=number,
    )


async def plans(engine: WebhookEngine) -> list[tuple[int, float]]:
    rows = await engine.rows("select attempt, wait from plans order by delivery_id, attempt")
    return [(row["attempt"], row["wait"]) for row in rows]


@pytest.mark.slow
async def test_attempts_follow_the_standard_schedule_for_days(database: Database, scenario: Scenario):
    waits = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
    async with (
        scenario.deadline(),
        webhook_receiver(statuses(500)) as receiver,
        webhook_engine(database, MADE, sql=PLANS) as engine,
    ):
        await engine.endpoint(receiver.url, retry="standard")
        await write(engine, scenario, 1, 1)
        for attempt, wait in enumerate(waits, 1):
            await engine.witness.saw(WebhookAttempted, times=attempt)
            assert [number for number, _ in await plans(engine)] == list(range(1, attempt + 1))
            await pass_time(engine, wait * 1.2)
        await engine.witness.saw(WebhookAttempted, times=10)
        planned = await plans(engine)
        [dead] = await engine.rows("select attempts, reason from webhooks.dead_letters")
        numbers = [request.headers["webhook-attempt"] for request in receiver.received]
    shares = [planned_wait / wait for (_, planned_wait), wait in zip(planned, waits, strict=True)]
    scenario.report(
        "R18", "the standard schedule, to its end", "1 delivery, 10 attempts",
        planned=f"{min(shares):.2f} to {max(shares):.2f} of the schedule",
    )  # fmt: skip
    assert all(0.8 <= share <= 1.2 for share in shares), planned
    assert dead == {"attempts": 10, "reason": "http_500"}
    assert numbers == [str(number) for number in range(1, 11)]


@pytest.mark.slow
async def test_no_attempt_comes_before_its_time_or_before_what_the_receiver_asked_for(
    database: Database, scenario: Scenario
):
    waits, asked = (0.3, 0.6, 0.9, 0.2), 1

    async def answer(_: web.Request, number: int) -> web.StreamResponse:
        codes = (500, 400, 302, 429, 200)
        return web.Response(status=codes[number], headers={"retry-after": str(asked)} if number == 3 else None)

    async with (
        scenario.deadline(),
        webhook_receiver(answer) as receiver,
        webhook_engine(database, MADE, sql=PLANS) as engine,
    ):
        await engine.endpoint(receiver.url, retry=list(waits))
        await write(engine, scenario, 1, 1)
        await engine.witness.saw(WebhookAttempted, lambda one: one.status == "delivered")
        planned = await plans(engine)
        at = [request.at for request in receiver.received]
    wanted = (*waits[:3], asked)
    gaps = [after - before for before, after in pairwise(at)]
    scenario.report(
        "R18", "a compressed schedule and Retry-After", "1 delivery, 5 attempts",
        waits=" ".join(f"{gap:.2f}/{wait}" for gap, wait in zip(gaps, wanted, strict=True)),
    )  # fmt: skip
    assert all(gap >= 0.8 * wait for gap, wait in zip(gaps, wanted, strict=True)), gaps
    assert gaps[3] >= asked
    assert all(wait <= 1.2 * want for (_, wait), want in zip(planned, wanted, strict=True)), planned


@pytest.mark.slow
async def test_a_receiver_that_is_down_for_an_hour_is_disabled_with_one_alert_and_gets_everything_afterwards(
    database: Database, scenario: Scenario
):
    ticks, keys = scenario.size(40, 400), 8
    settings = replace(SETTINGS, disable_after_hours=1.0)
    async with (
        scenario.deadline(),
        webhook_receiver(statuses(500)) as down,
        webhook_receiver() as healthy,
        webhook_engine(database, MADE, sql=PLANS, settings=settings) as engine,
    ):
        endpoint_id = await engine.endpoint(down.url, retry={"first": 60, "factor": 1, "attempts": 100})
        await engine.endpoint(healthy.url)
        source = await write(engine, scenario, ticks, keys)
        await healthy.until(ticks)
        passed = await until_disabled(engine, endpoint_id)
        failed = len(down.received)
        kept = await engine.rows("select from webhooks.deliveries where endpoint_id = %s", endpoint_id)
        await source.write(ticks)
        await healthy.until(2 * ticks)
        await engine.until_captured()
        assert len(down.received) == failed, "nothing is sent while it is disabled"
        down.answer = accept
        await enable_until_delivered(engine, endpoint_id, 2 * ticks)
        await check_figures(engine, endpoint_id, down, 2 * ticks)
        planned = await plans(engine)
        alerts = engine.witness.all(WebhookEndpointDisabled)
    everything = {(key, number) for key, made in source.made.items() for number in range(1, made + 1)}
    scenario.report(
        "R18", "down for an hour", f"{2 * ticks} deliveries, {keys} keys",
        failed_attempts=failed, alerts=len(alerts), disabled_after=f"{passed / 60:.0f} min",
        lost=len(everything - set(heard(down))),
    )  # fmt: skip
    assert [(one.endpoint_id, one.reason) for one in alerts] == [(str(endpoint_id), "failing")]
    assert HOUR <= passed <= HOUR + 1800
    assert len(kept) == ticks
    assert all(0.8 * 60 <= wait <= 1.2 * 60 for _, wait in planned), planned
    assert set(heard(down)) == everything
    assert in_order(heard(down))
    assert in_order(heard(healthy))


async def hang(_: web.Request, __: int) -> web.StreamResponse:
    """Never answer."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError


async def drip(request: web.Request, _: int) -> web.StreamResponse:
    """Answer one byte after the other, without an end."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b".")
        await lasting(0.02)


async def talk(request: web.Request, _: int) -> web.StreamResponse:
    """Answer with a gigabyte, as much of it as anybody reads."""
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(1 << 10):
        await response.write(b"x" * (1 << 20))
    return response


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "errors"),
    [
        (statuses(500), {None}),
        (statuses(410), {None}),
        (hang, {"timeout"}),
        (drip, {"timeout"}),
        (talk, {"answer_too_long"}),
    ],
    ids=["500", "410", "hangs", "drips", "talks"],
)
async def test_a_receiver_that_fails_in_its_way_delays_nobody_and_is_counted_right(
    database: Database, scenario: Scenario, answer: Answer, errors: set[str | None]
):
    ticks = scenario.size(12, 100)
    settings = replace(SETTINGS, disable_after_hours=0.0)
    async with (
        scenario.deadline(),
        webhook_receiver(answer) as sick,
        webhook_receiver() as healthy,
        webhook_engine(database, MADE, sql=PLANS, settings=settings) as engine,
    ):
        endpoint_id = await engine.endpoint(
            sick.url, retry=[60] * 9, max_in_flight=20, timeout_ms=1000 if "timeout" in errors else 60_000
        )
        await engine.endpoint(healthy.url)
        await write(engine, scenario, ticks, 1000)
        await healthy.until(ticks)
        while not engine.witness.all(WebhookEndpointDisabled):
            await until_rested(engine, endpoint_id)
            await pass_time(engine, HOUR)
        await until_rested(engine, endpoint_id)
        async with asyncio.timeout(60):
            while engine.webhooks.worker.under_way:
                await lasting(0.02)
        alerts = engine.witness.all(WebhookEndpointDisabled)
        await check_figures(engine, endpoint_id, sick, 0)
        logs = await engine.rows(
            "select distinct error, length(response_body) as kept from webhooks.webhook_logs where endpoint_id = %s",
            endpoint_id,
        )
        planned = await plans(engine)
        open_or_dead = await engine.rows(
            "select event_id from webhooks.deliveries union all select event_id from webhooks.dead_letters"
        )
    assert [one.endpoint_id for one in alerts] == [str(endpoint_id)]
    assert {log["error"] for log in logs} == errors
    assert all((log["kept"] or 0) <= SETTINGS.response_bytes for log in logs)
    assert all(48 <= wait <= 72 for _, wait in planned), planned
    assert len(open_or_dead) == ticks, "nothing of it is forgotten"
    assert len(heard(healthy)) == ticks
