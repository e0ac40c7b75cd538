"""Secrets stay where they belong (attack group 10): no list, log, observation, error or table shows one."""

from __future__ import annotations

import logging

import psycopg
import pytest
from psycopg import sql

from millstream.webhooks.observations import WebhookAttempted
from tests.fixtures.server import project_settings
from tests.fixtures.webhook_operator import PRIVATE, served, until_told
from tests.fixtures.webhook_receiver import statuses, webhook_receiver

GIVEN = "whsec_" + "Z2l2ZW4gYnkgaXRzIG93bmVyIGFuZCBzZWNyZXQh"
KEY = "Bearer a key of the receiver"


@pytest.fixture
def settings(database):
    return project_settings(database, webhooks=PRIVATE)


async def stored(project) -> str:
    """Return all that the schema `webhooks` holds, as text."""
    rows: list[str] = []
    async with await psycopg.AsyncConnection.connect(project.database.admin_url, autocommit=True) as connection:
        cursor = await connection.execute(
            "select relname from pg_class where relnamespace = 'webhooks'::regnamespace and relkind = 'r'"
        )
        for (name,) in await cursor.fetchall():
            found = await connection.execute(sql.SQL("select t::text from webhooks.{} t").format(sql.Identifier(name)))
            rows += [row[0] for row in await found.fetchall()]
    return "\n".join(rows)


async def test_no_list_log_observation_error_or_table_shows_a_secret(database, settings, caplog):
    caplog.set_level(logging.DEBUG)
    async with webhook_receiver(statuses(200, 500)) as receiver, served(database, settings) as (project, operator):
        wanted = {"url": receiver.url, "headers": {"Authorization": KEY}, "secret": GIVEN}
        made = await operator.call("POST", "/endpoints", wanted, status=201)
        path = f"/endpoints/{made['endpoint']['id']}"
        rotated = (await operator.call("POST", f"{path}/secrets", {}, status=201))["secret"]
        pair = (await operator.call("POST", f"{path}/secrets", {"kind": "v1a"}, status=201))["secret"]
        await until_told(project)
        for _ in range(2):
            await operator.call("POST", f"{path}/test")
        await project.witness.saw(WebhookAttempted, times=2)
        refused = await operator.call("PATCH", path, {"headers": {"X-A": f"{KEY}\n"}}, status=422)
        unsound = await operator.call("POST", f"{path}/secrets", {"secret": rotated + "!"}, status=422)
        shown = [
            await operator.call("GET", one)
            for one in ("/endpoints", path, "/attempts", f"{path}/deliveries", f"{path}/dead-letters", "/statistics")
        ]
        signatures = [one.headers["webhook-signature"] for one in receiver.received]
        assert all(one.headers["authorization"] == KEY for one in receiver.received)
        said = "\n".join(map(str, [shown, refused, unsound, project.witness.seen, caplog.text]))
        said += await stored(project)
        for secret in (GIVEN, rotated, pair, KEY, *signatures):
            assert secret.removeprefix("whsec_").removeprefix("whsk_") not in said


async def test_secrets_are_shown_to_whoever_asks_for_them_by_name_and_were_sealed(database, settings):
    async with webhook_receiver() as receiver, served(database, settings) as (project, operator):
        made = await operator.call("POST", "/endpoints", {"url": receiver.url, "secret": GIVEN}, status=201)
        [shown] = await operator.call("GET", f"/endpoints/{made['endpoint']['id']}/secrets")
        assert shown["secret"] == GIVEN
        assert GIVEN not in await stored(project)
