"""One person who acts: signs in as a browser does and calls the public API over HTTP.

Made by `play`, implements `millstream.app.Player`. A token that has expired is replaced by signing in again. What the
server refuses is raised as `Refused`, what it cannot answer as `Unavailable`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

import aiohttp
import orjson

from millstream.app.demo import DemoUser
from millstream.kit.simulation.server import Server

_UNAUTHORIZED = 401
_SERVER_FAULT = 500
_CHOICES = "30"


class Refused(Exception):
    """The server said no; `code` is why."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code


class Unavailable(Exception):
    """The server gave no answer, or said that it cannot."""


class HttpPlayer:
    """Somebody of the demo, or with `user` None a guest without a name."""

    def __init__(self, session: aiohttp.ClientSession, server: Server, user: DemoUser | None, random: Random) -> None:
        self.user_id = ""
        self.random = random
        self._session = session
        self._server = server
        self._user = user
        self._token: str | None = None

    @property
    def now(self) -> datetime:
        """The time, in UTC."""
        return datetime.now(UTC)

    async def sign_in(self) -> None:
        """Begin a session, unless there is one."""
        if self._token is not None:
            return
        if self._user is None:
            answer = await self._send("POST", "/auth/v1/signup", {})
        else:
            credentials = {"email": self._user.email, "password": self._user.password}
            answer = await self._send("POST", "/auth/v1/token?grant_type=password", credentials)
        self._token, self.user_id = answer["access_token"], answer["user"]["id"]

    async def call(self, operation: str, **arguments: Any) -> Any:
        """Call an operation and return its answer."""
        return await self.request("POST", f"/functions/v1/{operation}", arguments)

    async def select(self, table: str, **query: str) -> list[dict[str, Any]]:
        """Read rows by the data API."""
        rows: list[dict[str, Any]] = await self._authorized("GET", f"/rest/v1/{table}", None, query)
        return rows

    async def pick(self, table: str, **query: str) -> dict[str, Any] | None:
        """Read some rows and choose one of them; None where there is none."""
        rows = await self.select(table, **{"limit": _CHOICES, **query})
        return self.random.choice(rows) if rows else None

    async def insert(self, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """Insert a row by the data API and return it."""
        [made] = await self._authorized("POST", f"/rest/v1/{table}", row)
        return dict(made)

    async def update(self, table: str, changes: Mapping[str, Any], **query: str) -> list[dict[str, Any]]:
        """Change the rows that the query names and return them."""
        rows: list[dict[str, Any]] = await self._authorized("PATCH", f"/rest/v1/{table}", changes, query)
        return rows

    async def rpc(self, function: str, **arguments: Any) -> Any:
        """Call a function of the database by the data API."""
        return await self.request("POST", f"/rest/v1/rpc/{function}", arguments)

    async def request(self, method: str, path: str, json: Any = None) -> Any:
        """Send a request to any other path of the project."""
        return await self._authorized(method, path, json)

    async def _authorized(self, method: str, path: str, json: Any, query: Mapping[str, str] | None = None) -> Any:
        await self.sign_in()
        try:
            return await self._send(method, path, json, query)
        except Refused as refused:
            if refused.status != _UNAUTHORIZED:
                raise
        self._token = None
        await self.sign_in()
        return await self._send(method, path, json, query)

    async def _send(self, method: str, path: str, json: Any, query: Mapping[str, str] | None = None) -> Any:
        headers = {"apikey": self._server.key, "prefer": "return=representation"}
        if self._token is not None:
            headers["authorization"] = f"Bearer {self._token}"
        if json is not None:
            headers["content-type"] = "application/json"
        body = None if json is None else orjson.dumps(json)
        url = self._server.url + path
        try:
            async with self._session.request(method, url, params=query, data=body, headers=headers) as answer:
                text = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable(type(error).__name__) from error
        if answer.status >= _SERVER_FAULT:
            raise Unavailable(f"{answer.status}")
        content = _content(text)
        if not answer.ok:
            said = content if isinstance(content, dict) else {}
            code = said.get("code") or said.get("error_code") or answer.status
            raise Refused(answer.status, str(code), str(said.get("message") or said.get("msg") or ""))
        return content


def _content(text: bytes) -> Any:
    try:
        return orjson.loads(text) if text else None
    except orjson.JSONDecodeError:
        return text.decode(errors="replace")
