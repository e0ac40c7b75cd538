"""What an operator looks at over HTTP: an event with all that became of it, lists by page, the course of figures."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.fixtures.server import project_settings
from tests.fixtures.webhook_operator import PRIVATE, manager, served, until_told
from tests.fixtures.webhook_receiver import statuses, webhook_receiver


@pytest.fixture
def settings(database):
    return project_settings(database, webhooks=PRIVATE)


async def test_an_event_is_shown_as_it_was_sent_with_every_attempt_and_what_was_given_up(database, settings):
    async with webhook_receiver(statuses(500)) as receiver, served(database, settings) as (_, operator):
        made = await operator.call("POST", "/endpoints", {"url": receiver.url, "retry": "none"}, status=201)
        endpoint = made["endpoint"]["id"]
        assert (await operator.call("POST", f"/endpoints/{endpoint}/test"))["success"] is False
        [event] = await operator.call("GET", "/events")
        shown = await operator.call("GET", f"/events/{event['id']}")
        assert shown["body"] == receiver.received[0].json
        assert [one["status"] for one in shown["attempts"]] == ["failed"]
        [dead] = shown["dead_letters"]
        assert (dead["endpoint_id"], dead["reason"], shown["deliveries"]) == (endpoint, "http_500", [])
        assert await operator.call("GET", "/dead-letters") == [dead]
        assert await operator.call("GET", f"/dead-letters?endpoint_id={endpoint}") == [dead]
        receiver.answer = statuses(200)
        assert await operator.call("POST", f"/endpoints/{endpoint}/retry-failed", status=202) == {"count": 1}
        again = (await receiver.until(2))[1]
        assert again.headers["webhook-id"] == receiver.received[0].headers["webhook-id"]
        assert await operator.call("GET", "/dead-letters") == []
        assert await operator.call("POST", "/retry-failed", status=202) == {"count": 0}
        assert (await operator.call("GET", f"/events/{endpoint}", status=404))["code"] == "webhook_event_unknown"


async def test_lists_are_found_by_type_time_and_key_and_read_page_by_page(database, settings):
    async with webhook_receiver() as receiver, served(database, settings) as (_, operator):
        await operator.call("POST", "/endpoints", {"url": receiver.url}, status=201)
        for kind in ("thing.made", "thing.gone", "other"):
            events = {"events": [{"type": kind, "data": {}}], "key": kind}
            await operator.call("POST", "/events", events, status=202)
        await receiver.until(3)
        types = [one["type"] for one in await operator.call("GET", "/events")]
        assert types == ["other", "thing.gone", "thing.made"]
        for query, found in (
            ("event_type=thing.*", types[1:]), ("event_type=other", types[:1]), ("key=thing.made", types[2:]),
        ):  # fmt: skip
            assert [one["type"] for one in await operator.call("GET", f"/events?{query}")] == found
        pages, until = [], ""
        while page := await operator.call("GET", f"/events?most=2{until}"):
            pages.append(len(page))
            until = f"&until={quote(page[-1]['occurred_at'])}"
        assert pages == [2, 1]
        since = quote((await operator.call("GET", "/events?event_type=thing.gone"))[0]["occurred_at"])
        assert [one["type"] for one in await operator.call("GET", f"/events?since={since}")] == types[:2]
        await operator.call("GET", "/events?most=0", status=422)
        await operator.call("GET", "/attempts?color=red", status=422)


async def test_figures_come_as_a_course_in_which_no_step_is_missing(database, settings):
    async with webhook_receiver(statuses(500, 200)) as receiver, served(database, settings) as (_, operator):
        made = await operator.call("POST", "/endpoints", {"url": receiver.url, "retry": "none"}, status=201)
        for _ in range(2):
            await operator.call("POST", f"/endpoints/{made['endpoint']['id']}/test")
        steps = await operator.call("GET", "/statistics/course?minutes=30&step_minutes=5")
        assert len(steps) == 7
        assert sum(one["delivered"] for one in steps) == 1
        assert sum(one["failed"] for one in steps) == 1


async def test_managers_see_events_and_deliveries_of_their_organisation_alone(database, settings):
    async with webhook_receiver() as receiver, served(database, settings) as (project, operator):
        ann, bob = [await manager(project, operator, name) for name in ("ann", "bob")]
        path = await ann.endpoint(receiver.url)
        assert (await ann.call("POST", f"{path}/test"))["success"] is True
        await ann.call("PUT", f"{path}/state", {"state": "paused"})
        await until_told(project)
        await ann.call("POST", f"{path}/replay", {"since": "2020-01-01T00:00:00Z"})
        [event] = await ann.call("GET", "/events")
        assert [one["event_id"] for one in await ann.call("GET", "/deliveries")] == [event["id"]]
        shown = await ann.call("GET", f"/events/{event['id']}")
        assert len(shown["attempts"]) == 1
        assert sum(one["delivered"] for one in await ann.call("GET", "/statistics/course")) == 1
        for tail in ("/events", "/deliveries", "/dead-letters", "/attempts"):
            assert await bob.call("GET", tail) == []
        assert (await bob.call("GET", f"/events/{event['id']}", status=404))["code"] == "webhook_event_unknown"
        assert not any(one["delivered"] for one in await bob.call("GET", "/statistics/course"))
