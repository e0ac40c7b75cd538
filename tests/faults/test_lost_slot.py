"""R11, R12: PostgreSQL gives up a slot that keeps too much log. A warning comes first, and nothing goes on silently."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterator
from dataclasses import replace

import pytest

from millstream.change import Lsn
from millstream.server.project import Project
from millstream.wal.observations import SlotFilling, SlotNearlyLost, SlotRelieved
from millstream.wal.settings import WalSettings
from tests.faults.checker import judge
from tests.faults.conftest import Scenario
from tests.faults.listener import Listener, at_port
from tests.faults.servers import SLOT, OwnPostgres, Served, own_postgres
from tests.fixtures.command import run
from tests.fixtures.server import project_settings, serving
from tests.fixtures.witness import Witness

SEGMENT = 16 << 20
SEGMENTS = 6


@pytest.fixture(scope="module")
def server() -> Iterator[OwnPostgres]:
    limits = {"max_wal_size": "32MB", "min_wal_size": "32MB", "max_slot_wal_keep_size": f"{SEGMENTS * 16}MB"}
    with own_postgres(**limits) as started:
        yield started


@pytest.fixture
async def postgres(server: OwnPostgres) -> OwnPostgres:
    await server.run("select pg_drop_replication_slot(slot_name) from pg_replication_slots", "truncate ledger")
    return server


async def write_log(postgres: OwnPostgres, segments: int) -> None:
    """Have the log grow by so many segments, of which PostgreSQL may remove what nobody needs."""
    for _ in range(segments):
        await postgres.run("select pg_logical_emit_message(false, 'filler', 'x')", "select pg_switch_wal()")
    await postgres.run("checkpoint")


@pytest.mark.slow
@pytest.mark.parametrize("renews", [False, True], ids=["dropped by hand", "renewed by setting"])
async def test_a_lost_slot_is_told_and_every_client_loads_anew(
    postgres: OwnPostgres, scenario: Scenario, tmp_path, renews: bool
):
    ledger, rows = postgres.ledger, scenario.size(100, 2_000)
    served = Served(postgres.database.url, tmp_path, MILLSTREAM_RENEW_LOST_SLOT=str(renews))
    listener = Listener(at_port(served.port), select=ledger.stored)
    async with scenario.deadline(), served, asyncio.TaskGroup() as tasks:
        tasks.create_task(listener.run())
        await listener.until_outcome("started")
        await ledger.write(rows)
        await listener.until_heard(rows)
        served.send(signal.SIGSTOP)
        await ledger.write(rows, first=rows, body="z" * 9000)  # more than waits in buffers on the way
        checkpoint = tasks.create_task(write_log(postgres, 2 * SEGMENTS))
        await until_given_up(postgres, checkpoint)
        served.send(signal.SIGCONT)
        if not renews:
            lost = json.loads(await served.says('"log_lost"'))
            assert lost["slot"] == SLOT
            assert await served.readiness() == (503, {"slot_lost"})
            await ledger.write(rows, first=2 * rows)
            dropped = await run("slot", "drop", "--yes", folder=tmp_path, environment=served.environment)
            assert dropped.code == 0, dropped
        gap = json.loads(await served.says('"log_gap"'))
        assert renews or gap["after"] == lost["after"]
        assert Lsn.parse(gap["after"]) < Lsn.parse(gap["until"])
        await listener.until_outcome("reload")
        await ledger.write(rows, writer=1)
        await ledger.end()
    heard = {told.key for told in listener.heard}
    unheard = [key for key in await ledger.stored() if key not in heard]
    verdict = judge(sorted(await ledger.stored()), listener.heard, loaded=listener.loaded)
    verdict.reordered = 0 if is_rising(listener) else 1
    how = "a new slot by setting" if renews else "a new slot by hand"
    scenario.report("R11", f"lost slot, {how}", f"{len(heard) + len(unheard)} rows", verdict, selected=len(unheard))
    assert verdict.clean, verdict
    assert len(unheard) >= (1 if renews else rows), "the gap was filled from the log, which is gone"
    assert listener.outcomes["reload"] == 1
    assert listener.closes == {1012: 1}


async def until_given_up(postgres: OwnPostgres, checkpoint: asyncio.Task[None]) -> None:
    """Wait until PostgreSQL has removed the log, or waits for nothing but the end of the reader that is stopped."""
    query = "select count(*) from pg_stat_activity where wait_event = 'ReplicationSlotDrop'"
    async with await postgres.ledger.connect() as connection:
        while not checkpoint.done() and (await (await connection.execute(query.encode())).fetchone())[0] == 0:
            pass


def is_rising(listener: Listener) -> bool:
    places = [told.place for told in listener.heard]
    return places == sorted(places)


@pytest.mark.slow
async def test_a_slot_that_fills_is_warned_of_at_half_and_at_four_fifths(postgres: OwnPostgres, scenario: Scenario):
    witness = Witness()
    wal = WalSettings(slot_check_seconds=0.1, history_seconds=0, confirm_seconds=0.1)
    settings = replace(project_settings(postgres.database), wal=wal)
    shares = []
    async with scenario.deadline(), serving(settings, observe=witness) as (_, (project,)):
        await read_everything(project, postgres)
        project.tailer.stop()
        for kind in (SlotFilling, SlotNearlyLost):
            while not (seen := witness.all(kind)):
                await write_log(postgres, 1)
                await project.slot_watch.look()
            shares.append(round(seen[0].retained_bytes / seen[0].limit_bytes, 2))
        assert 0.5 <= shares[0] < 0.8 <= shares[1] <= 1.05
        assert [type(each) for each in witness.seen if isinstance(each, SlotFilling | SlotNearlyLost)] == [
            SlotFilling,
            SlotNearlyLost,
        ], "each is said once"
        follower = asyncio.ensure_future(project.tailer.run())
        while not witness.all(SlotRelieved):
            await write_log(postgres, 0)
            await project.slot_watch.look()
        follower.cancel()
    scenario.report("R12", "a slot fills", f"limit {SEGMENTS * 16} MB", warned_at=shares[0], critical_at=shares[1])


async def read_everything(project: Project, postgres: OwnPostgres) -> None:
    async with await postgres.ledger.connect() as connection:
        [lsn] = await (await connection.execute("select pg_current_wal_lsn()")).fetchone()
    await project.tailer.until_applied(Lsn.parse(lsn))


@pytest.mark.slow
async def test_the_history_never_costs_the_slot(postgres: OwnPostgres, scenario: Scenario):
    """The history would keep 256 MB of log, which is more than PostgreSQL lets any slot keep here."""
    settings = replace(project_settings(postgres.database), wal=WalSettings(confirm_seconds=0.1))
    async with scenario.deadline(), serving(settings) as (_, (project,)):
        for number in range(3 * SEGMENTS):
            await write_log(postgres, 1)
            await postgres.ledger.write(1, first=number)
            await read_everything(project, postgres)
            await confirmed_within(postgres, 2 * SEGMENT)
        assert project.tailer.streaming
    scenario.report("R11", "the history and the limit of the slot", f"{3 * SEGMENTS * 16} MB of log", slots_lost=0)


async def confirmed_within(postgres: OwnPostgres, most: int) -> None:
    """Wait until the slot keeps no more than so much."""
    query = "select pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn) from pg_replication_slots"
    async with await postgres.ledger.connect() as connection:
        while (await (await connection.execute(query.encode())).fetchone())[0] > most:
            pass
