"""Who gets a socket, and what everybody else is told at once, in plain HTTP."""

from __future__ import annotations

import asyncio
import contextlib

import aiohttp
import pytest
import websockets

from millstream.channels.observations import HandshakeRefused, SocketClosed, SocketOpened
from millstream.pubsub import disconnect
from tests.fixtures.socket_server import SOCKET_PATH, SocketServer, socket_server
from tests.fixtures.websocket_client import connected


@pytest.fixture(scope="module")
async def server():
    async with socket_server() as running:
        yield running


@pytest.mark.parametrize("vsn", ["1.0.0", "2.0.0"])
async def test_both_versions_are_served(server: SocketServer, vsn):
    async with server.connect(vsn=vsn) as client:
        assert client.status == 101
        await server.witness.saw(SocketOpened, lambda seen: seen.vsn == vsn)


async def test_no_version_means_the_first_one(server: SocketServer):
    path = f"{SOCKET_PATH}?apikey={server.keys.anon_key}"
    async with connected(server.port, path) as client:
        client.send_text('{"topic":"phoenix","event":"heartbeat","payload":{},"ref":null}')
        assert await client.hear() == {
            "topic": "phoenix",
            "event": "phx_reply",
            "payload": {"status": "ok", "response": {}},
            "ref": None,
        }


async def test_an_independent_client_shakes_hands_and_compresses_nothing(server: SocketServer):
    uri = f"ws://127.0.0.1:{server.port}{SOCKET_PATH}?vsn=2.0.0&apikey={server.keys.anon_key}"
    async with websockets.connect(uri, subprotocols=["phoenix"]) as client:
        assert client.subprotocol == "phoenix"
        await client.send('[null,"1","phoenix","heartbeat",{}]')
        assert '"ok"' in str(await client.recv())
        pong = await client.ping()
        await pong
    await server.witness.saw(SocketClosed)


@pytest.mark.parametrize("header", ["X_API_Key", "apikey"])
async def test_the_key_may_come_in_a_header(server: SocketServer, header):
    async with server.connect(key=None, **{header: server.keys.anon_key}) as client:
        assert client.status == 101


async def test_opaque_keys_stand_for_their_roles(server: SocketServer):
    async with server.connect(key="sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH") as client:
        assert client.status == 101


@pytest.mark.parametrize(
    "key", ["nonsense", "a.b.c", "sb_publishable_unknown", "eyJhbGciOiJub25lIn0.eyJyb2xlIjoiYW5vbiJ9."]
)
async def test_a_wrong_key_is_refused_with_401_and_a_text(server: SocketServer, key):
    async with server.connect(key=key) as client:
        assert client.status == 401
        assert client.error
        assert client.headers["connection"] == "close"
        assert await client.reader.read() == b""
    await server.witness.saw(HandshakeRefused, lambda seen: seen.status in {401, 403})


async def test_an_expired_key_is_refused(server: SocketServer):
    async with server.connect(key=server.token(lives_seconds=-60)) as client:
        assert (client.status, client.error) == (401, "JWT expired")


async def test_a_secret_key_out_of_a_browser_is_refused(server: SocketServer):
    key = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"
    async with server.connect(key=key, User_Agent="Mozilla/5.0 (X11)") as client:
        assert client.status == 401
    async with server.connect(key=key) as client:
        assert client.status == 101


async def test_an_unknown_version_is_refused(server: SocketServer):
    async with server.connect(vsn="9.9.9") as client:
        assert client.status == 400


async def test_a_bad_upgrade_is_refused_with_its_own_status(server: SocketServer):
    async with server.connect(Sec_WebSocket_Version="8") as client:
        assert client.status == 426
        assert client.headers["sec-websocket-version"] == "13"
    async with server.connect(Sec_WebSocket_Key="short") as client:
        assert client.status == 400


async def test_where_a_key_is_required_none_is_refused():
    async with socket_server(api_key_required=True) as strict, strict.connect(key=None) as client:
        assert client.status == 401


async def test_ordinary_requests_go_on_to_the_application(server: SocketServer):
    async with aiohttp.ClientSession() as http:
        async with http.get(f"http://127.0.0.1:{server.port}{SOCKET_PATH}") as response:
            assert response.status == 404
        async with http.get(f"http://127.0.0.1:{server.port}/elsewhere") as response:
            assert (await response.json())["code"] == "not_found"


async def test_an_upgrade_at_any_other_path_is_an_ordinary_request(server: SocketServer):
    async with connected(server.port, "/elsewhere") as client:
        assert client.status == 404


async def test_an_upgrade_may_follow_answered_requests_on_one_connection(server: SocketServer):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET /elsewhere HTTP/1.1\r\nHost: x\r\n\r\n")
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[16:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(length)
    writer.write(
        f"GET {SOCKET_PATH} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n".encode()
        + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    writer.transport.abort()


async def test_more_sockets_than_allowed_are_refused_until_one_leaves():
    async with socket_server(max_sockets=2) as small, small.connect() as first:
        async with small.connect(), small.connect() as third:
            assert (third.status, third.error) == (429, "Too many connected users")
        await small.witness.saw(SocketClosed)
        async with small.connect() as again:
            assert (first.status, again.status) == (101, 101)


async def test_an_address_that_is_refused_too_often_hears_so_while_good_keys_still_pass():
    async with socket_server(refusals_per_minute=3) as careful:
        statuses = []
        for _ in range(5):
            async with careful.connect(key="nonsense") as client:
                statuses.append(client.status)
        assert statuses == [401, 401, 401, 429, 429]
        async with careful.connect() as client:
            assert client.status == 101


async def test_stopping_the_server_closes_sockets_with_service_restart():
    async with socket_server() as stopping, stopping.connect() as client:
        stopping.endpoint.close_all(disconnect.SHUTDOWN)
        assert await client.hear_close() == 1012


@pytest.mark.parametrize("start", [b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ", b"GET /health?"])
async def test_a_request_whose_head_never_ends_is_refused(server: SocketServer, start: bytes):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(start)
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionError):
            for _ in range(64):
                writer.write(b"x" * 16_384)
                await writer.drain()
        answer = await reader.read(1000)
    assert b" 431 " in answer.split(b"\r\n")[0]
    writer.close()
