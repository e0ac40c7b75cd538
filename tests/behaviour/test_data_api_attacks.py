"""What is wrong with a request as such does no harm: smuggling, sizes, depth, numbers, doubled keys, odd paths."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import orjson
import pytest

from millstream.rest.settings import DataApiSettings
from tests.fixtures.postgres import Database
from tests.fixtures.server import HOST, project_settings, serving

SCHEMA = """
create table public.things (id int primary key, name text, number float8, whole numeric, document jsonb);
grant select, insert on public.things to anon;
insert into public.things values (1, 'one')
"""
DEADLINE_SECONDS = 20
MOST_BYTES = 100_000


@dataclass(frozen=True)
class Server:
    port: int
    key: str

    async def send(self, raw: bytes) -> list[bytes]:
        """Send bytes on a connection of their own and return what comes until the server closes it, by answer."""
        reader, writer = await asyncio.open_connection(HOST, self.port, limit=1 << 24)
        async with asyncio.timeout(DEADLINE_SECONDS):
            writer.write(raw)
            received = await reader.read()
        writer.close()
        return [b"HTTP/1.1 " + part for part in received.split(b"HTTP/1.1 ")[1:]]

    async def ask(self, method: str, target: str, body: bytes = b"", *extra: str) -> tuple[int, bytes]:
        head = [f"{method} /rest/v1{target} HTTP/1.1", "host: x", f"apikey: {self.key}", "connection: close", *extra]
        head += [f"content-length: {len(body)}", "content-type: application/json", "prefer: return=representation"]
        answers = await self.send("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        assert len(answers) == 1, answers
        headers, _, content = answers[0].partition(b"\r\n\r\n")
        return int(headers.split()[1]), content


@pytest.fixture
async def server(database: Database) -> AsyncIterator[Server]:
    database.run_as_server(SCHEMA)
    settings = replace(project_settings(database), data_api=DataApiSettings(max_body_bytes=MOST_BYTES))
    async with serving(settings) as (url, projects):
        yield Server(int(url.rpartition(":")[2]), projects[0].auth.api_keys.anon_key)


@pytest.mark.parametrize(
    "lengths",
    [
        "content-length: 5\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 5",
        "content-length: 5\r\ncontent-length: 6",
        "transfer-encoding: identity, chunked\r\ncontent-length: 5",
        "content-length: +5",
        "content-length: 5, 5",
        "content-length: 0x5",
        "content-length: 5\r\ntransfer-encoding : chunked",
        "content-length: 5\r\ntransfer-encoding: xchunked",
        "content-length: 5\r\nx-folded: a\r\n transfer-encoding: chunked",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity",
        "content-length: 5\ntransfer-encoding: chunked",
    ],
    ids=[
        "cl-te",
        "te-cl",
        "two-lengths",
        "odd-encoding",
        "signed-length",
        "listed-length",
        "hexadecimal-length",
        "blank-before-colon",
        "unknown-encoding",
        "folded",
        "two-encodings",
        "bare-line-feed",
    ],
)
async def test_a_body_of_doubtful_length_never_hides_a_second_request(server: Server, lengths: str) -> None:
    hidden = f"GET /rest/v1/things?select=name HTTP/1.1\r\nhost: x\r\nconnection: close\r\napikey: {server.key}\r\n\r\n"
    head = f"POST /rest/v1/things HTTP/1.1\r\nhost: x\r\napikey: {server.key}\r\n{lengths}\r\n\r\n"
    answers = await server.send(head.encode() + b"0\r\n\r\n" + hidden.encode())
    assert not any(b'"one"' in answer for answer in answers), answers


@pytest.mark.parametrize("size", ["ffffffffffffffffff", "-1", "0x5", "5 5", "", "g"])
async def test_a_chunk_of_no_size_ends_the_connection_and_harms_nobody_else(server: Server, size: str) -> None:
    head = f"POST /rest/v1/things HTTP/1.1\r\nhost: x\r\napikey: {server.key}\r\ntransfer-encoding: chunked\r\n\r\n"
    answers = await server.send(f"{head}{size}\r\nhello\r\n0\r\n\r\n".encode())
    assert all(int(answer.split()[1]) == 400 for answer in answers), answers
    assert (await server.ask("GET", "/things?select=name"))[0] == 200


async def test_a_thousand_headers_are_read_and_told_to_the_transaction(server: Server) -> None:
    many = [f"x-{number}: {number}" for number in range(1_000)]
    assert (await server.ask("GET", "/things?select=name", b"", *many))[0] == 200


@pytest.mark.parametrize(
    "target",
    [
        "/things?select=name&name=eq.%0d%0ax-injected:%20yes",
        "/things?select=name&%0d%0ax-injected:%20yes=eq.1",
        "/things%0d%0ax-injected:%20yes",
        "/rpc/f%0d%0ax-injected:%20yes?a=%0d%0ax-injected:%20yes",
    ],
    ids=["value", "name", "path", "function"],
)
async def test_what_a_client_sends_never_becomes_a_header_of_the_answer(server: Server, target: str) -> None:
    odd = "prefer: count=exact, timezone=UTC;x-injected: yes\r\naccept-profile: public\r\nrange: 0-1"
    head = f"GET /rest/v1{target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\napikey: {server.key}\r\n{odd}\r\n\r\n"
    (answer,) = await server.send(head.encode())
    lines = answer.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")
    assert not any(line.startswith(b"x-injected") for line in lines), answer
    assert int(answer.split()[1]) < 500


async def test_a_parameter_given_twice_narrows_and_never_widens(server: Server) -> None:
    assert (await server.ask("GET", "/things?select=id&id=eq.1&id=eq.2")) == (200, b"[]")
    status, body = await server.ask("GET", "/things?select=id&id=eq.1&id=gt.0")
    assert (status, orjson.loads(body)) == (200, [{"id": 1}])


async def test_targets_and_bodies_beyond_their_limits_are_refused(server: Server) -> None:
    assert (await server.ask("POST", "/things", b" " * (MOST_BYTES + 1)))[0] == 413
    assert (await server.ask("GET", f"/things?name=eq.{'x' * 70_000}"))[0] in {400, 414, 431}
    assert (await server.ask("GET", "/things?select=name"))[0] == 200


async def test_deep_documents_are_refused_or_stored_and_never_an_error_of_the_server(server: Server) -> None:
    for depth in (100, 5_000, 40_000):
        document = b'{"id": 2, "document": ' + b"[" * depth + b"]" * depth + b"}"
        status, _ = await server.ask("POST", "/things", document)
        assert status in {201, 400, 409}, (depth, status)


async def test_numbers_beyond_a_type_are_refused_and_exact_ones_kept(server: Server) -> None:
    assert (await server.ask("POST", "/things", b'{"id": 3, "number": 1e400}'))[0] == 400
    exact = b"12345678901234567890.123456789"
    status, body = await server.ask("POST", "/things", b'{"id": 4, "whole": ' + exact + b"}")
    assert status == 201
    assert exact in body


async def test_of_a_key_given_twice_one_value_counts(server: Server) -> None:
    status, body = await server.ask("POST", "/things", b'{"id": 5, "name": "first", "name": "second"}')
    assert status == 201
    assert orjson.loads(body)[0]["name"] == "second"


@pytest.mark.parametrize(
    "path", ["/../auth/v1/settings", "/%2e%2e/things", "//etc/passwd", "/things/../things", "/%00"]
)
async def test_odd_paths_lead_nowhere(server: Server, path: str) -> None:
    status, body = await server.ask("GET", path)
    assert status == 404, body


async def test_an_origin_is_never_reflected_with_credentials(server: Server) -> None:
    for origin in ("https://evil.example", "null", "https://evil.example\x0bx"):
        head = f"GET /rest/v1/things HTTP/1.1\r\nhost: x\r\nconnection: close\r\norigin: {origin}\r\ncookie: a=b\r\n"
        answers = await server.send(f"{head}apikey: {server.key}\r\n\r\n".encode())
        assert not any(b"evil.example" in answer or b": null" in answer for answer in answers), answers
        assert not any(b"access-control-allow-credentials" in answer.lower() for answer in answers), answers
