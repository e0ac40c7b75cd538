"""StudySpot with the whole server, for all tests of a module: each makes a library and people of its own."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from apps.studyspot.tests.conftest import Library, make_library
from millstream.identity import Claims
from tests.fixtures.application import make_person
from tests.fixtures.postgres import Cluster
from tests.fixtures.room_server import PythonClient, RoomServer, python_client
from tests.fixtures.server import migrate_app, project_settings, serving
from tests.fixtures.witness import Witness

MARK = "select rooms.emit('mark', '{}')"


@dataclass(frozen=True, slots=True)
class Answer:
    """What HTTP answered."""

    status: int
    body: Any
    headers: Any = field(repr=False)

    @property
    def code(self) -> str | None:
        return self.body.get("code") if isinstance(self.body, dict) else None


class StudySpot(RoomServer):
    """The server, and what a test asks it."""

    async def person(self) -> Claims:
        return await make_person(self.database)

    async def library(self, **more: Any) -> Library:
        """Make a library, and have everybody told of it who is there already."""
        made = await make_library(self.database, self.project.pool, self.project.operations, **more)
        async with python_client(self) as client:
            await self.run("select rooms.emit('settled', '{}')")
            while (await client.next())[0] != "settled":
                pass
        return made

    def token_of(self, person: Claims) -> str:
        return self.token(str(person.subject), email=person.payload()["email"])

    async def http(self, method: str, path: str, person: Claims | None = None, **more: Any) -> Answer:
        """Send a request, with a JSON body as `body`."""
        headers = {"apikey": self.project.auth.api_keys.anon_key, **more.pop("headers", {})}
        if person is not None:
            headers["authorization"] = f"Bearer {self.token_of(person)}"
        data = None
        if "body" in more:
            headers["content-type"], data = "application/json", json.dumps(more.pop("body"), default=str)
        async with (
            aiohttp.ClientSession(self.url, headers=headers) as session,
            session.request(method, path, data=data, **more) as answer,
        ):
            text = await answer.text()
            return Answer(
                answer.status, json.loads(text) if text and "json" in answer.content_type else text, answer.headers
            )

    @asynccontextmanager
    async def listener(self, person: Claims | None, *rooms: str) -> AsyncIterator[PythonClient]:
        """Connect somebody to his own rooms and to these."""
        async with python_client(self, token=None if person is None else self.token_of(person)) as client:
            for room in rooms:
                assert await client.ask("join", room) == {"status": "ok"}, room
            yield client


async def heard(client: PythonClient) -> list[tuple[str, Any]]:
    """Return what somebody heard until the mark."""
    events = []
    while (event := await client.next())[0] != "mark":
        if event[0] != "settled":
            events.append(event)
    return events


@asynccontextmanager
async def studyspot(cluster: Cluster) -> AsyncIterator[StudySpot]:
    """Serve StudySpot on a database of its own."""
    with cluster.new_database() as database:
        migrate_app(database, "studyspot")
        witness = Witness()
        async with serving(project_settings(database, app="studyspot"), observe=witness) as (url, (project,)):
            yield StudySpot(url, project, database, witness)
