"""R17: the clock of the sender is an hour fast or slow, or is set back. Schedules and signatures go by PostgreSQL's.

The process reads a wall clock that was put wrong before its first import (`webhook_sender`), as `libfaketime` would do.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from aiohttp import web

from tests.faults.conftest import Scenario
from tests.faults.webhook_ticks import TABLE, SenderProcess, Ticks, add_endpoint
from tests.fixtures.postgres import Database
from tests.fixtures.webhook_receiver import Received, webhook_receiver

HOUR = 3600.0
RETRY_AFTER = 3
WAIT = 1.0
MOST_LATE = 120.0
"""Far from the hour by which the clock is wrong, and as far from what a busy machine takes."""

# PostgreSQL may learn later than we do that the sender was killed.
DROP_ONCE_LET_GO = """do $$ begin
  while exists (select from pg_replication_slots where slot_name = '{slot}' and active) loop
    perform pg_sleep(0.05);
  end loop;
  perform pg_drop_replication_slot('{slot}');
end $$"""


@pytest.mark.slow
@pytest.mark.parametrize("skew", [HOUR, -HOUR], ids=["fast", "slow"])
async def test_schedule_circuit_and_signature_follow_the_database(database: Database, scenario: Scenario, skew: float):
    asked: list[float] = []

    async def answer(_: web.Request, number: int) -> web.StreamResponse:
        if number == 0:
            moment = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=RETRY_AFTER + 1)
            asked.append(moment.timestamp())
            return web.Response(status=503, headers={"retry-after": format_datetime(moment, usegmt=True)})
        return web.Response(status=500 if number == 1 else 200)

    database.run_as_server(TABLE)
    async with scenario.deadline(), webhook_receiver(answer) as receiver:
        opens = time.time() + 2
        await add_endpoint(
            database.url, receiver.url, retry=[WAIT] * 5, failures=1, open_until=datetime.fromtimestamp(opens, UTC)
        )
        sender = await SenderProcess.start(database.url, database.slot, skew=skew)
        try:
            await Ticks(database.url, scenario.chance, keys=1).write(1)
            await receiver.until(2, seconds=MOST_LATE)
            sender.set_clock_back()  # with a retry pending
            await sender.says("set back")
            requests = await receiver.until(3, seconds=MOST_LATE)
        finally:
            await sender.kill()
            database.run(DROP_ONCE_LET_GO.format(slot=database.slot))
    at = wall_times(requests)
    waits = [at[0] - opens, at[1] - asked[0], at[2] - at[1]]
    scenario.report(
        "R17", "the sender's clock is wrong", f"{skew:+.0f} s, then 600 s back",
        circuit_probed_after=f"{waits[0]:.2f} s", retry_after_kept_and=f"{waits[1]:.2f} s",
        planned_wait_of_1_s_was=f"{waits[2]:.2f} s",
    )  # fmt: skip
    assert 0 <= waits[0] < MOST_LATE, "the circuit was to stay open until then, and no longer"
    assert 0 <= waits[1] < MOST_LATE, "not before the date that the receiver named"
    assert 0.8 * WAIT <= waits[2] < MOST_LATE
    for request, moment in zip(requests, at, strict=True):
        assert abs(int(request.headers["webhook-timestamp"]) - moment) < MOST_LATE


def wall_times(requests: list[Received]) -> list[float]:
    """Return when the requests came, by the wall clock, which is right in this process."""
    offset = time.time() - asyncio.get_running_loop().time()
    return [request.at + offset for request in requests]
