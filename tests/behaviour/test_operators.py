"""What operators are shown: whether the server lives and is ready, and its figures, to who may read them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from millstream.asgi.operator_settings import OperatorSettings
from millstream.auth.settings import AuthSettings
from millstream.change import Lsn
from millstream.server.metrics import METRICS, PROCESS
from millstream.server.project import Project
from millstream.server.project_settings import ProjectSettings
from millstream.subscriptions.observations import ChangesDelivered, ChangesJudged
from millstream.wal.observations import LogInterrupted
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving
from tests.fixtures.websocket_client import connected
from tests.fixtures.witness import Witness

SCHEMA = """
create table notes (id int primary key, body text);
alter table notes enable row level security;
create policy short on notes for select to anon using (length(body) < 10);
grant select on notes to anon;
alter publication supabase_realtime add table notes;
"""
PATIENCE = aiohttp.ClientTimeout(total=30)
OWN_KEYS = AuthSettings(
    jwt_secret="a-secret-of-this-test-that-nobody-else-has",
    publishable_keys=("sb_publishable_of_this_test",),
    secret_keys=("sb_secret_of_this_test",),
)


@dataclass(frozen=True, slots=True)
class Served:
    url: str
    project: Project
    database: Database

    async def get(self, path: str, **headers: str) -> tuple[int, Any]:
        """Return status and body, as JSON where it is."""
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as http,
            http.get(self.url + path, headers=headers) as answer,
        ):
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else await answer.text()

    async def figures(self, **headers: str) -> dict[str, float]:
        """Return the samples of /metrics, labels in braces as Prometheus writes them."""
        status, text = await self.get("/metrics", **headers)
        assert status == 200, text
        return {
            sample.name + "".join(f"{{{value}}}" for value in sample.labels.values()): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def write(self, statement: str) -> None:
        """Commit and wait until it was told."""
        async with await psycopg.AsyncConnection.connect(self.database.admin_url, autocommit=True) as connection:
            await connection.execute("set synchronous_commit = on")
            await connection.execute(statement.encode())
            [lsn] = await (await connection.execute("select pg_current_wal_insert_lsn()::text")).fetchone()
        async with asyncio.timeout(10):
            await self.project.tailer.until_applied(Lsn.parse(lsn))


@pytest.fixture
def settings(database: Database) -> ProjectSettings:
    database.run_as_server(SCHEMA)
    return project_settings(database)


@pytest.fixture
async def served(settings: ProjectSettings, database: Database) -> AsyncIterator[Served]:
    async with serving(settings) as (url, (project,)):
        yield Served(url, project, database)


async def test_a_server_whose_log_flows_is_ready(served: Served):
    assert await served.get("/ready") == (200, {"status": "ready", "problems": []})


async def test_metrics_have_every_documented_name_and_no_other(served: Served):
    _, text = await served.get("/metrics")
    shown = {family.name for family in text_string_to_metric_families(text)}
    documented = {metric.name.removesuffix("_total") for metric in METRICS}
    process = {name.removesuffix("_total") for name in PROCESS}
    assert shown == documented | process


async def test_metrics_count_what_happens_on_sockets_and_in_the_log(served: Served):
    port, key = int(served.url.rpartition(":")[2]), served.project.auth.api_keys.anon_key
    config = {"postgres_changes": [{"event": "*", "schema": "public", "table": "notes"}]}
    async with connected(port, f"/realtime/v1/websocket?vsn=2.0.0&apikey={key}") as client:
        await client.join("realtime:notes", config)
        await client.hear_event("system")
        await client.join("realtime:nowhere", {"private": True})
        await served.write("insert into notes values (1, 'short'), (2, 'longer than that')")
        await client.hear_event("postgres_changes")
        figures = await served.figures()
    assert figures["millstream_sockets"] == 1
    assert figures["millstream_channels"] == 1
    assert figures["millstream_subscriptions{public}{notes}"] == 1
    assert figures["millstream_sockets_opened_total{2.0.0}"] == 1
    assert figures["millstream_joins_total"] == 1
    assert figures["millstream_joins_refused_total{Unauthorized}"] == 1
    assert figures["millstream_messages_received_total"] == 2
    assert figures["millstream_changes_told_total"] >= 1
    assert figures["millstream_fan_out_deliveries_total"] == 1
    assert sum(value for name, value in figures.items() if name.startswith("millstream_visibility_verdicts")) >= 2
    assert figures["millstream_log_streaming"] == 1
    assert figures["millstream_slot_state{ok}"] == 1
    assert figures["millstream_slot_retained_bytes"] > 0
    assert figures["millstream_history_transactions"] >= 1
    assert figures["process_resident_memory_bytes"] > 1_000_000


async def test_metrics_count_requests_and_sign_ins_by_how_they_ended(served: Served):
    key = served.project.auth.api_keys.anon_key
    assert (await served.get("/rest/v1/notes", apikey=key))[0] == 200
    assert (await served.get("/rest/v1/nothing", apikey=key))[0] == 404
    async with aiohttp.ClientSession() as http:
        person = {"email": "ann@example.com", "password": "correct horse"}
        await http.post(f"{served.url}/auth/v1/signup", json=person)
        for password in ("correct horse", "wrong"):
            given = {**person, "password": password}
            await http.post(f"{served.url}/auth/v1/token?grant_type=password", json=given)
    figures = await served.figures()
    assert figures["millstream_data_api_requests_total{GET}{200}"] == 1
    assert figures["millstream_data_api_requests_total{GET}{404}"] == 1
    assert figures["millstream_data_api_request_seconds_count{GET}"] == 2
    assert figures["millstream_errors_total{data_api}{PGRST205}"] == 1
    assert figures["millstream_auth_sign_ins_total{sign_up}{ok}"] == 1
    assert figures["millstream_auth_sign_ins_total{password}{ok}"] == 1
    assert figures["millstream_auth_sign_ins_total{password}{invalid_credentials}"] == 1


async def test_openmetrics_is_served_to_who_asks_for_it(served: Served):
    status, text = await served.get("/metrics", accept="application/openmetrics-text; version=1.0.0")
    assert status == 200
    assert text.endswith("# EOF\n")


async def test_what_a_proxy_forwards_is_not_of_this_machine(served: Served):
    for header in ("x-forwarded-for", "forwarded", "x-real-ip", "via"):
        status, body = await served.get("/metrics", **{header: "127.0.0.1"})
        assert (status, body["code"]) == (401, "metrics_key_required")


async def test_a_page_that_resolves_its_name_to_this_machine_reads_nothing(served: Served):
    for host in ("metrics.example.com", "127.0.0.1.example.com", "[::2]", "localhost.", ""):
        status, body = await served.get("/metrics", host=host)
        assert status in {400, 401}
        assert "millstream_sockets" not in str(body)


async def test_a_project_with_keys_of_its_own_wants_the_token_or_a_secret_key(
    settings: ProjectSettings, database: Database
):
    given = replace(settings, auth=OWN_KEYS, operators=OperatorSettings(metrics_token="scrape"))
    async with serving(given) as (url, (project,)):
        served = Served(url, project, database)
        anon = project.auth.api_keys.anon_key
        for refused in ({}, {"authorization": "Bearer wrong"}, {"apikey": anon}, {"authorization": f"Bearer {anon}"}):
            status, body = await served.get("/metrics", **refused)
            assert status == 401, refused
            assert "millstream" not in str(body)
        for key in ("scrape", "sb_secret_of_this_test", project.auth.api_keys.service_role_key):
            assert "millstream_sockets" in await served.figures(authorization=f"Bearer {key}")
        assert (await served.get("/ready"))[0] == 200, "readiness is for everybody"


async def test_without_its_database_the_server_lives_but_is_not_ready(settings: ProjectSettings, database: Database):
    witness = Witness()
    quick = replace(settings, wal=replace(settings.wal, reconnect_seconds=0.1))
    async with serving(quick, observe=witness) as (url, (project,)):
        served = Served(url, project, database)
        interrupted = asyncio.create_task(witness.saw(LogInterrupted))
        close_to_everybody(database, True)
        await interrupted
        status, body = await served.get("/ready")
        assert (status, body["status"]) == (503, "failed")
        assert {each["what"] for each in body["problems"]} == {"database", "log"}
        assert (await served.get("/health"))[0] == 200, "a restart would not bring the database back"
        figures = await served.figures()
        assert figures["millstream_log_streaming"] == 0
        assert "millstream_log_lag_bytes" not in figures, "nobody knows"
        close_to_everybody(database, False)
        async with asyncio.timeout(10):
            await project.tailer.until_streaming()
            while (await served.get("/ready"))[0] != 200:
                pass


def close_to_everybody(database: Database, closed: bool) -> None:
    """Have PostgreSQL refuse and end all connections to the database, or let them in again."""
    with psycopg.connect(database.admin_url, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"alter database {database.name} allow_connections {not closed}".encode())
        if closed:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (database.name,)
            )


async def test_one_batch_for_a_thousand_is_counted_as_often_as_for_one(settings: ProjectSettings, database: Database):
    """Counting costs nothing per recipient: what a transaction says does not depend on how many hear of it."""
    witness = Witness()
    config = {"postgres_changes": [{"event": "*", "schema": "public", "table": "notes"}]}
    said: list[int] = []
    async with serving(settings, observe=witness) as (url, (project,)), AsyncExitStack() as clients:
        served, key = Served(url, project, database), project.auth.api_keys.anon_key
        for number, listeners in enumerate((1, 49)):
            for _ in range(listeners):
                path = f"/realtime/v1/websocket?vsn=2.0.0&apikey={key}"
                client = await clients.enter_async_context(connected(int(url.rpartition(":")[2]), path))
                await client.join("realtime:notes", config)
                await client.hear_event("system")
            witness.seen.clear()
            await served.write(f"insert into notes values ({number}, 'short')")
            said.append(len([each for each in witness.seen if isinstance(each, ChangesJudged | ChangesDelivered)]))
            assert witness.all(ChangesDelivered)[-1].deliveries == 1 + number * 49
    assert said == [2, 2]
