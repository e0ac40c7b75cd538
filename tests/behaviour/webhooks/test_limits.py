"""Whatever makes us send is limited (attack group 12), and no value that a caller gives is an error of ours."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from tests.fixtures.server import project_settings
from tests.fixtures.webhook_operator import PRIVATE, manager, served
from tests.fixtures.webhook_receiver import webhook_receiver

WINDOW = {"since": "2020-01-01T00:00:00Z"}


@pytest.fixture
def settings(database):
    return project_settings(database, webhooks=PRIVATE)


async def test_all_that_makes_us_send_counts_against_one_limit_for_each_person(database, settings):
    limited = replace(settings, webhooks=replace(PRIVATE, test_calls_per_hour=1))
    async with webhook_receiver() as receiver, served(database, limited) as (project, operator):
        ann = await manager(project, operator, "ann")
        eve = await manager(project, operator, "eve", organisation=ann.organisation)
        path = await ann.endpoint(receiver.url)
        await ann.call("POST", f"{path}/test")
        [attempt] = await ann.call("GET", "/attempts")
        for tail, body in (
            (f"{path}/test", None), (f"{path}/replay", WINDOW), (f"{path}/retry-failed", None), ("/retry-failed", None),
            (f"{path}/events/{attempt['event_id']}/resend", None), (f"{path}/deliveries/1/force", None),
        ):  # fmt: skip
            assert (await ann.call("POST", tail, body, status=429))["code"] == "webhook_rate_limited"
        assert (await ann.call("POST", f"{path}/replay", {**WINDOW, "dry_run": True}))["events"] == 1
        assert len(receiver.received) == 1
        await eve.call("POST", f"{path}/test")  # has a limit of her own
        for _ in range(2):
            await operator.call("POST", f"{path}/test")  # has none


async def test_an_event_goes_to_a_bounded_number_of_endpoints_however_many_are_made_at_once(database, settings):
    few = replace(settings, webhooks=replace(PRIVATE, endpoints_per_organisation=3))
    async with webhook_receiver() as receiver, served(database, few) as (project, operator):
        ann = await manager(project, operator, "ann")
        for organisation in (None, ann.organisation):
            body = {"url": receiver.url, "organisation_id": organisation}
            asked = [operator.ask("POST", "/endpoints", body) for _ in range(8)]
            answers = await asyncio.gather(*asked)
            assert sorted(status for status, _ in answers) == [201] * 3 + [409] * 5
            assert {one["code"] for status, one in answers if status == 409} == {"webhook_too_many_endpoints"}
        assert len(await operator.call("GET", "/endpoints")) == 6


async def test_an_endpoint_has_few_secrets_at_once_since_each_signs_every_request(database, settings):
    async with webhook_receiver() as receiver, served(database, settings) as (_, operator):
        made = await operator.call("POST", "/endpoints", {"url": receiver.url}, status=201)
        path = f"/endpoints/{made['endpoint']['id']}/secrets"
        for _ in range(4):
            await operator.call("POST", path, {"overlap_hours": 168}, status=201)
        refused = await operator.call("POST", path, {"overlap_hours": 168}, status=409)
        assert refused["code"] == "webhook_too_many_secrets"
        await operator.call("POST", path, {"overlap_hours": 0}, status=201)
        assert [one["kind"] for one in await operator.call("GET", path)].count("v1") == 1


def nested(depth: int) -> list:
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


UNSTORABLE = (
    {"description": "a\0b"}, {"description": "\ud800"}, {"filter": {"a": "\0"}}, {"filter": {"\0": 1}},
    {"filter": {"a": "\ud800"}}, {"filter": {"a": nested(300)}}, {"filter": {"a": nested(900)}},
    {"filter": {"a": ["x" * 100] * 1000}}, {"event_types": ["*"] * 101}, {"headers": {"X-A": "\ud800"}},
    {"headers": {f"X-{n}": "" for n in range(21)}}, {"retry": {"first": 1e308, "factor": 1e308}}, {"retry": [-1]},
    {"retry": [1] * 100}, {"max_in_flight": 0}, {"rate_per_second": 0}, {"timeout_ms": 10**9}, {"url": "\ud800"},
    {"organisation_id": None}, {"state": "enabled"}, {"sealed_headers": "x"}, {"failures": -1},
)  # fmt: skip


async def test_no_value_that_a_caller_gives_is_an_error_of_ours(database, settings):
    async with served(database, settings) as (_, operator):
        made = await operator.call("POST", "/endpoints", {"url": "https://example.org/"}, status=201)
        path = f"/endpoints/{made['endpoint']['id']}"
        for change in UNSTORABLE:
            status, answer = await operator.ask("PATCH", path, change)
            assert (status in (400, 422), answer["code"][:8]) == (True, "webhook_"), answer
            if "organisation_id" not in change:
                await operator.call("POST", "/endpoints", {"url": "https://example.org/", **change}, status=status)
        assert await operator.call("GET", "/endpoints") == [made["endpoint"]]


async def test_no_event_and_no_key_that_a_caller_gives_is_an_error_of_ours(database, settings):
    async with served(database, settings) as (_, operator):
        made = await operator.call("POST", "/endpoints", {"url": "https://example.org/"}, status=201)
        replay = f"/endpoints/{made['endpoint']['id']}/replay"
        for path, body in (
            ("/events", {"events": [{"type": "a.b", "data": {"a": "\ud800"}}]}),
            ("/events", {"events": [{"type": "a.b", "data": {"a": nested(300)}}]}),
            ("/events", {"events": [{"type": "a.b", "data": {}}], "key": "\0"}),
            (replay, {**WINDOW, "key": "\0"}),
            (replay, {**WINDOW, "key": "'; drop table webhooks.events; --", "most": 0}),
        ):
            await operator.call("POST", path, body, status=422)
        assert await operator.call("POST", replay, {**WINDOW, "key": "' or true --"}) == {"events": 0, "dry_run": False}
