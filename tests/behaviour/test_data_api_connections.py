"""One connection after another: answers are whole, in order, and stop being made when nobody waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
import pytest

from tests.fixtures.postgres import Database
from tests.fixtures.server import HOST, project_settings, serving

SCHEMA = """
create table public.things (id int primary key, name text);
grant select on public.things to anon;
insert into public.things values (1, 'one'), (2, 'two');
create function public.wait(seconds float8) returns void stable language sql as 'select pg_sleep(seconds)';
create function public.bad_header() returns void language sql
  as $$ select set_config('response.headers', '[{"x-broken": "a\\r\\nb"}]', true) $$;
"""
DEADLINE_SECONDS = 20
SLEEPING = "select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"


@dataclass(frozen=True)
class Client:
    """One connection to the server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    key: str

    def send(self, *requests: str) -> None:
        for request in requests:
            self.writer.write(f"{request}\r\nhost: x\r\napikey: {self.key}\r\n\r\n".encode())

    async def answer(self, *, has_body: bool = True) -> tuple[str, dict[str, str], bytes]:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:-2])
        body = await self.reader.readexactly(int(headers["content-length"])) if has_body else b""
        return head[0], headers, body


@pytest.fixture
async def connect(database: Database) -> AsyncIterator:
    database.run_as_server(SCHEMA)

    @asynccontextmanager
    async def connected() -> AsyncIterator[Client]:
        reader, writer = await asyncio.open_connection(HOST, int(url.rpartition(":")[2]))
        try:
            yield Client(reader, writer, projects[0].auth.api_keys.anon_key)
        finally:
            writer.close()

    async with serving(project_settings(database)) as (url, projects), asyncio.timeout(DEADLINE_SECONDS):
        yield connected


async def test_requests_sent_before_the_first_answer_are_answered_in_order(connect) -> None:
    async with connect() as client:
        client.send(*(f"GET /rest/v1/things?select=name&id=eq.{number} HTTP/1.1" for number in (1, 2, 1, 3)))
        bodies = [(await client.answer())[2] for _ in range(4)]
    assert bodies == [b'[{"name":"one"}]', b'[{"name":"two"}]', b'[{"name":"one"}]', b"[]"]


async def test_a_connection_closes_when_the_client_wants_it_and_not_before(connect) -> None:
    async with connect() as client:
        client.send("GET /rest/v1/things HTTP/1.1")
        assert "connection" not in (await client.answer())[1]
        client.send("GET /rest/v1/things HTTP/1.1\r\nconnection: close")
        assert (await client.answer())[1]["connection"] == "close"
        assert await client.reader.read() == b""
    async with connect() as client:
        client.send("GET /rest/v1/things HTTP/1.0")
        assert (await client.answer())[1]["connection"] == "close"
        assert await client.reader.read() == b""


async def test_an_answer_to_head_has_the_length_of_no_body_and_the_next_one_is_whole(connect) -> None:
    async with connect() as client:
        client.send("HEAD /rest/v1/things HTTP/1.1", "GET /rest/v1/things?select=id&id=eq.1 HTTP/1.1")
        assert (await client.answer(has_body=False))[0] == "HTTP/1.1 200 OK"
        assert (await client.answer())[2] == b'[{"id":1}]'


async def test_a_page_of_another_origin_may_read_the_answer(connect) -> None:
    async with connect() as client:
        client.send("GET /rest/v1/things HTTP/1.1\r\norigin: https://page.example")
        _, headers, _ = await client.answer()
    assert headers["access-control-allow-origin"] == "*"
    assert "content-range" in headers["access-control-expose-headers"]
    assert "date" in headers


async def test_a_header_from_sql_that_would_be_two_is_refused(connect) -> None:
    async with connect() as client:
        client.send("POST /rest/v1/rpc/bad_header HTTP/1.1\r\ncontent-length: 0")
        status, headers, body = await client.answer()
    assert status.split()[1] == "500"
    assert "x-broken" not in headers
    assert b"PGRST111" in body


async def test_a_client_that_leaves_takes_its_statement_along(connect, admin: psycopg.AsyncConnection) -> None:
    async with connect() as client:
        client.send("GET /rest/v1/rpc/wait?seconds=60 HTTP/1.1", "GET /rest/v1/rpc/wait?seconds=61 HTTP/1.1")
        await until_sleeping(admin, 1)
    await until_sleeping(admin, 0)
    async with connect() as client:
        client.send("GET /rest/v1/things?select=id HTTP/1.1")
        assert (await client.answer())[0] == "HTTP/1.1 200 OK"


async def until_sleeping(connection: psycopg.AsyncConnection, number: int) -> None:
    """Ask until so many statements sleep: a backend's state is seen by no other means."""
    while await (await connection.execute(SLEEPING)).fetchone() != (number,):
        pass
