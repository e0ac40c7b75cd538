"""A data API for each configuration of the cases, all over one database, asked through ASGI without a socket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any

import psycopg

from millstream.asgi.rest import data_api_app
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.settings import Address
from millstream.rest.handler import DataApi
from millstream.rest.schema.watch import SchemaWatch
from millstream.rest.settings import DataApiSettings
from tests.conformance.postgrest.cases import Answer, Case, differences
from tests.conformance.postgrest.tokens import Tokens

TEST_CONNECTIONS = 2


def settings_of(config: Mapping[str, Any]) -> DataApiSettings:
    """Translate PostgREST's settings; what a case does not set has PostgREST's default."""
    return DataApiSettings(
        schemas=tuple(config["db-schemas"].split(", ")),
        extra_search_path=("public",),
        anonymous_role=config.get("db-anon-role"),
        max_rows=config.get("db-max-rows"),
        aggregates_enabled=bool(config.get("db-aggregates-enabled")),
        plan_enabled=bool(config.get("db-plan-enabled")),
        pre_request=config.get("db-pre-request"),
        tx_end=config.get("db-tx-end", "commit"),
        openapi_mode=config.get("openapi-mode", "follow-privileges"),
        openapi_security_active=bool(config.get("openapi-security-active")),
        server_timing=bool(config.get("server-timing-enabled")),
        trace_header=config.get("server-trace-header") or None,
    )


class Servers:
    """Makes a server when its configuration is first asked for."""

    def __init__(self, address: Address, stack: AsyncExitStack) -> None:
        self._address = address
        self._stack = stack
        self._apps: dict[Any, Any] = {}

    async def ask(self, case: Case) -> Answer:
        app = self._apps.get(case.config_key)
        if app is None:
            app = self._apps[case.config_key] = await self._start(case.config)
        return await ask(app, case)

    async def _start(self, config: Mapping[str, Any]) -> Any:
        settings = settings_of(config)
        watch = SchemaWatch(self._address, settings)
        await watch.load()
        pool = PipelinePool(self._address, size=TEST_CONNECTIONS, wait_seconds=10)
        await self._stack.enter_async_context(pool)
        return data_api_app(DataApi(pool, settings, lambda: watch.cache), Tokens(config))


async def failures(cases: Sequence[Case], servers: Servers, url: str) -> dict[int, list[str]]:
    """Run cases one after the other; return what differs, by case. Preconditions run as the superuser of `url`."""
    failed: dict[int, list[str]] = {}
    for case in cases:
        if case.preconditions:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                for statement in case.preconditions:
                    await connection.execute(statement.encode())
        try:
            found = differences(case, await servers.ask(case))
        except Exception as error:  # noqa: BLE001 -- a case that breaks the server or the runner fails alone
            found = [f"{type(error).__name__}: {error}"]
        if found:
            failed[case.id] = found
    return failed


async def ask(app: Any, case: Case) -> Answer:
    """Send the request of a case to an ASGI application and gather the answer."""
    path, _, query = case.target().partition(b"?")
    body = case.body()
    headers = case.headers()
    if body or case.request["method"] in {"POST", "PATCH", "PUT"}:
        headers["content-length"] = str(len(body))
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": case.request["method"],
        "path": path.decode(),
        "raw_path": path,
        "root_path": "",
        "query_string": query,
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    sent: list[dict[str, Any]] = []
    incoming = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if incoming:
            return incoming.pop()
        return await Never()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    gathered: dict[str, str] = {}
    for name, value in sent[0]["headers"]:
        key, text = name.decode().lower(), value.decode()
        joint = "\n" if key == "set-cookie" else ", "
        gathered[key] = f"{gathered[key]}{joint}{text}" if key in gathered else text
    return Answer(sent[0]["status"], gathered, b"".join(message.get("body", b"") for message in sent[1:]))


class Never:
    """What is never there: a client that stays."""

    def __await__(self) -> Any:
        import asyncio

        return asyncio.get_running_loop().create_future().__await__()
