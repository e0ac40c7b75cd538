"""Web push with the whole server: what SQL tells somebody comes to his browser, until he signs out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import aiohttp
import psycopg

from millstream.kit.push.settings import PushSettings
from tests.fixtures.postgres import Database
from tests.fixtures.push_service import browser, sender_of
from tests.fixtures.server import migrate_app, project_settings, serving


async def post(http: aiohttp.ClientSession, path: str, body: Any, headers: Mapping[str, str] = {}) -> Any:
    async with http.post(path, json=body, headers=headers) as answer:
        text = await answer.text()
        assert answer.status < 300, text
        return await answer.json() if text else None


async def test_a_student_is_told_on_his_device_until_he_signs_out(database: Database) -> None:
    migrate_app(database, "studyspot")
    # The outbox is never looked through by itself: the log alone says what is due.
    settings = project_settings(database, app="studyspot", push=PushSettings(poll_seconds=3600))
    async with (
        serving(settings) as (url, [project]),
        browser() as device,
        aiohttp.ClientSession(url, headers={"apikey": project.auth.api_keys.anon_key}) as http,
        await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True) as sql,
    ):

        async def signed_in() -> tuple[dict[str, str], str]:
            account = {"email": f"{uuid4().hex}@example.com", "password": "a long password"}
            session = await post(http, "/auth/v1/signup", account)
            return {"authorization": f"Bearer {session['access_token']}"}, session["user"]["id"]

        async def turn_on(caller: Mapping[str, str]) -> str:
            endpoint, p256dh, secret = device.subscription
            keys = {"endpoint": endpoint, "p256dh": p256dh, "auth_secret": secret}
            await post(http, "/rest/v1/rpc/add_push_device", keys, caller)
            answer = await post(http, "/rest/v1/rpc/push_settings", {"endpoint": endpoint}, caller)
            assert answer["on"] is True
            return answer["key"]

        async def tell(student: str, title: str) -> None:
            await sql.execute("select kit.notify(%s, 'seat.free', %s)", (student, title))

        caller, ann = await signed_in()
        key = await turn_on(caller)
        await tell(ann, "A seat is free")
        [first] = await device.service.until(1)
        assert (device.read(first)["title"], sender_of(first)[0]) == ("A seat is free", key)

        await post(http, "/auth/v1/logout", {}, caller)
        await tell(ann, "Nobody hears this")
        caller, bob = await signed_in()
        await turn_on(caller)
        await tell(bob, "This is for Bob")
        _, second = await device.service.until(2)
        assert device.read(second)["title"] == "This is for Bob"
