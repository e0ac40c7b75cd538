"""Bookings while something breaks: the server is killed, a page is cut off, receivers of webhooks fail in every way."""

from __future__ import annotations

import asyncio
import random
import socket
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from apps.bookings.tests.conftest import Salon, Served, served_salon
from millstream.auth.api_keys import ApiKeys
from millstream.auth.keys import KeyRing
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenSigner
from millstream.identity import Claims
from millstream.wal.settings import WalSettings
from millstream.webhooks.observations import WebhookAttempted, WebhookEndpointDisabled
from tests.faults.duration import lasting
from tests.faults.servers import Served as ServerProcess
from tests.fixtures.postgres import Database
from tests.fixtures.webhook_receiver import WebhookReceiver, accept, statuses, webhook_receiver

SLOTS, CLIENTS, CONFIRMED_BEFORE_THE_KILL = 10, 5, 3
TOPIC = "realtime:bookings"


@dataclass(slots=True)
class Storm:
    """People who want all slots, and call again, with the same key, until they are answered."""

    url: str
    salon: Salon
    http: aiohttp.ClientSession
    confirmed: dict[str, str] = field(default_factory=dict)
    enough: asyncio.Event = field(default_factory=asyncio.Event)
    broken: int = 0

    async def want(self, person: Claims, slots: list[Mapping[str, Any]]) -> None:
        """Take what is still free of these."""
        for slot in random.Random(str(person.subject)).sample(slots, len(slots)):
            wanted = {"provider_id": str(slot["provider_id"]), "starts_at": slot["starts_at"].isoformat()}
            held = await self.call("hold_booking", person, service_id=str(self.salon.haircut), **wanted)
            if held is None:
                continue
            who = {"name": "Ada", "email": person.payload()["email"]}
            booked = await self.call("confirm_booking", person, booking_id=held["id"], **who)
            assert booked is not None
            self.confirmed[booked["id"]] = str(person.subject)
            if len(self.confirmed) == CONFIRMED_BEFORE_THE_KILL:
                self.enough.set()

    async def call(self, operation: str, person: Claims, **body: Any) -> dict[str, Any] | None:
        """Return what the operation answers; nothing where somebody else was faster."""
        path = f"{self.url}/functions/v1/{operation}"
        headers = {**_headers(person), "idempotency-key": f"{person.subject} {body}"}
        while True:
            try:
                async with self.http.post(path, json=body, headers=headers) as answer:
                    if answer.status != 503:
                        assert answer.status in {200, 409}, await answer.text()
                        return dict(await answer.json()) if answer.status == 200 else None
            except aiohttp.ClientError:
                self.broken += 1
            await lasting(0.05)  # a server that is away refuses at once


def _headers(person: Claims) -> dict[str, str]:
    claims = {"role": "authenticated", "sub": person.subject, "exp": time.time() + 600, **person.payload()}
    token = TokenSigner(KeyRing(AuthSettings().jwt_secret)).sign(claims)
    return {"apikey": ApiKeys(AuthSettings()).anon_key, "authorization": f"Bearer {token}"}


@pytest.mark.slow
async def test_a_server_killed_while_many_want_the_same_slots_loses_no_booking_makes_none_twice_and_tells_of_each(
    salon: Salon, tmp_path: Path
):
    # Every second one: a haircut with what is cleaned up after it takes more than one interval.
    slots = (await salon.slots(salon.haircut, provider=salon.chairs[0]))[: 2 * SLOTS : 2]
    people = await salon.people(CLIENTS)
    server = ServerProcess(
        salon.database.url, tmp_path, MILLSTREAM_APP="bookings", MILLSTREAM_SLOT=salon.database.slot,
        MILLSTREAM_WEBHOOK_LEASE_SECONDS="1", MILLSTREAM_WEBHOOK_POLL_SECONDS="0.1",
    )  # fmt: skip
    url = f"http://127.0.0.1:{server.port}"
    async with asyncio.timeout(150), webhook_receiver() as receiver, server, aiohttp.ClientSession() as http:
        endpoint = {
            "url": receiver.url, "organisation_id": str(salon.organisation), "event_types": ["booking.confirmed"],
            "retry": [0.2] * 50, "timeout_ms": 2000,
        }  # fmt: skip
        async with http.post(f"{url}/webhooks/v1/endpoints", json=endpoint, headers=_headers(salon.owner)) as answer:
            assert answer.status == 201, await answer.text()
        storm = Storm(url, salon, http)
        async with asyncio.TaskGroup() as tasks:
            for person in people:
                tasks.create_task(storm.want(person, slots))
            await storm.enough.wait()
            await server.kill()
            await server.start()
        logged = await salon.rows("select id, booking_id from booking_events where event_type = 'booking.confirmed'")
        told = await _until_told(receiver, {str(row["id"]) for row in logged})
    taken = await salon.rows(
        "select id, client_user_id, starts_at from bookings where status = 'confirmed' order by starts_at"
    )
    assert storm.broken, "the server was killed in the middle"
    assert [row["starts_at"] for row in taken] == [slot["starts_at"] for slot in slots], "each slot once, none lost"
    assert {str(row["id"]): str(row["client_user_id"]) for row in taken} == storm.confirmed
    assert sorted(row["booking_id"] for row in logged) == sorted(row["id"] for row in taken)
    assert len(told) == len({one for ids in told.values() for one in ids}) == SLOTS, "one id for each event"


async def _until_told(receiver: WebhookReceiver, events: set[str]) -> dict[str, set[str]]:
    """Wait until the receiver has heard of all events; return the ids of requests for each."""
    told: dict[str, set[str]] = defaultdict(set)
    seen = 0
    while set(told) != events:
        for request in (await receiver.until(seen + 1))[seen:]:
            told[request.json["data"]["event_id"]].add(request.headers["webhook-id"])
            seen += 1
    return told


class Page:
    """What a page of bookings holds: rows that were loaded, and what was heard since then."""

    def __init__(self, served: Served, person: Claims) -> None:
        self._served, self._person = served, person
        self._seen: dict[str, Any] = {}
        self.rows: dict[str, dict[str, Any]] = {}

    async def load(self) -> dict[str, dict[str, Any]]:
        """Ask for the rows as they are."""
        status, rows = await self._served.http("GET", "/rest/v1/bookings?select=*", self._person)
        assert status == 200, rows
        return {row["id"]: row for row in rows}

    async def follow(self, client: Any) -> str:
        """Join, go on where it was left, and load where that cannot be; return which of them it was."""
        bindings = [{"event": "*", "schema": "public", "table": table} for table in ("bookings", "slot_changes")]
        config = {"postgres_changes": bindings, "resume": self._seen}
        reply = await client.join(TOPIC, config, access_token=self._served.token(self._person))
        answer = reply[4]["response"]["resume"]
        if answer["status"] != "resumed":
            self._seen = {"log": answer["log"], "lsn": answer["lsn"]}
            self.rows = await self.load()
        return str(answer["status"])

    async def hear_until(self, client: Any, day: str) -> None:
        """Take what comes before a day is marked as changed."""
        while True:
            change = (await client.hear_event("postgres_changes"))[4]["data"]
            self._seen |= {"lsn": change["lsn"], "index": change["index"]}
            if change["table"] == "bookings":
                self.rows[change["record"]["id"]] = change["record"]
            elif change["record"]["day"] == day:
                return


@pytest.mark.parametrize(("window", "outcome"), [(64 << 20, "resumed"), (2_000, "reload")], ids=["within", "beyond"])
async def test_a_page_that_was_cut_off_shows_what_a_fresh_one_shows_when_it_is_back(
    database: Database, window: int, outcome: str
):
    async with served_salon(database, wal=WalSettings(confirm_seconds=0.1, history_bytes=window)) as served:
        salon, [client] = served.salon, await served.salon.people(1)
        slots = (await salon.slots(salon.haircut, provider=salon.chairs[0]))[::2]
        bookings = [await salon.book(client, slot) for slot in slots[:3]]
        page, other = Page(served, salon.staff), Page(served, salon.staff)
        mark = "insert into slot_changes (provider_id, day) values (%s, %s)"
        async with served.project.connect() as watching:
            await other.follow(watching)
            async with served.project.connect() as early:
                assert await page.follow(early) == "started"
                await salon.arrange(mark, salon.chairs[0], "1999-01-01")
                await page.hear_until(early, "1999-01-01")
            before = dict(page.rows)
            await salon.call("cancel_booking", client, booking_id=bookings[0]["id"])
            moved = {"booking_id": bookings[1]["id"], "starts_at": slots[3]["starts_at"]}
            await salon.call("reschedule_booking", client, **moved)
            await salon.book(client, slots[4])
            await salon.arrange(mark, salon.chairs[0], "1999-01-02")
            await other.hear_until(watching, "1999-01-02")
        async with served.project.connect() as late:
            assert await page.follow(late) == outcome
            await salon.arrange(mark, salon.chairs[0], "1999-01-03")
            await page.hear_until(late, "1999-01-03")
        fresh = await page.load()
    assert page.rows == fresh
    assert page.rows != before
    assert len(fresh) == 4


async def _hang(_: web.Request, __: int) -> web.StreamResponse:
    await asyncio.get_running_loop().create_future()
    raise AssertionError


async def test_receivers_of_bookings_that_fail_are_counted_and_alerted_once_and_lose_nothing(served: Served) -> None:
    salon, [client] = served.salon, await served.salon.people(1)
    witness, owner = served.project.witness, served.salon.owner
    answers = {"fails": statuses(500), "gone": statuses(410), "hangs": _hang, "well": accept}

    async def answer(request: web.Request, number: int) -> web.StreamResponse:
        return await answers[request.path.rpartition("/")[2]](request, number)

    async with asyncio.timeout(100), AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(webhook_receiver(answer))
        silent = stack.enter_context(socket.socket())
        silent.bind(("127.0.0.1", 0))  # and does not listen yet: whoever connects is refused
        urls = {name: f"{receiver.url}/{name}" for name in answers}
        urls["down"] = f"http://127.0.0.1:{silent.getsockname()[1]}/hook/down"
        more: dict[str, dict[str, Any]] = {"fails": {"retry": [0.02] * 40}, "hangs": {"timeout_ms": 200}}
        made = {name: await served.endpoint(url, **more.get(name, {})) for name, url in urls.items()}
        ids = {name: one["endpoint"]["id"] for name, one in made.items()}
        await salon.book(client)
        for name, ending in {"well": "delivered", "down": "failed", "hangs": "failed"}.items():
            await witness.saw(WebhookAttempted, _ends(ids[name], ending))
        await _let_days_pass(served, ids["fails"])
        sent = Counter(one.path.rpartition("/")[2] for one in receiver.received)
        assert (sent["gone"], sent["hangs"], sent["well"]) == (1, 3, 1)
        figures = await _figures(served)
        counted = {name: (figures[one]["total_sent"], figures[one]["successful_sent"]) for name, one in ids.items()}
        assert counted == {**{name: (number, name == "well") for name, number in sent.items()}, "down": (3, 0)}
        # All are well again: what was kept is sent, with its own id.
        answers |= dict.fromkeys(answers, accept)
        back = await stack.enter_async_context(webhook_receiver(at=silent))
        for name in ("fails", "gone"):
            path, state = f"/webhooks/v1/endpoints/{ids[name]}/state", {"state": "enabled"}
            assert (await served.http("PUT", path, owner, json=state))[0] == 200
        await salon.rows("select retry_failed_webhooks(3)")
        for endpoint in ids.values():
            await witness.saw(WebhookAttempted, _ends(endpoint, "delivered"))
    assert len({one.headers["webhook-id"] for one in [*receiver.received, *back.received]}) == 1
    alerts = [(one.endpoint_id, one.reason) for one in witness.all(WebhookEndpointDisabled)]
    assert sorted(alerts) == sorted([(ids["fails"], "failing"), (ids["gone"], "gone")]), "one alert each"


def _ends(endpoint: str, status: str) -> Any:
    return lambda one: one.endpoint_id == endpoint and one.status == status


async def _let_days_pass(served: Served, endpoint: str) -> None:
    """Take days off what the database has noted of an endpoint, until it is disabled."""
    while not any(one.endpoint_id == endpoint for one in served.project.witness.all(WebhookEndpointDisabled)):
        await served.salon.arrange(
            "update webhooks.endpoints set state = state, open_until = open_until - interval '1 day',"
            " failing_since = failing_since - interval '1 day' where id = %s",
            endpoint,
        )
        await lasting(0.1)


async def _figures(served: Served) -> dict[str, dict[str, Any]]:
    rows = await served.salon.rows("select * from webhook_stats", claims=served.salon.owner)
    return {str(row["endpoint_id"]): row for row in rows}
