"""Organisations beside each other (attack groups 8 and 11): nobody reads, sends or changes what is another's."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from tests.fixtures.server import project_settings
from tests.fixtures.webhook_operator import PRIVATE, manager, served, until_told
from tests.fixtures.webhook_receiver import webhook_receiver

WINDOW = {"since": "2020-01-01T00:00:00Z"}
ON_AN_ENDPOINT = (
    ("GET", "", None), ("PATCH", "", {"description": "mine"}), ("DELETE", "", None),
    ("PUT", "/state", {"state": "disabled"}), ("GET", "/secrets", None), ("POST", "/secrets", {}),
    ("POST", "/test", None), ("POST", "/replay", WINDOW), ("POST", "/replay", {**WINDOW, "dry_run": True}),
    ("POST", "/retry-failed", None), ("POST", "/events/{event}/resend", None), ("POST", "/deliveries/1/skip", None),
    ("POST", "/deliveries/1/force", None),
)  # fmt: skip


@pytest.fixture
def settings(database):
    return project_settings(database, webhooks=PRIVATE)


@asynccontextmanager
async def two_organisations(database, settings):
    """Two owners; Ann has an endpoint that was called once, and an event of hers is kept."""
    async with webhook_receiver() as receiver, served(database, settings) as (project, operator):
        ann, bob = [await manager(project, operator, name) for name in ("ann", "bob")]
        path = await ann.endpoint(receiver.url)
        assert (await ann.call("POST", f"{path}/test"))["success"] is True
        [attempt] = await ann.call("GET", "/attempts")
        yield project, receiver, ann, bob, path, attempt["event_id"]


@pytest.mark.parametrize("who", ["owner-of-another", "staff-of-it"])
async def test_one_organisation_never_reaches_what_is_anothers(database, settings, who):
    async with two_organisations(database, settings) as (project, receiver, ann, bob, path, event):
        staff = await manager(project, ann.operator, "staff", role="staff", organisation=ann.organisation)
        stranger = bob if who == "owner-of-another" else staff
        for method, tail, body in ON_AN_ENDPOINT:
            refused = await stranger.call(method, path + tail.format(event=event), body, status=404)
            assert refused["code"] == "webhook_endpoint_unknown"
            assert refused["message"] == f"There is no endpoint {path.removeprefix('/endpoints/')}."
        assert len(receiver.received) == 1
        assert (await ann.call("GET", path))["state"] == "enabled"


async def test_an_id_that_is_not_there_is_answered_like_one_of_others(database, settings):
    async with two_organisations(database, settings) as (_, _, _, bob, path, event):
        for method, tail, body in ON_AN_ENDPOINT:
            answers = []
            for one in (path, f"/endpoints/{uuid4()}"):
                answer = await bob.call(method, one + tail.format(event=event), body, status=404)
                answers.append({**answer, "message": answer["message"].rpartition(" ")[0]})
            assert answers[0] == answers[1]


async def test_lists_hold_nothing_of_others_whatever_they_are_filtered_by(database, settings):
    async with two_organisations(database, settings) as (_, _, ann, bob, path, event):
        endpoint = path.removeprefix("/endpoints/")
        assert await bob.call("GET", "/endpoints") == []
        for query in (
            "",
            f"?endpoint_id={endpoint}",
            f"?event_id={event}",
            f"?endpoint_id={endpoint}&event_id={event}",
        ):
            assert len(await ann.call("GET", f"/attempts{query}")) == 1
            assert await bob.call("GET", f"/attempts{query}") == []
        for query in ("", f"?endpoint_id={endpoint}"):
            found = await bob.call("GET", f"/statistics{query}")
            assert (found["total_sent"], found["due"], found["dead"]) == (0, 0, 0)
        assert await bob.call("GET", f"{path}/deliveries") == []
        assert await bob.call("GET", f"{path}/dead-letters") == []
        assert await bob.call("POST", "/retry-failed", status=202) == {"count": 0}


async def test_ids_that_are_swapped_lead_to_nothing(database, settings):
    """An endpoint of one's own with the event or the delivery of somebody else."""
    async with two_organisations(database, settings) as (project, receiver, ann, bob, path, event):
        mine = await bob.endpoint(receiver.url)
        refused = await bob.call("POST", f"{mine}/events/{event}/resend", status=404)
        assert refused["code"] == "webhook_event_unknown"
        assert (await bob.call("POST", f"{mine}/replay", WINDOW))["events"] == 0
        await ann.call("PUT", f"{path}/state", {"state": "paused"})
        await until_told(project)
        await ann.call("POST", f"{path}/replay", WINDOW)
        [due] = await ann.call("GET", f"{path}/deliveries")
        for act in ("skip", "force"):
            assert await bob.call("POST", f"{mine}/deliveries/{due['id']}/{act}", status=202) == {"count": 0}
        assert [one["id"] for one in await ann.call("GET", f"{path}/deliveries")] == [due["id"]]


async def test_nobody_makes_endpoints_or_events_for_others(database, settings):
    async with two_organisations(database, settings) as (project, receiver, ann, bob, path, _):
        for organisation in (ann.organisation, str(uuid4()), None):
            wanted = {"url": receiver.url, "organisation_id": organisation}
            assert (await bob.call("POST", "/endpoints", wanted, status=403))["code"] == "webhooks_forbidden"
        event = {"events": [{"type": "a.b", "data": {}}]}
        assert (await bob.call("POST", "/events", event, status=403))["code"] == "webhooks_forbidden"
        await ann.call("PATCH", path, {"organisation_id": bob.organisation}, status=422)
        nobody = replace(bob.operator, key=project.anon_key)
        await nobody.call("GET", "/endpoints", status=403)
        await replace(bob.operator, key="").call("GET", "/endpoints", status=403)


async def test_somebody_who_leaves_an_organisation_leaves_its_webhooks(database, settings):
    async with two_organisations(database, settings) as (project, _, ann, _, path, _):
        await manager(project, ann.operator, "eve", organisation=ann.organisation)
        await project.run(f"delete from auth.memberships where user_id = '{ann.user}'")
        await ann.call("GET", path, status=404)
        assert await ann.call("GET", "/attempts") == []
