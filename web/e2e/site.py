"""LodgeTix with accounts, for browser tests: mails are kept in the inbox of development and read from there."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import aiohttp

from millstream.asgi.portal import portal_app
from millstream.auth.settings import AuthSettings
from millstream.auth.totp import STEP_SECONDS, code_at, decode_secret
from millstream.server.project import open_project
from millstream.server.supervisor import bind, serve
from tests.fixtures.postgres import Database
from tests.fixtures.server import HOST, migrate_app, project_settings
from web.e2e.lodge import PORTAL

PASSWORD = "correct horse battery"
MANY = 100_000
DEMO_USERS = [{"label": "Ticket buyer", "email": "ticket.buyer@lodgetix.example", "password": PASSWORD}]
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Mail:
    """What somebody finds in a mail."""

    link: str
    code: str


@dataclass(frozen=True, slots=True)
class Site:
    """A running server; every test makes people of its own."""

    url: str
    service_key: str
    http: aiohttp.ClientSession

    @staticmethod
    def stranger(name: str = "ada") -> str:
        """Return an address that nobody has."""
        return f"{name}.{next(_numbers)}@example.org"

    async def account(self, name: str = "ada", *, full_name: str = "Ada Lovelace") -> str:
        """Make a confirmed account with the usual password; return its address."""
        email = self.stranger(name)
        await self._make(email, full_name)
        return email

    async def demo_user(self) -> None:
        """Make the person of the demo that the sign-in page offers."""
        await self._make(DEMO_USERS[0]["email"], DEMO_USERS[0]["label"])

    async def _make(self, email: str, full_name: str) -> None:
        body = {"email": email, "password": PASSWORD, "email_confirm": True, "user_metadata": {"full_name": full_name}}
        await self._ask("POST", "/auth/v1/admin/users", body, token=self.service_key)

    async def organisation(self, owner: str, name: str) -> None:
        """Make an organisation that somebody owns."""
        body = {"email": owner, "password": PASSWORD}
        session = await self._ask("POST", "/auth/v1/token?grant_type=password", body)
        await self._ask("POST", "/auth/v1/organisations", {"name": name}, token=session["access_token"])

    async def mail_to(self, address: str) -> Mail:
        """Return the newest mail to an address."""
        mails = await self._ask("GET", "/auth/v1/dev/mails")
        text = next(mail["text"] for mail in mails if mail["to"] == address)
        link = re.search(r"http\S+(/verify|#invitation)\S+", text)
        code = re.search(r"(?m)\b\d{6}$", text)
        return Mail(link[0] if link else "", code[0] if code else "")

    async def _ask(self, method: str, path: str, body: Any = None, *, token: str | None = None) -> Any:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        async with self.http.request(method, self.url + path, json=body, headers=headers) as answer:
            content = await answer.json()
            assert answer.status < 300, content
            return content


def code_of(secret: str, *, later: int = 0) -> str:
    """Return what an authenticator shows, or will show some steps later; each code counts once."""
    return code_at(decode_secret(secret), int(time.time() // STEP_SECONDS) + later)


@asynccontextmanager
async def serving_site(database: Database, **auth: Any) -> AsyncIterator[Site]:
    """Serve LodgeTix as a demo until the block ends."""
    migrate_app(database, "lodgetix")
    listener = bind(HOST, 0)
    url = f"http://{HOST}:{listener.getsockname()[1]}"
    ready, stop = asyncio.Event(), asyncio.Event()
    quick = {"hash_memory_kib": 64, "hash_passes": 1, "even_answer_ms": 0, "site_url": url}
    limits = {"mails_per_hour": MANY, "anonymous_sign_ins_per_hour": MANY, "sign_ups_per_hour": MANY}
    settings = project_settings(database, app="lodgetix", auth=AuthSettings(**quick, **limits, **auth))
    async with (
        open_project(settings, url=url, observe=lambda _: None) as project,
        aiohttp.ClientSession() as http,
        asyncio.TaskGroup() as tasks,
    ):
        keys = project.auth.api_keys
        config = {"name": "lodgetix", "title": "LodgeTix", "anonKey": keys.anon_key, "demo": True}
        portal = {"": portal_app(PORTAL, {**config, "demoUsers": DEMO_USERS})}
        served = tasks.create_task(serve([project], listener=listener, extra=portal, on_ready=ready.set, stop=stop))
        await ready.wait()
        try:
            yield Site(url, keys.service_role_key, http)
        finally:
            stop.set()
            await served
