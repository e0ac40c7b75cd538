"""Webhooks that come in, with the whole server: proved, checked, taken once, in one transaction."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from uuid import UUID

import aiohttp
import orjson
import psycopg
import pytest
from pydantic import BaseModel

from millstream.app import App, Context, InboundWebhook, OperationError
from millstream.webhooks.settings import WebhookSettings
from millstream.webhooks.signing.secrets import SHARED_BYTES, SignatureKind, make_secret
from millstream.webhooks.signing.signatures import sign
from tests.fixtures.realtime_project import RealtimeProject
from tests.fixtures.server import project_settings, serving
from tests.fixtures.witness import Witness

TOKEN = "the secret of bookings"
SIGNING = make_secret(SignatureKind.V1, b"i" * SHARED_BYTES)
TABLE = "create table taken (id text primary key, status text not null); grant all on taken to service_role"


class BookingEvent(BaseModel):
    """What the test's application takes."""

    id: UUID
    status: str


class BookingLost(OperationError):
    """The application's own refusal."""

    code = "booking_lost"


async def _receive(context: Context, event: BookingEvent) -> None:
    await context.sql.execute("insert into taken values (%s, %s)", (str(event.id), event.status))
    if event.status == "lost":
        raise BookingLost("That booking is not there.")
    if event.status == "crash":
        raise RuntimeError("a fault with details of its own")


async def _receive_signed(context: Context, event: BookingEvent) -> None:
    await context.sql.execute("insert into taken values (%s, %s)", (context.idempotency_key, event.status))


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls the webhooks, with a token or none."""

    http: aiohttp.ClientSession
    project: RealtimeProject
    token: str | None = TOKEN

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        sent = dict(headers) | ({"authorization": f"Bearer {self.token}"} if self.token is not None else {})
        data = BytesIO(body if isinstance(body, bytes) else orjson.dumps(body)) if body is not None else None
        url = f"{self.project.url}/api/webhooks/{path}"
        async with self.http.request(method, url, data=data, headers=sent) as answer:
            return answer.status, await answer.json()

    def taken(self) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.project.database.admin_url) as connection:
            return connection.execute("select id, status from taken order by id").fetchall()


@asynccontextmanager
async def served(database, tmp_path, **webhooks: Any) -> AsyncIterator[Caller]:
    (tmp_path / "migrations").mkdir()
    app = App(
        name="bookings",
        title="Bookings",
        sql=tmp_path,
        inbound_webhooks=[
            InboundWebhook(
                name="booking-events", model=BookingEvent, receive=_receive, event_id=lambda event: str(event.id)
            ),
            InboundWebhook(name="signed-events", model=BookingEvent, receive=_receive_signed),
        ],
    )
    database.run_as_server(TABLE)
    wanted = WebhookSettings(
        **({"inbound_secret": TOKEN, "inbound_secrets": (f"signed-events={SIGNING.text}",)} | webhooks)
    )
    witness = Witness()
    async with (
        serving(project_settings(database, webhooks=wanted), observe=witness, app=app) as (url, (project,)),
        aiohttp.ClientSession() as http,
    ):
        yield Caller(http, RealtimeProject(url, project, database, witness))


def event(number: int, status: str = "new") -> dict[str, str]:
    return {"id": str(UUID(int=number)), "status": status}


async def test_an_event_is_taken_once_however_often_it_comes(database, tmp_path):
    async with served(database, tmp_path) as caller:
        first = await caller.call("POST", "booking-events", event(1))
        again = await caller.call("POST", "booking-events", event(1))
        assert first == (200, {"success": True, "event_id": event(1)["id"], "duplicate": False})
        assert again == (200, {"success": True, "event_id": event(1)["id"], "duplicate": True})
        assert caller.taken() == [(event(1)["id"], "new")]


@pytest.mark.parametrize("token", [None, "", "another", "the secret of booking", "sëcret"], ids=range(5))
async def test_without_the_secret_nothing_is_taken(database, tmp_path, token):
    async with served(database, tmp_path) as caller:
        status, body = await replace(caller, token=token).call("POST", "booking-events", event(1))
        assert (status, body["code"]) == (401, "inbound_webhook_unauthorized")
        assert TOKEN not in str(body)
        assert caller.taken() == []


async def test_what_is_wrong_is_said_and_leaves_nothing_behind(database, tmp_path):
    async with served(database, tmp_path) as caller:
        for body, wanted in (
            (b"no json", (422, "inbound_webhook_invalid")),
            (b"", (422, "inbound_webhook_invalid")),
            ({"id": "1"}, (422, "inbound_webhook_invalid")),
            (b"1" * 1_048_577, (413, "body_too_large")),
            (event(1, "lost"), (409, "booking_lost")),
            (event(1, "crash"), (500, "operation_failed")),
        ):
            status, answer = await caller.call("POST", "booking-events", body)
            assert (status, answer["code"]) == wanted
            assert set(answer) == {"code", "message", "details", "hint"}
            assert "details of its own" not in str(answer)
        invalid = (await caller.call("POST", "booking-events", {"id": "1"}))[1]
        assert set(invalid["details"]["fields"]) == {"id", "status"}
        assert (await caller.call("POST", "nothing-here", event(1)))[0] == 404
        assert (await caller.call("PUT", "booking-events", event(1)))[0] == 405
        assert caller.taken() == []
        # What was refused was not taken, so it may come again.
        assert (await caller.call("POST", "booking-events", event(1)))[1]["duplicate"] is False


async def test_a_signed_event_is_taken_and_a_signing_secret_is_no_token(database, tmp_path):
    async with served(database, tmp_path) as caller:
        nobody = replace(caller, token=None)
        body, now = orjson.dumps(event(1)), int(time.time())
        headers = sign([SIGNING], message_id="msg_1", timestamp=now, body=body)
        for duplicate in (False, True):
            answer = await nobody.call("POST", "signed-events", body, **headers)
            assert answer == (200, {"success": True, "event_id": "msg_1", "duplicate": duplicate})
        stale = sign([SIGNING], message_id="msg_2", timestamp=now - 3600, body=body)
        assert (await nobody.call("POST", "signed-events", body, **stale))[1]["code"] == "webhook_refused"
        assert (await nobody.call("POST", "signed-events", body + b" ", **headers))[0] == 401
        for token in (SIGNING.text, TOKEN):
            refused = await replace(caller, token=token).call("POST", "signed-events", body)
            assert refused[0] == 401
        assert caller.taken() == [("msg_1", "new")]


async def test_its_status_tells_whether_it_is_set_up_and_figures_only_to_who_may_know(database, tmp_path):
    async with served(database, tmp_path) as caller:
        await caller.call("POST", "booking-events", event(1))
        public = (await replace(caller, token=None).call("GET", "booking-events"))[1]
        assert public == {"status": "ok", "webhook": "booking-events", "secret_set": True}
        for token in (TOKEN, caller.project.service_key):
            status, told = await replace(caller, token=token).call("GET", "booking-events")
            assert (status, told["received_last_day"], told["endpoints"], told["success_rate"]) == (200, 1, 0, None)
            assert TOKEN not in str(told)
        anybody = await replace(caller, token=caller.project.anon_key).call("GET", "booking-events")
        assert anybody[1] == public


async def test_without_a_secret_it_says_so_and_takes_nothing(database, tmp_path):
    async with served(database, tmp_path, inbound_secret=None) as caller:
        status, told = await caller.call("GET", "booking-events")
        assert (status, told["status"], told["secret_set"]) == (200, "not_configured", False)
        status, refused = await caller.call("POST", "booking-events", event(1))
        assert (status, refused["code"]) == (503, "inbound_webhook_not_configured")
