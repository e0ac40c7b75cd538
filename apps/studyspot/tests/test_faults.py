"""StudySpot while its server is killed: whoever was answered has the seat, and nobody has it twice."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from apps.studyspot.tests.conftest import Library
from millstream.auth.api_keys import ApiKeys
from millstream.auth.keys import KeyRing
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenSigner
from millstream.identity import Claims
from tests.faults.duration import lasting
from tests.faults.servers import Served

STUDENTS, BOOKED_BEFORE_THE_KILL = 8, 4


@dataclass(slots=True)
class Storm:
    """Students who want all seats, hour by hour, and call again, with the same key, until they are answered."""

    url: str
    library: Library
    http: aiohttp.ClientSession
    answered: dict[str, str] = field(default_factory=dict)
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    broken: int = 0

    async def want(self, student: Claims) -> None:
        """Take of each hour whatever seat is still free."""
        for hour in range(8, 12):
            for seat in random.Random(f"{student.subject} {hour}").sample(self.library.seats[:4], 4):
                body = {"seat_id": seat, **self.library.hours(hour, hour + 1)}
                booked = await self.call("create_booking", student, body)
                if booked is not None:
                    self.answered[booked["id"]] = str(student.subject)
                    if len(self.answered) == BOOKED_BEFORE_THE_KILL:
                        self.enough.set()
                    break

    async def call(self, operation: str, student: Claims, body: dict[str, Any]) -> dict[str, Any] | None:
        """Return what the operation answers; nothing where somebody else was faster."""
        claims = {"role": "authenticated", "sub": student.subject, "exp": time.time() + 600, **student.payload()}
        token = TokenSigner(KeyRing(AuthSettings().jwt_secret)).sign(claims)
        headers = {
            "apikey": ApiKeys(AuthSettings()).anon_key,
            "authorization": f"Bearer {token}",
            "idempotency-key": f"{student.subject} {body['seat_id']} {body['start_time']}",
        }
        sent = {name: str(value) for name, value in body.items()}
        while True:
            try:
                async with self.http.post(f"{self.url}/functions/v1/{operation}", json=sent, headers=headers) as answer:
                    if answer.status != 503:
                        assert answer.status in {200, 409}, await answer.text()
                        return dict(await answer.json()) if answer.status == 200 else None
            except aiohttp.ClientError:
                self.broken += 1
            await lasting(0.05)  # a server that is away refuses at once


@pytest.mark.slow
async def test_a_server_killed_while_many_want_the_same_seats_loses_no_booking_and_makes_none_twice(
    library: Library, tmp_path: Path
):
    students = await library.people(STUDENTS)
    server = Served(library.database.url, tmp_path, MILLSTREAM_APP="studyspot", MILLSTREAM_SLOT=library.database.slot)
    async with asyncio.timeout(150), server, aiohttp.ClientSession() as http:
        storm = Storm(f"http://127.0.0.1:{server.port}", library, http)
        async with asyncio.TaskGroup() as tasks:
            for student in students:
                tasks.create_task(storm.want(student))
            await storm.enough.wait()
            await server.kill()
            await server.start()
    assert storm.broken, "the server was killed in the middle"
    taken = await library.rows("select id, user_id, seat_id, start_time from bookings where status = 'confirmed'")
    assert {str(row["id"]): str(row["user_id"]) for row in taken} == storm.answered
    assert len({(row["seat_id"], row["start_time"]) for row in taken}) == len(taken) == 4 * 4, (
        "each seat once, none lost"
    )
    logged = await library.rows("select booking_id from booking_events where event_type = 'booking.created'")
    assert sorted(row["booking_id"] for row in logged) == sorted(row["id"] for row in taken)
