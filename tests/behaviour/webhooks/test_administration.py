"""The administration over HTTP with the whole server: an operator's day, and what others may not do."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from millstream.webhooks.settings import WebhookSettings
from millstream.webhooks.signing.receiver import Receiver, WebhookRefused
from tests.fixtures.server import project_settings
from tests.fixtures.webhook_operator import OWN_KEYS, PRIVATE, Operator, served, until_told
from tests.fixtures.webhook_receiver import statuses, webhook_receiver


@pytest.fixture
def settings(database):
    return project_settings(database, webhooks=PRIVATE)


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
        assert [one["name"] for one in statistics["measures"] if not one["holds"]] == ["success_rate"]
        await operator.call("DELETE", path, status=204)
        await operator.call("GET", path, status=404)
        assert await operator.call("GET", "/endpoints") == []


async def test_a_rotated_secret_overlaps_with_the_old_one_until_it_is_revoked(database, settings):
    async with webhook_receiver() as receiver, served(database, settings) as (project, operator):
        made = await operator.call("POST", "/endpoints", {"url": receiver.url}, status=201)
        path, old = f"/endpoints/{made['endpoint']['id']}", made["secrets"][0]["secret"]
        new = (await operator.call("POST", f"{path}/secrets", {"overlap_hours": 1}, status=201))["secret"]
        await until_told(project)
        await operator.call("POST", f"{path}/test")
        [request] = receiver.received
        for key in (old, new):
            assert Receiver([key], time.time).open(request.headers, request.body)
        newest = (await operator.call("POST", f"{path}/secrets", {"overlap_hours": 0}, status=201))["secret"]
        await until_told(project)
        await operator.call("POST", f"{path}/test")
        request = receiver.received[1]
        assert Receiver([newest], time.time).open(request.headers, request.body)
        for revoked in (old, new):
            with pytest.raises(WebhookRefused):
                Receiver([revoked], time.time).open(request.headers, request.body)
        listed = await operator.call("GET", f"{path}/secrets")
        assert [one["secret"] for one in listed if one["kind"] == "v1"] == [newest]


async def until_settled(operator: Operator, path: str) -> None:
    """Ask until the answer of the last delivery is written down; what is on its way is not replayed."""
    async with asyncio.timeout(30):
        while await operator.call("GET", f"{path}/deliveries"):
            pass


async def test_events_of_ones_own_are_replayed_by_window_after_a_dry_run(database, settings):
    async with webhook_receiver() as receiver, served(database, settings) as (_, operator):
        made = await operator.call("POST", "/endpoints", {"url": receiver.url, "event_types": ["thing.*"]}, status=201)
        path = f"/endpoints/{made['endpoint']['id']}"
        batch = {"events": [{"type": "thing.made", "data": {"n": n}} for n in range(3)], "key": "one"}
        await operator.call("POST", "/events", batch, status=202)
        assert [request.json["data"]["n"] for request in await receiver.until(3)] == [0, 1, 2]
        await until_settled(operator, path)
        await operator.call("POST", "/events", {"events": [{"type": "other", "data": {}}]}, status=202)
        window = {"since": "2020-01-01T00:00:00Z", "event_types": ["thing.made"]}
        assert await operator.call("POST", f"{path}/replay", {**window, "dry_run": True}) == {
            "events": 3,
            "dry_run": True,
        }
        for types, found in ((["*"], 4), (["thing.*"], 3), (["other", "thing.*"], 4), (["thin.*"], 0), (["thing"], 0)):
            wanted = {**window, "event_types": types, "dry_run": True}
            assert (await operator.call("POST", f"{path}/replay", wanted))["events"] == found, types
        assert (await operator.call("POST", f"{path}/replay", {**window, "most": 2, "dry_run": True}))["events"] == 2
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
    async with served(database, replace(settings, webhooks=WebhookSettings(), auth=OWN_KEYS)) as (_, operator):
        assert (await operator.call("POST", "/endpoints", body, status=422))["code"] == code


async def test_the_openapi_text_names_every_route_and_its_answers(database, settings):
    async with served(database, settings) as (_, operator):
        text = await operator.call("GET", "/openapi.json")
        assert len(text["paths"]) >= 15
        for path, methods in text["paths"].items():
            for method, described in methods.items():
                assert described["description"], (method, path)
                assert any(status.startswith("2") for status in described["responses"])
