"""No webhook goes into our network (attack groups 1, 2, 3 and 5): when made, changed, tried and delivered."""

from __future__ import annotations

import orjson
import psycopg
import pytest

from millstream.webhooks.observations import WebhookAttempted
from millstream.webhooks.settings import WebhookSettings
from tests.fixtures.refused_urls import STORABLE_URLS, URLS
from tests.fixtures.server import project_settings
from tests.fixtures.webhook_operator import OWN_KEYS, served

PUBLIC = {"url": "https://example.org/hook"}


@pytest.fixture
def settings(database):
    return project_settings(database, webhooks=WebhookSettings(poll_seconds=0.1), auth=OWN_KEYS)


async def store(project, url: str) -> str:
    """Write an endpoint past the administration, as somebody with the database may."""
    async with await psycopg.AsyncConnection.connect(project.database.admin_url, autocommit=True) as connection:
        cursor = await connection.execute(
            "insert into webhooks.endpoints (url, retry, event_types) values (%s, %s, '{thing.made}')"
            " returning id::text",
            (url, orjson.dumps("none").decode()),
        )
        row = await cursor.fetchone()
    assert row is not None
    return str(row[0])


async def test_an_endpoint_is_neither_made_nor_changed_to_where_no_webhook_goes(database, settings):
    async with served(database, settings) as (_, operator):
        made = await operator.call("POST", "/endpoints", PUBLIC, status=201)
        path = f"/endpoints/{made['endpoint']['id']}"
        for url in URLS:
            for method, where in (("POST", "/endpoints"), ("PATCH", path)):
                status, answer = await operator.ask(method, where, {"url": url})
                assert (status, answer["code"]) in (
                    (422, "webhook_address_refused"),
                    (422, "webhook_request_invalid"),  # too long for the field
                ), (method, url)
        assert [one["url"] for one in await operator.call("GET", "/endpoints")] == [PUBLIC["url"]]


async def test_an_endpoint_that_was_stored_all_the_same_is_never_called(database, settings):
    async with served(database, settings) as (project, operator):
        for url in STORABLE_URLS:
            await store(project, url)
        await operator.call("POST", "/events", {"events": [{"type": "thing.made", "data": {}}]}, status=202)
        await project.witness.saw(WebhookAttempted, times=len(STORABLE_URLS))
        attempts = await operator.call("GET", "/attempts?most=500")
        assert {(one["status"], one["error"], one["http_status"]) for one in attempts} == {
            ("failed", "address_refused", None)
        }
        assert len(attempts) == len(STORABLE_URLS)


@pytest.mark.parametrize(
    "url", ["https://169.254.169.254/latest", "https://[::ffff:127.0.0.1]/", "http://example.org/"]
)
async def test_a_test_call_does_not_go_there_either_and_says_why(database, settings, url):
    async with served(database, settings) as (project, operator):
        endpoint_id = await store(project, url)
        result = await operator.call("POST", f"/endpoints/{endpoint_id}/test")
        assert (result["success"], result["http_status"], result["attempts"]) == (False, None, 1)
        assert result["error"].endswith((" is not on the public internet.", " begins with https://."))
