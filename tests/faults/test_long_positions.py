"""R29: positions in the log beyond 2^32 and 2^63 are compared and told as any other."""

from __future__ import annotations

import asyncio
import subprocess

import pytest

from millstream.server.embedded_account import account_for
from millstream.server.embedded_binaries import CLEAN_ENVIRONMENT, find_binaries
from tests.faults.checker import judge
from tests.faults.conftest import Scenario
from tests.faults.listener import Listener, at_port
from tests.faults.servers import OwnPostgres, own_postgres
from tests.fixtures.server import project_settings, serving

BEFORE = {"2^32": ("0000000000000000000000FF", 1 << 32), "2^63": ("7FFFFFFF000000FF", 1 << 63)}


def reset_to(postgres: OwnPostgres, segment: str) -> None:
    """Have the log go on in this segment, the last one before the boundary."""
    folders = postgres.postgres.folders
    account = account_for(folders.root)
    program = find_binaries(account, folders.root).program("pg_resetwal")
    postgres.postgres.stop()
    subprocess.run(
        [program, "--next-wal-file", f"00000001{segment[-16:]}", "--pgdata", str(folders.data)],
        check=True, capture_output=True, cwd="/", env=CLEAN_ENVIRONMENT, **account.child_user,
    )  # fmt: skip
    postgres.postgres.start()


@pytest.mark.slow
@pytest.mark.parametrize("boundary", BEFORE)
async def test_the_log_passes_a_boundary_of_numbers(scenario: Scenario, boundary: str):
    segment, position = BEFORE[boundary]
    rows = scenario.size(50, 2_000)
    with own_postgres() as postgres:
        reset_to(postgres, segment)
        await postgres.ledger.begin()
        settings = project_settings(postgres.database)
        listener = Listener(at_port(0))
        for life in range(2):
            async with scenario.deadline(), serving(settings) as (url, _), asyncio.TaskGroup() as tasks:
                listener.connect = at_port(int(url.rpartition(":")[2]))
                hearing = tasks.create_task(listener.run() if life else listener.listen(4 * rows))
                await listener.until_outcome("resumed" if life else "started")
                await postgres.ledger.write(rows, writer=2 * life)
                if not life:
                    await listener.until_heard(rows)
                    await postgres.run("select pg_switch_wal()")
                await postgres.ledger.write(rows, writer=2 * life + 1)
                if life:
                    await postgres.ledger.end()
                else:
                    await listener.until_heard(2 * rows)
                    hearing.cancel()
        verdict = judge(await postgres.ledger.committed(), listener.heard)
    before = sum(told.place[0] < position for told in listener.heard)
    scenario.report("R29", f"positions around {boundary}", f"{len(listener.heard)} rows, {before} before", verdict)
    assert verdict.clean, verdict
    assert before == rows
    assert listener.outcomes == {"started": 1, "resumed": 1}
