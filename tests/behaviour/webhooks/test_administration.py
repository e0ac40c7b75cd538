"""The administration over HTTP with the whole server: an operator's day, and what others may not do."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from millstream.auth.settings import AuthSettings
from millstream.webhooks.settings import WebhookSettings
from millstream.webhooks.signing.receiver import Receiver
from tests.fixtures.realtime_project import RealtimeProject
from tests.fixtures.server import project_settings, serving
from tests.fixtures.webhook_receiver import statuses, webhook_receiver
from tests.fixtures.witness import Witness

PRIVATE = WebhookSettings(allow_private_addresses=True, poll_seconds=0.1)


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who calls the administration with a key."""

    http: aiohttp.ClientSession
    url: str
    key: str

    async def call(self, method: str, path: str, body: Any = None, *, status: int = 200) -> Any:
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        async with self.http.request(method, f"{self.url}/webhooks/v1{path}", json=body, headers=headers) as answer:
            text = await answer.text()
            assert answer.status == status, text
            return await answer.json() if text else None


@pytest.fixture
def settings(database):
    return project_settings(database, webhooks=PRIVATE)


@asynccontextmanager
async def served(database, settings) -> AsyncIterator[tuple[RealtimeProject, Operator]]:
    witness = Witness()
    async with serving(settings, observe=witness) as (url, (project,)), aiohttp.ClientSession() as http:
        running = RealtimeProject(url, project, database, witness)
        yield running, Operator(http, url, running.service_key)


async def test_an_operator_makes_tests_changes_pauses_and_removes_an_endpoint(database, settings):
    async with webhook_receiver() as receiver, served(database, settings) as (_, operator):
        made = await operator.call(
            "POST", "/endpoints", {"url": receiver.url, "headers": {"X-Key": "hidden"}, "preset": "make"}, status=201
        )
        endpoint, keys = made["endpoint"], [one["public"] or one["secret"] for one in made["secrets"]]
        assert (endpoint["retry"], endpoint["rate_per_second"], endpoint["timeout_ms"]) == ("make", 25.0, 40000)
        path = f"/endpoints/{endpoint['id']}"
        result = await operator.call("POST", f"{path}/test")
        assert (result["success"], result["http_status"], result["error"]) == (True, 200, None)
        [request] = receiver.received
        assert request.headers["x-key"] == "hidden"
        for key in keys:
            assert Receiver([key], time.time).open(request.headers, request.body).type == "webhook.test"
        changed = await operator.call("PATCH", path, {"event_types": ["thing.*"], "retry": [3600]})
        assert (changed["event_types"], changed["retry"], changed["preset"]) == (["thing.*"], [3600], "make")
        receiver.answer = statuses(500)
        result = await operator.call("POST", f"{path}/test")
        assert (result["success"], result["error"]) == (False, "The receiver answered 500.")
        [failed, delivered] = await operator.call("GET", f"/attempts?endpoint_id={endpoint['id']}")
        assert (failed["status"], delivered["status"]) == ("retrying", "delivered")
        assert failed["request_headers"]["X-Key"] == "(hidden)"
        assert "hidden" not in str(await operator.call("GET", path)).replace("(hidden)", "")
        assert (await operator.call("PUT", f"{path}/state", {"state": "paused"}))["state"] == "paused"
        statistics = await operator.call("GET", "/statistics")
        assert (statistics["total_sent"], statistics["successful_sent"], statistics["success_rate"]) == (2, 1, 50.0)
        await operator.call("DELETE", path, status=204)
        await operator.call("GET", path, status=404)
        assert await operator.call("GET", "/endpoints") == []


async def test_a_rotated_secret_overlaps_with_the_old_one(database, settings):
    async with webhook_receiver() as receiver, served(database, settings) as (_, operator):
        made = await operator.call("POST", "/endpoints", {"url": receiver.url}, status=201)
        path, old = f"/endpoints/{made['endpoint']['id']}", made["secrets"][0]["secret"]
        new = (await operator.call("POST", f"{path}/secrets", {"overlap_hours": 1}, status=201))["secret"]
        newest = (await operator.call("POST", f"{path}/secrets", {"overlap_hours": 0}, status=201))["secret"]
        await operator.call("POST", f"{path}/test")
        [request] = receiver.received
        assert Receiver([newest], time.time).open(request.headers, request.body)
        listed = await operator.call("GET", f"{path}/secrets")
        assert [one["secret"] for one in listed if one["kind"] == "v1"] == [newest]
        for expired in (old, new):
            assert expired not in [one["secret"] for one in listed]


async def test_events_of_ones_own_are_replayed_by_window_after_a_dry_run(database, settings):
    async with webhook_receiver() as receiver, served(database, settings) as (_, operator):
        made = await operator.call("POST", "/endpoints", {"url": receiver.url, "event_types": ["thing.*"]}, status=201)
        path = f"/endpoints/{made['endpoint']['id']}"
        batch = {"events": [{"type": "thing.made", "data": {"n": n}} for n in range(3)], "key": "one"}
        await operator.call("POST", "/events", batch, status=202)
        assert [request.json["data"]["n"] for request in await receiver.until(3)] == [0, 1, 2]
        await operator.call("POST", "/events", {"events": [{"type": "other", "data": {}}]}, status=202)
        window = {"since": "2020-01-01T00:00:00Z", "event_types": ["thing.made"]}
        assert await operator.call("POST", f"{path}/replay", {**window, "dry_run": True}) == {
            "events": 3,
            "dry_run": True,
        }
        assert (await operator.call("POST", f"{path}/replay", window))["events"] == 3
        requests = await receiver.until(6)
        assert [one.headers["webhook-id"] for one in requests[3:]] == [
            one.headers["webhook-id"] for one in requests[:3]
        ]


async def test_a_blocked_key_goes_on_when_its_head_is_skipped(database, settings):
    async with webhook_receiver(statuses(500, 200)) as receiver, served(database, settings) as (_, operator):
        wanted = {"url": receiver.url, "retry": "none", "when_exhausted": "block"}
        made = await operator.call("POST", "/endpoints", wanted, status=201)
        path = f"/endpoints/{made['endpoint']['id']}"
        batch = {"events": [{"type": "thing.made", "data": {"n": n}} for n in range(2)], "key": "one"}
        await operator.call("POST", "/events", batch, status=202)
        await receiver.until(1)
        result = await operator.call("POST", f"{path}/test")  # of another key
        assert result["success"] is True
        due = await operator.call("GET", f"{path}/deliveries")
        assert [one["state"] for one in sorted(due, key=lambda one: one["sequence"])] == ["blocked", "waiting"]
        head = next(one["id"] for one in due if one["state"] == "blocked")
        assert await operator.call("POST", f"{path}/deliveries/{head}/skip", status=202) == {"count": 1}
        assert (await receiver.until(3))[2].json["data"] == {"n": 1}
        [dead] = await operator.call("GET", f"{path}/dead-letters")
        assert dead["reason"] == "skipped"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "webhook_request_invalid"),
        ({"url": "https://example.org", "extra": 1}, "webhook_request_invalid"),
        ({"url": "https://example.org", "event_types": ["no good"]}, "webhook_request_invalid"),
        ({"url": "https://example.org", "preset": "smoke"}, "webhook_request_invalid"),
        ({"url": "https://example.org", "retry": "often"}, "webhook_retry_invalid"),
        ({"url": "https://example.org", "secret": "short"}, "webhook_secret_invalid"),
        ({"url": "https://example.org", "headers": {"Host": "x"}}, "webhook_header_refused"),
        ({"url": "https://example.org", "headers": {"webhook-id": "x"}}, "webhook_header_refused"),
        ({"url": "https://example.org", "headers": {"X-A": "a\r\nX-B: b"}}, "webhook_header_refused"),
        ({"url": "https://127.0.0.1/"}, "webhook_address_refused"),
        ({"url": "http://example.org/"}, "webhook_address_refused"),
    ],
    ids=range(11),
)
async def test_what_cannot_be_is_refused_with_a_code(database, settings, body, code):
    own_keys = AuthSettings(
        jwt_secret="of this project and nobody else's",
        publishable_keys=("sb_publishable_own",),
        secret_keys=("sb_secret_own",),
    )
    async with served(database, replace(settings, webhooks=WebhookSettings(), auth=own_keys)) as (_, operator):
        assert (await operator.call("POST", "/endpoints", body, status=422))["code"] == code


async def test_one_organisation_never_reaches_what_is_anothers(database, settings):
    async with webhook_receiver() as receiver, served(database, settings) as (project, operator):
        people, organisations = {}, {}
        for name in ("ann", "bob", "staff"):
            user = str(uuid4())
            await project.run(f"insert into auth.users (id, email) values ('{user}', '{name}@example.org')")
            people[name] = replace(operator, key=project.token(user))
            if name != "staff":
                organisations[name] = str(uuid4())
                await project.run(
                    "insert into auth.organisations (id, slug, name)"
                    f" values ('{organisations[name]}', '{name}s', '{name}')"
                )
            organisation = organisations.get(name, organisations["ann"])
            role = "staff" if name == "staff" else "owner"
            await project.run(
                "insert into auth.memberships (organisation_id, user_id, role)"
                f" values ('{organisation}', '{user}', '{role}')"
            )
        wanted = {"url": receiver.url, "organisation_id": organisations["ann"]}
        made = await people["ann"].call("POST", "/endpoints", wanted, status=201)
        path = f"/endpoints/{made['endpoint']['id']}"
        assert (await people["ann"].call("POST", f"{path}/test"))["success"] is True
        for stranger in ("bob", "staff"):
            who = people[stranger]
            assert await who.call("GET", "/endpoints") == []
            assert await who.call("GET", "/attempts") == []
            assert (await who.call("GET", "/statistics"))["total_sent"] == 0
            for method, tail, body in (
                ("GET", "", None), ("PATCH", "", {"description": "mine"}), ("DELETE", "", None),
                ("PUT", "/state", {"state": "disabled"}), ("GET", "/secrets", None), ("POST", "/secrets", {}),
                ("POST", "/test", None), ("POST", "/replay", {"since": "2020-01-01T00:00:00Z"}),
                ("POST", "/retry-failed", None), ("POST", f"/events/{uuid4()}/resend", None),
            ):  # fmt: skip
                assert (await who.call(method, path + tail, body, status=404))["code"] == "webhook_endpoint_unknown"
            assert (await who.call("POST", "/endpoints", wanted, status=403))["code"] == "webhooks_forbidden"
            project_wide = {"url": receiver.url}
            assert (await who.call("POST", "/endpoints", project_wide, status=403))["code"] == "webhooks_forbidden"
            event = {"events": [{"type": "a.b", "data": {}}]}
            assert (await who.call("POST", "/events", event, status=403))["code"] == "webhooks_forbidden"
        nobody = replace(operator, key=project.anon_key)
        await nobody.call("GET", "/endpoints", status=403)
        assert len(receiver.received) == 1


async def test_test_calls_are_limited_for_people(database, settings):
    limited = replace(settings, webhooks=replace(PRIVATE, test_calls_per_hour=1))
    async with webhook_receiver() as receiver, served(database, limited) as (project, operator):
        user, organisation = str(uuid4()), str(uuid4())
        await project.run(
            f"insert into auth.users (id, email) values ('{user}', 'ann@example.org')",
            f"insert into auth.organisations (id, slug, name) values ('{organisation}', 'anns', 'Ann')",
            "insert into auth.memberships (organisation_id, user_id, role)"
            f" values ('{organisation}', '{user}', 'owner')",
        )
        ann = replace(operator, key=project.token(user))
        made = await ann.call("POST", "/endpoints", {"url": receiver.url, "organisation_id": organisation}, status=201)
        await ann.call("POST", f"/endpoints/{made['endpoint']['id']}/test")
        refused = await ann.call("POST", f"/endpoints/{made['endpoint']['id']}/test", status=429)
        assert refused["code"] == "webhook_rate_limited"


async def test_the_openapi_text_names_every_route_and_its_answers(database, settings):
    async with served(database, settings) as (_, operator):
        text = await operator.call("GET", "/openapi.json")
        assert len(text["paths"]) >= 15
        for path, methods in text["paths"].items():
            for method, described in methods.items():
                assert described["description"], (method, path)
                assert any(status.startswith("2") for status in described["responses"])
