"""Who counts as the caller behind proxies, and how many and how slow connections may be that nobody knows yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from millstream.asgi.peers.lobby import ConnectionTooSlow, ConnectionTurnedAway
from millstream.asgi.peers.settings import PeerSettings
from millstream.auth.settings import AuthSettings
from millstream.channels.observations import SocketClosed
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving
from tests.fixtures.socket_server import SOCKET_PATH, SocketServer, socket_server

PROXY = ("127.0.0.0/8",)
HERE = "203.0.113.1"
ELSEWHERE = "203.0.113.2"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connection(server: SocketServer, said: bytes = b"") -> Connection:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(said)
    return reader, writer


async def ended(connection: Connection) -> bytes:
    """Return what the server said until it closed the connection."""
    reader, writer = connection
    async with asyncio.timeout(10):
        try:
            return await reader.read()
        except ConnectionError:
            return b""
        finally:
            writer.transport.abort()


async def test_behind_a_trusted_proxy_limits_count_the_callers_own_address():
    async with socket_server(trusted_proxies=PROXY, max_sockets_per_address=1) as server:
        async with server.connect(X_Forwarded_For=HERE) as first, server.connect(X_Forwarded_For=HERE) as second:
            assert (first.status, second.status) == (101, 429)
            assert second.error == "Too many connected users of this address"
            async with server.connect(X_Forwarded_For=f"{HERE}, {ELSEWHERE}") as other:
                assert other.status == 101
        await server.witness.saw(SocketClosed, times=2)
        async with server.connect(X_Forwarded_For=HERE) as again:
            assert again.status == 101


async def test_an_ipv6_caller_is_counted_by_network():
    async with (
        socket_server(trusted_proxies=PROXY, max_sockets_per_address=1) as server,
        server.connect(X_Forwarded_For="2001:db8::1") as first,
        server.connect(X_Forwarded_For="2001:db8::2") as second,
        server.connect(X_Forwarded_For="2001:db8:0:1::1") as third,
    ):
        assert [each.status for each in (first, second, third)] == [101, 429, 101]


async def test_what_an_untrusted_peer_says_of_its_address_is_not_believed():
    async with socket_server(trusted_proxies=("10.0.0.0/8",), refusals_per_minute=2) as server:
        statuses = []
        for number in range(4):
            async with server.connect(key="nonsense", X_Forwarded_For=f"203.0.113.{number}") as client:
                statuses.append(client.status)
        assert statuses == [401, 401, 429, 429]


async def test_refusals_count_against_the_caller_and_not_against_the_proxy():
    async with socket_server(trusted_proxies=PROXY, refusals_per_minute=1) as server:
        for address, expected in ((HERE, 401), (HERE, 429), (ELSEWHERE, 401)):
            async with server.connect(key="nonsense", X_Forwarded_For=address) as client:
                assert client.status == expected


@pytest.mark.parametrize(
    ("peers", "second"), [(PeerSettings(trusted_proxies=PROXY), 200), (PeerSettings(), 429)], ids=["trusted", "not"]
)
async def test_requests_over_http_are_counted_and_recorded_alike(database: Database, peers, second):
    settings = project_settings(database, auth=AuthSettings(anonymous_sign_ins_per_hour=1))
    async with serving(settings, peers=peers) as (url, (project,)), aiohttp.ClientSession() as http:
        apikey = project.auth.api_keys.anon_key
        statuses = []
        for address in (HERE, ELSEWHERE):
            headers = {"apikey": apikey, "x-forwarded-for": address}
            async with http.post(f"{url}/auth/v1/signup", json={}, headers=headers) as answer:
                statuses.append(answer.status)
        assert statuses == [200, second]
        async with project.pool.connection() as sql:
            rows = await (await sql.execute("select host(ip) as ip from auth.sessions order by created_at")).fetchall()
    assert [row["ip"] for row in rows] == ([HERE, ELSEWHERE] if second == 200 else ["127.0.0.1"])


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 101),
        ("https://app.example.com", 101),
        ("HTTPS://APP.example.com", 101),
        ("null", 403),
        ("https://evil.example", 403),
        ("https://app.example.com.evil.example", 403),
        ("https://notapp.example.com", 403),
        ("http://app.example.com", 403),
        ("https://app.example.com:8443", 403),
    ],
)
async def test_only_pages_of_listed_origins_may_open_a_socket(origin, status):
    async with socket_server(socket_origins=("https://app.example.com",)) as server:
        headers = {} if origin is None else {"Origin": origin}
        async with server.connect(**headers) as client:
            assert client.status == status
            if status == 403:
                assert client.error == "This origin may not connect"


async def test_a_cookie_is_no_key_so_that_a_foreign_page_has_nobodys_rights():
    async with socket_server(api_key_required=True) as server:
        token = server.token(sub="victim")
        cookie = f"sb-access-token={token}; apikey={token}"
        async with server.connect(key=None, Cookie=cookie, Origin="https://evil.example") as client:
            assert client.status == 401


def half_handshake(server: SocketServer) -> Awaitable[Connection]:
    return connection(server, f"GET {SOCKET_PATH} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n".encode())


def half_line(server: SocketServer) -> Awaitable[Connection]:
    return connection(server, b"GE")


def half_second_request(server: SocketServer) -> Awaitable[Connection]:
    return connection(server, b"GET /elsewhere HTTP/1.1\r\nHost: x\r\n\r\nGET /else")


def half_body(server: SocketServer) -> Awaitable[Connection]:
    return connection(server, b"POST /elsewhere HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nxx")


@pytest.mark.parametrize("begin", [connection, half_line, half_handshake, half_second_request, half_body])
async def test_whoever_begins_and_does_not_go_on_is_let_go_in_time(
    begin: Callable[[SocketServer], Awaitable[Connection]],
):
    async with socket_server(head_timeout_seconds=0.2, body_timeout_seconds=0.2) as server:
        answer = await ended(await begin(server))
        assert b" 408 " in answer or b" 404 " in answer
        await server.witness.saw(ConnectionTooSlow)
        async with server.connect() as client:
            assert client.status == 101


async def test_headers_that_come_a_byte_at_a_time_do_not_buy_time():
    async with socket_server(head_timeout_seconds=0.3) as server:
        reader, writer = await connection(server, b"GET / HTTP/1.1\r\nX: ")
        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            answer = tasks.create_task(reader.read(100))
            while not answer.done():
                writer.write(b"x")
                await asyncio.sleep(0)
        assert b" 408 " in answer.result()
        writer.transport.abort()


async def test_connections_that_say_nothing_are_limited_in_number():
    async with socket_server(max_waiting_connections=3, head_timeout_seconds=60) as server:
        silent = [await connection(server) for _ in range(3)]
        # The server accepts in order: when it turns the fourth away, it knows the three.
        assert await ended(await connection(server)) == b""
        assert server.witness.all(ConnectionTurnedAway)
        silent[0][1].write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert b" 404 " in await ended(silent[0])
        async with server.connect() as client:
            assert client.status == 101
        for _, writer in silent[1:]:
            writer.transport.abort()


async def test_a_thousand_connections_come_and_go_and_leave_nothing_behind():
    async with socket_server() as server:
        for _ in range(10):
            coming = [await connection(server, b"GET /") for _ in range(100)]
            for _, writer in coming:
                writer.transport.abort()
        async with server.connect() as client:
            assert client.status == 101
            await until(lambda: not len(server.lobby))


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop turn until it holds: everything that is waited for happens in this process."""
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - nobody tells of it
            await asyncio.sleep(0)
