"""Gaps of the capture: opened while the slot is missing or lost, closed by where a new one begins. Never silence.

Asked by `outbox` before and after each claim of the slot. A gap is a row, written before a new slot can be made, so
that it is there whatever ends meanwhile; `administration.gaps` shows and fills it. The place of the first slot ever is
remembered, and is no gap.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from millstream.change import Lsn
from millstream.observe import Observer
from millstream.postgres.pool import SqlConnection
from millstream.webhooks.capture.definition import WebhookEvent
from millstream.webhooks.observations import WebhookGapClosed, WebhookGapFound

_OPEN = """
insert into webhooks.gaps (slot, after_lsn, since, definitions)
select c.slot, coalesce(greatest(c.applied_lsn, s.confirmed_flush_lsn), c.applied_lsn), c.applied_at, %(definitions)s
from webhooks.captures c left join pg_replication_slots s on s.slot_name = c.slot
where c.slot = %(slot)s and (s.slot_name is null or s.wal_status = 'lost')
on conflict (slot) where before_lsn is null do nothing
returning after_lsn::text as after
"""

_CLOSE = """
update webhooks.gaps set before_lsn = %(place)s::pg_lsn, until = clock_timestamp()
where slot = %(slot)s and before_lsn is null
returning after_lsn::text as after
"""

_REMEMBER = """
insert into webhooks.captures (slot, log, applied_lsn, applied_index) values (%(slot)s, %(log)s, %(place)s::pg_lsn, 0)
on conflict (slot) do nothing
"""


class Gaps:
    """The gaps of one slot."""

    def __init__(self, slot: str, definitions: Sequence[WebhookEvent], observe: Observer) -> None:
        self._slot = slot
        self._observe = observe
        self._types = tuple(definition.type for definition in definitions)
        self._definitions = orjson.dumps([_described(definition) for definition in definitions]).decode()

    async def open(self, connection: SqlConnection) -> None:
        """Write down a gap where the slot is not there, or is lost, and something was captured from it."""
        cursor = await connection.execute(_OPEN, {"slot": self._slot, "definitions": self._definitions})
        row = await cursor.fetchone()
        if row is not None:
            self._observe(WebhookGapFound(self._slot, row["after"], self._types))

    async def close(self, connection: SqlConnection, log: str, place: Lsn) -> None:
        """Write down where the slot begins that is read now."""
        parameters = {"slot": self._slot, "log": log, "place": str(place)}
        cursor = await connection.execute(_CLOSE, parameters)
        row = await cursor.fetchone()
        await connection.execute(_REMEMBER, parameters)
        if row is not None:
            self._observe(WebhookGapClosed(self._slot, row["after"], str(place)))


def _described(definition: WebhookEvent) -> dict[str, object]:
    return {
        "type": definition.type,
        "schema": definition.schema,
        "table": definition.relation,
        "operations": sorted(operation.value for operation in definition.operations),
        "changed_at": definition.changed_at,
    }
