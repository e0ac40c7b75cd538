"""Make.com by the names that its users know: from the settings to a scenario that answers, fails, and hears nothing."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from millstream.operations import SERVICE
from millstream.server.project import Project
from millstream.server.settings import ServerSettings, read_settings
from millstream.webhooks.administration import make
from millstream.webhooks.administration.endpoints import get_secrets, list_endpoints, update_endpoint
from millstream.webhooks.administration.models import EndpointChange
from millstream.webhooks.settings import WebhookSettings
from millstream.webhooks.signing.receiver import Receiver
from tests.fixtures.server import project_settings, serving
from tests.fixtures.webhook_receiver import statuses, webhook_receiver

SECRET = "a text of more than twenty-four bytes"
DATA = {"booking_details": {"id": "1"}, "client_info": {"name": "Client"}, "provider_info": {"name": "Provider"}}
FAST = WebhookSettings(allow_private_addresses=True, poll_seconds=0.1)


@asynccontextmanager
async def served(database, **webhooks: Any) -> AsyncIterator[tuple[str, Project]]:
    settings = project_settings(database, webhooks=replace(FAST, **webhooks))
    async with serving(settings) as (url, (project,)):
        yield url, project


async def test_the_settings_make_one_endpoint_however_often_the_server_starts(database):
    async with webhook_receiver() as receiver:
        for _ in range(2):
            async with served(database, make_url=receiver.url, make_secret=SECRET) as (_, project):
                admin = project.webhooks.administration
                [endpoint] = await list_endpoints(admin, SERVICE)
                assert (endpoint.preset, endpoint.rate_per_second) == ("make", 25.0)
                assert endpoint.description == "Make.com, by MAKE_WEBHOOK_URL"
                assert len(await get_secrets(admin, SERVICE, endpoint.id)) == 1
        moved = {"make_url": f"{receiver.url}moved", "make_secret": "another text of more than 24 bytes"}
        async with served(database, **moved) as (_, project):
            admin = project.webhooks.administration
            [endpoint] = await list_endpoints(admin, SERVICE)
            assert endpoint.url == moved["make_url"]
            [new, old] = await get_secrets(admin, SERVICE, endpoint.id)
            assert (new.expires_at, old.expires_at is None) == (None, False)


async def test_a_send_is_signed_and_answers_with_its_first_attempt(database):
    async with (
        webhook_receiver(statuses(500, 200)) as receiver,
        served(database, make_url=receiver.url, make_secret=SECRET) as (_, project),
    ):
        admin = project.webhooks.administration
        await update_endpoint(admin, SERVICE, make.MAKE_ENDPOINT, EndpointChange(retry=[0.05]))
        failed = await make.send_to_make_webhook(admin, SERVICE, "booking.created", DATA)
        assert failed == make.MakeResult(success=False, error="The receiver answered 500.")
        # It is tried again all the same.
        request = (await receiver.until(2))[1]
        opened = Receiver([make.make_signing_secret(SECRET).text], time.time).open(request.headers, request.body)
        assert (opened.type, opened.data) == ("booking.created", DATA)
        assert SECRET not in str(request.headers)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((500, 503, 200), make.MakeRetryResult(success=True, error=None, attempts=3)),
        ((500,), make.MakeRetryResult(success=False, error="The receiver answered 500.", attempts=3)),
    ],
    ids=["delivered", "given up"],
)
async def test_a_send_with_retry_answers_with_what_came_of_it(database, answers, expected):
    async with (
        webhook_receiver(statuses(*answers)) as receiver,
        served(database, make_url=receiver.url, make_secret=SECRET) as (_, project),
    ):
        admin = project.webhooks.administration
        await update_endpoint(admin, SERVICE, make.MAKE_ENDPOINT, EndpointChange(retry=[0.05, 0.05]))
        assert await make.send_to_make_webhook_with_retry(admin, SERVICE, "booking.created", DATA) == expected
        stats = await make.get_webhook_stats(admin, SERVICE)
        assert (stats.total_sent, stats.successful_sent) == (3, int(expected.success))
        assert stats.average_response_time > 0


async def test_staff_call_the_same_over_http(database):
    async with (
        webhook_receiver() as receiver,
        served(database, make_url=receiver.url, make_secret=SECRET, inbound_secret="in") as (url, project),
        aiohttp.ClientSession() as http,
    ):

        async def call(method: str, path: str, key: str, body: Any = None) -> tuple[int, Any]:
            headers = {"authorization": f"Bearer {key}"}
            async with http.request(method, f"{url}/webhooks/v1/make{path}", json=body, headers=headers) as answer:
                return answer.status, await answer.json()

        key = project.settings.auth.secret_keys[0]
        status, tested = await call("POST", "/test", key)
        assert (status, tested["success"], tested["error"]) == (200, True, None)
        assert tested["response_time"] > 0
        event = {"event": "booking.created", "data": DATA}
        assert (await call("POST", "/send", key, event))[1] == {"success": True, "error": None}
        retried = (await call("POST", "/send-with-retry", key, event))[1]
        assert retried == {"success": True, "error": None, "attempts": 1}
        stats = (await call("GET", "/stats", key))[1]
        assert (stats["total_sent"], stats["successful_sent"]) == (3, 3)
        config = (await call("GET", "/config", key))[1]
        assert (config["is_valid"], config["errors"]) == (True, [])
        assert config["warnings"] == ["MAKE_WEBHOOK_URL is no address of make.com."]
        assert (await call("GET", "/config", project.auth.api_keys.anon_key))[0] == 403


async def test_without_settings_a_send_says_what_is_missing(database):
    async with served(database) as (_, project):
        admin = project.webhooks.administration
        result = await make.send_to_make_webhook(admin, SERVICE, "booking.created", DATA)
        assert (result.success, "set MAKE_WEBHOOK_URL" in result.error) == (False, True)
        assert (await make.test_make_webhook(admin, SERVICE)).success is False
        check = make.validate_make_webhook_config(admin, SERVICE)
        assert (check.is_valid, check.errors) == (False, ["MAKE_WEBHOOK_URL is not set."])
        assert len(check.warnings) == 2


async def test_settings_are_read_by_the_names_that_users_know():
    environ = {
        "MAKE_WEBHOOK_URL": "https://hook.eu1.make.com/abc",
        "MAKE_WEBHOOK_SECRET": SECRET,
        "SUPABASE_WEBHOOK_SECRET": "inbound",
        "NEXT_PUBLIC_APP_URL": "https://app.example.org/",
    }
    read = read_settings(WebhookSettings, environ)
    assert (read.make_url, read.make_secret, read.inbound_secret) == tuple(environ.values())[:3]
    assert read_settings(ServerSettings, environ).url == "https://app.example.org"
    assert SECRET not in repr(read)
