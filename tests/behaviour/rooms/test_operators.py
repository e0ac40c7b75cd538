"""What operators see of rooms and can do about them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.fixtures.postgres import Database
from tests.fixtures.room_server import LIBRARY, RoomServer, person, python_client, room_server


@pytest.fixture
async def server(database: Database) -> AsyncIterator[RoomServer]:
    async with room_server(database) as running:
        yield running


async def test_operators_see_connections_and_rooms_and_can_end_one(server: RoomServer) -> None:
    student = person()
    headers = {"authorization": f"Bearer {server.project.auth.api_keys.service_role_key}"}
    async with (
        python_client(server, token=server.token(student, email=f"{student}@school.test")) as client,
        aiohttp.ClientSession(server.url, headers=headers) as http,
    ):
        await client.ask("join", f"library:{LIBRARY}")

        async def view(path: str) -> dict[str, object]:
            async with http.get(f"/admin/v1/{path}") as answer:
                return dict(await answer.json())

        assert (await view("rooms?search=library"))["shown"] == [
            {"namespace": "/", "room": f"library:{LIBRARY}", "members": 1}
        ]
        [shown] = (await view(f"rooms/connections?search={student}@school"))["shown"]  # type: ignore[misc, attr-defined]
        assert (shown["transport"], shown["callers"]) == ("websocket", [student])
        assert shown["emails"] == {student: f"{student}@school.test"}
        assert f"user:{student}" in shown["namespaces"][0]["rooms"]
        assert (await view("overview"))["room_connections"] == 1
        async with http.get("/health", headers={"authorization": ""}) as answer:
            assert await answer.json() == {"status": "ok", "log": "streaming", "rooms": {"connections": 1}}
        async with http.get("/metrics") as answer:
            text = await answer.text()
        assert 'millstream_room_connections{transport="websocket"} 1.0' in text
        assert 'millstream_room_connects_total{how="new"} 1.0' in text
        async with http.delete(f"/admin/v1/rooms/connections/{shown['id']}") as answer:
            assert answer.status == 204
        await client.disconnected
        async with http.delete(f"/admin/v1/rooms/connections/{shown['id']}") as answer:
            assert answer.status == 404
