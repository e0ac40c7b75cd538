"""Keeps the schema cache true: loads it, listens on the channel `pgrst`, loads it again when the schema changed.

Receives the database's address; `handler` asks it for the current cache. DDL triggers of the bootstrap and people say
`NOTIFY pgrst, 'reload schema'`; notifications that come close together are one reload. Where the triggers are missing
it looks at the catalog now and then.

Life cycle: `run` for as long as the server runs; a lost connection is opened again, and the cache read again, since
notifications were missed meanwhile. Until the first load succeeds there is no cache and requests get PGRST002.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import psycopg

from millstream.observe import Observer, ignore
from millstream.postgres.settings import Address
from millstream.postgrest.errors import SchemaCacheMissing
from millstream.postgrest.schema_cache import SchemaCache
from millstream.rest.observations import SchemaCacheLoaded, SchemaCacheUnavailable
from millstream.rest.schema import queries
from millstream.rest.schema.loader import load_schema_cache
from millstream.rest.settings import DataApiSettings

CHANNEL = "pgrst"
_SETTLE_SECONDS = 0.1
_FIRST_RETRY_SECONDS = 0.5
_LONGEST_RETRY_SECONDS = 32.0


class SchemaWatch:
    """The schema cache of one project, and who keeps it current."""

    def __init__(self, address: Address, settings: DataApiSettings, observe: Observer = ignore) -> None:
        self._address = address
        self._settings = settings
        self._observe = observe
        self._cache: SchemaCache | None = None
        self._loads = 0
        self._loaded = asyncio.Condition()

    @property
    def cache(self) -> SchemaCache:
        """Return the current cache; raise `SchemaCacheMissing` before the first load."""
        if self._cache is None:
            raise SchemaCacheMissing
        return self._cache

    @property
    def loads(self) -> int:
        """Return how often the cache was loaded."""
        return self._loads

    async def until_loaded(self, times: int = 1) -> None:
        """Wait until the cache has been loaded so many times."""
        async with self._loaded:
            await self._loaded.wait_for(lambda: self._loads >= times)

    async def load(self) -> None:
        """Load the cache once, over a connection of its own."""
        async with await self._connect() as connection:
            await self._reload(connection)

    async def run(self) -> None:
        """Load and listen for ever; never raises for a database that is away."""
        retry = _FIRST_RETRY_SECONDS
        while True:
            loads = self._loads
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                retry = _FIRST_RETRY_SECONDS if self._loads > loads else min(retry * 2, _LONGEST_RETRY_SECONDS)
                self._observe(SchemaCacheUnavailable(type(error).__name__, retry))
                await asyncio.sleep(retry)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        return await psycopg.AsyncConnection.connect(
            self._address.conninfo, autocommit=True, application_name="millstream schema"
        )

    async def _listen(self) -> None:
        async with await self._connect() as connection:
            await connection.execute(f"listen {CHANNEL}")
            told = await _ask(connection, queries.HAS_EVENT_TRIGGER)
            while True:
                state = None if told else await _ask(connection, queries.FINGERPRINT)
                await self._reload(connection)
                await self._until_changed(connection, state)

    async def _until_changed(self, connection: psycopg.AsyncConnection[Any], state: Any) -> None:
        """Return once the schema is said to have changed and nobody has said more for a moment.

        `state` is the catalog's fingerprint where nobody says so: then another one counts as being told.
        """
        pause = None if state is None else self._settings.schema_poll_seconds
        while not await _notified(connection, timeout=pause):
            if state is not None and await _ask(connection, queries.FINGERPRINT) != state:
                return
        while await _notified(connection, timeout=_SETTLE_SECONDS):
            pass

    async def _reload(self, connection: psycopg.AsyncConnection[Any]) -> None:
        started = time.monotonic()
        cache = await load_schema_cache(connection, self._settings.schemas, self._settings.extra_search_path)
        async with self._loaded:
            self._cache = cache
            self._loads += 1
            self._loaded.notify_all()
        self._observe(
            SchemaCacheLoaded(
                len(cache.tables),
                sum(map(len, cache.relationships.values())),
                sum(map(len, cache.functions.values())),
                time.monotonic() - started,
            )
        )


async def _ask(connection: psycopg.AsyncConnection[Any], question: str) -> Any:
    row = await (await connection.execute(question.encode())).fetchone()
    return None if row is None else row[0]


async def _notified(connection: psycopg.AsyncConnection[Any], timeout: float | None) -> bool:  # noqa: ASYNC109
    """Wait for notifications and say whether one of them asks for a reload; `reload config` does not."""
    asked = False
    async with contextlib.aclosing(connection.notifies(timeout=timeout, stop_after=1)) as notifications:
        async for notification in notifications:
            asked = asked or notification.payload in {"", "reload schema"}
    return asked
