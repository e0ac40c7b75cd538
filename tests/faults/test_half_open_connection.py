"""R6: the network between server and PostgreSQL drops everything for a while. No connection hangs, nothing is lost."""

from __future__ import annotations

import asyncio
import socket
import time
from dataclasses import replace
from urllib.parse import quote

import pytest

from millstream.auth.api_keys import ApiKeys
from millstream.auth.settings import AuthSettings
from millstream.server.embedded_cluster import ADMINISTRATOR
from millstream.wal.observations import LogInterrupted, LogStreaming
from millstream.wal.settings import WalSettings
from tests.faults.checker import judge
from tests.faults.conftest import Scenario
from tests.faults.duration import lasting
from tests.faults.ledger import Writers
from tests.faults.listener import PATH, Listener, at_port
from tests.faults.network import Host, network_of, relay_to
from tests.faults.servers import Served, own_postgres
from tests.fixtures.debian_postgres import free_port
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving
from tests.fixtures.witness import Witness

SILENCE_SECONDS = 0.5


@pytest.mark.slow
async def test_a_silent_network_to_postgresql_is_noticed_and_nothing_is_lost(scenario: Scenario):
    rows, witness = scenario.size(300, 5_000), Witness()
    with own_postgres(port=free_port()) as postgres:
        url = f"{postgres.postgres.tcp_url}"
        password = postgres.postgres.folders.password.read_text().strip()
        port = int(url.rpartition(":")[2].partition("/")[0])
        await postgres.ledger.begin()
        async with scenario.deadline(), relay_to(port) as relay:
            through = f"postgresql://{ADMINISTRATOR}:{quote(password)}@127.0.0.1:{relay.port}/millstream"
            wal = WalSettings(silence_seconds=SILENCE_SECONDS, confirm_seconds=0.1, reconnect_seconds=0.2)
            settings = project_settings(Database("millstream", through, postgres.database.admin_url), wal=wal)
            settings = replace(settings, database=replace(settings.database, connect_seconds=2.0))
            async with serving(settings, observe=witness) as (server, _), asyncio.TaskGroup() as tasks:
                listener = Listener(at_port(int(server.rpartition(":")[2])))
                tasks.create_task(listener.run())
                await listener.until_outcome("started")
                writers = Writers(postgres.ledger, scenario.chance)
                await writers.write(rows)
                relay.silent = True
                began = time.monotonic()
                await writers.write(rows)
                await witness.saw(LogInterrupted)
                noticed = time.monotonic() - began
                relay.silent = False
                healed = time.monotonic()
                await witness.saw(LogStreaming, times=2)
                back = time.monotonic() - healed
                await postgres.ledger.end()
        verdict = judge(await postgres.ledger.committed(), listener.heard)
    scenario.report(
        "R6", "silent network to PostgreSQL (relay)", f"{len(listener.heard)} rows", verdict,
        noticed_after=f"{noticed:.1f} s", back_after=f"{back:.1f} s",
    )  # fmt: skip
    assert verdict.clean, verdict
    assert listener.breaks == 0, "sockets outlive what they do not depend on"


@pytest.mark.slow
async def test_a_partition_from_postgresql_is_noticed_and_nothing_is_lost(scenario: Scenario, tmp_path):
    seconds, rows = scenario.size(3, 60), scenario.size(200, 5_000)
    keys = ApiKeys(AuthSettings())
    with network_of("database", "server") as network:
        database, server = network.hosts
        port = free_port()
        with own_postgres(port=port, host=database, listen_addresses="*") as postgres:
            with (postgres.postgres.folders.data / "pg_hba.conf").open("a") as rules:
                rules.write(
                    "host all all 10.213.0.0/16 scram-sha-256\nhost replication all 10.213.0.0/16 scram-sha-256\n"
                )
            await postgres.run("select pg_reload_conf()")
            await postgres.ledger.begin()
            password = postgres.postgres.folders.password.read_text().strip()
            url = f"postgresql://{ADMINISTRATOR}:{quote(password)}@{database.address}:{port}/millstream?sslmode=disable"
            served = Served(url, tmp_path, *server.prefix, MILLSTREAM_LOG_SILENCE_SECONDS=str(min(seconds / 4, 10)))
            async with scenario.deadline(), served, asyncio.TaskGroup() as tasks:
                listener = Listener(lambda: server.connected("127.0.0.1", served.port, PATH))
                tasks.create_task(listener.run())
                await listener.until_outcome("started")
                writers = Writers(postgres.ledger, scenario.chance)
                await writers.write(rows)
                await listener.until_heard(rows)
                network.forward(False)
                began = time.monotonic()
                await writers.write(rows)
                await served.says('"log_interrupted"')
                noticed = time.monotonic() - began
                await lasting(max(0.0, seconds - noticed))
                network.forward(True)
                healed = time.monotonic()
                await listener.until_heard(2 * rows)
                back = time.monotonic() - healed
                assert await asked(server, served.port, keys.anon_key) == 200
                await postgres.ledger.end()
            verdict = judge(await postgres.ledger.committed(), listener.heard)
    scenario.report(
        "R6", "partition from PostgreSQL (namespaces)", f"{len(listener.heard)} rows, {seconds} s", verdict,
        noticed_after=f"{noticed:.1f} s", back_after=f"{back:.1f} s",
    )  # fmt: skip
    assert verdict.clean, verdict


async def asked(host: Host, port: int, key: str) -> int:
    """Ask the data API from the server's own host; return the status of its answer."""
    made = host.call(lambda: socket.create_connection(("127.0.0.1", port), timeout=5))
    made.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=made)
    async with asyncio.timeout(40):
        writer.write(
            f"GET /rest/v1/ledger?limit=1 HTTP/1.1\r\nHost: x\r\napikey: {key}\r\nConnection: close\r\n\r\n".encode()
        )
        head = await reader.readline()
    writer.transport.abort()
    return int(head.split()[1])
