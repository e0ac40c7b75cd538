"""Makes events of the rows that triggers captured, and of those that somebody asked for by hand.

Runs beside the log: woken by its message, and looking now and then by itself. Rows are taken in the order of their
numbers by one taker at a time, and deleted in the transaction that writes their events.

Life cycle: `run` until cancelled; a database that is away is waited for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from millstream.change import Operation
from millstream.errors import MillstreamError
from millstream.observe import Observer
from millstream.postgres.pool import Pool, SqlConnection
from millstream.postgres.transaction import as_caller
from millstream.webhooks.capture.definition import Capture, CapturedChange, RowValues, WebhookEvent
from millstream.webhooks.capture.event import Occurrence
from millstream.webhooks.capture.json_text import json_value, shallow_row
from millstream.webhooks.capture.outbox import DURABLE, SERVICE
from millstream.webhooks.capture.recorder import Capturable, Recorder
from millstream.webhooks.observations import WebhookOutboxUnavailable

_ROWS_AT_ONCE = 500
_ANY_CAPTURE = frozenset({"manual", "backfill"})
"""Causes for which events that are captured from the log are made of these rows too."""


class TriggeredCapture:
    """The second way into the outbox."""

    def __init__(
        self,
        pool: Pool,
        definitions: Sequence[WebhookEvent],
        recorder: Recorder,
        *,
        poll_seconds: float,
        on_deliveries: Callable[[], None],
        observe: Observer,
    ) -> None:
        self._pool = pool
        self._definitions = definitions
        self._recorder = recorder
        self._poll_seconds = poll_seconds
        self._on_deliveries = on_deliveries
        self._observe = observe
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that there are captured rows."""
        self._woken.set()

    async def run(self) -> None:
        """Make events until cancelled."""
        while True:
            self._woken.clear()
            try:
                taken = await self.take()
            except (psycopg.Error, MillstreamError) as error:
                taken = 0
                self._observe(WebhookOutboxUnavailable(type(error).__name__, self._poll_seconds))
            if not taken:
                await self._rest()

    async def take(self) -> int:
        """Make events of the oldest captured rows; return how many rows there were."""
        async with as_caller(self._pool, SERVICE, settings=DURABLE) as connection:
            rows = await _take_rows(connection)
            added = 0
            for cause in sorted({row["cause"] for row in rows}):
                changes = [self._capturable(row) for row in rows if row["cause"] == cause]
                added += await self._recorder.record(connection, changes, cause=cause, anew=True)
        if added:
            self._on_deliveries()
        return len(rows)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._poll_seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    def _capturable(self, row: dict[str, Any]) -> Capturable:
        place = f"{row['cause']} {row['id']}"
        return Capturable(
            definitions=[
                definition
                for definition in self._definitions
                if (definition.schema, definition.relation) == (row["source_schema"], row["source_table"])
                and (definition.capture is Capture.TRIGGER or row["cause"] in _ANY_CAPTURE)
            ],
            change=CapturedChange(Operation(row["operation"]), row["old_row"], row["new_row"]),
            occurrence=Occurrence(row["captured_at"], f"{place} {row['captured_at'].isoformat()}", place),
        )


async def _take_rows(connection: SqlConnection) -> list[dict[str, Any]]:
    await connection.execute("select pg_advisory_xact_lock(hashtext('millstream.webhooks.captured_rows'))")
    cursor = await connection.execute(
        """
        delete from webhooks.captured_rows
        where id in (select id from webhooks.captured_rows order by id limit %s)
        returning id, captured_at, source_schema, source_table, operation, old_row::text, new_row::text, cause
        """,
        (_ROWS_AT_ONCE,),
    )
    rows = sorted(await cursor.fetchall(), key=lambda row: row["id"])
    for row in rows:
        row["old_row"] = await _row_values(connection, row["old_row"])
        row["new_row"] = await _row_values(connection, row["new_row"])
    return rows


async def _row_values(connection: SqlConnection, text: str | None) -> RowValues | None:
    """Return the row; one that no reader takes as a whole is taken apart by PostgreSQL."""
    if text is None:
        return None
    row = shallow_row(text)
    if row is not None:
        return row
    cursor = await connection.execute("select key, value::text as value from jsonb_each(%s::jsonb)", (text,))
    return {one["key"]: json_value(one["value"]) for one in await cursor.fetchall()}
