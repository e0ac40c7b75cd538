"""An event from a change: its id, which follows from its place in the log, and the body that is signed and sent.

Pure. The same change read again gives the same id, so the outbox keeps it once. The body is the envelope of Standard
Webhooks 1.0.0, "Payload structure": `type`, `timestamp`, `data`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import orjson

from millstream.change import Relation, RowChange, named_rows
from millstream.webhooks.capture.definition import CapturedChange, Payload, RowValues, WebhookEvent
from millstream.webhooks.capture.json_text import json_value

_NAMESPACE = UUID("6f1c6f0a-6b1e-5e9a-8a5d-0d8b2f6f6c11")
_NUMBERS = frozenset({"int2", "int4", "int8", "float4", "float8", "oid"})
_JSON = frozenset({"json", "jsonb"})


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it is stored; `source` says where it came from, for people, and `row_key` of which row it tells."""

    id: UUID
    occurred_at: datetime
    type: str
    version: str
    organisation_id: UUID | None
    ordering_key: str
    source: str
    body: str
    row_key: str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """When and where something happened: `place` is unique and the same whenever the change is read."""

    occurred_at: datetime
    place: str
    source: str


def build_event(
    definition: WebhookEvent,
    change: CapturedChange,
    occurrence: Occurrence,
    data: Mapping[str, Any],
    key: str,
    row: str | None = None,
) -> Event:
    """Return the event that a change makes by a definition, with the data that was built for it."""
    envelope = {
        "type": definition.type,
        "timestamp": _timestamp(occurrence.occurred_at),
        "version": definition.version,
        "data": data,
    }
    return Event(
        id=uuid5(_NAMESPACE, f"{occurrence.place} {definition.type}"),
        occurred_at=occurrence.occurred_at,
        type=definition.type,
        version=definition.version,
        organisation_id=_organisation(definition, change),
        ordering_key=key,
        source=occurrence.source,
        body=orjson.dumps(envelope, default=str).decode(),
        row_key=row,
    )


def message_id(event_id: UUID) -> str:
    """Return the id that receivers see; it holds no dot."""
    return f"msg_{event_id.hex}"


def build_payload(definition: WebhookEvent, change: CapturedChange, key_columns: Iterable[str]) -> Mapping[str, Any]:
    """Return the data of an event that is the row itself, or only its key."""
    words = {"operation": change.operation.value, "table": f"{definition.schema}.{definition.relation}"}
    if definition.payload is Payload.THIN:
        return {**words, "key": {name: change.row.get(name) for name in key_columns}}
    return {**words, "record": _allowed(definition, change.new), "old_record": _allowed(definition, change.old)}


def ordering_key(definition: WebhookEvent, change: CapturedChange, key_columns: Iterable[str]) -> str:
    """Return the text by which events are ordered: the table and the key's values."""
    values = [change.row.get(name) for name in key_columns]
    return f"{definition.schema}.{definition.relation}:{orjson.dumps(values, default=str).decode()}"


def row_key(definition: WebhookEvent, change: CapturedChange, relation: Relation | None) -> str | None:
    """Return the text by which the row is known, whatever events are ordered by; None where its identity is not."""
    columns = _identity(relation)
    return ordering_key(definition, change, columns) if all(name in change.row for name in columns) else None


def captured_change(change: RowChange) -> CapturedChange:
    """Return a change of the log as values by column."""
    old, new = named_rows(change, _value)
    return CapturedChange(change.operation, old, new)


def key_columns(definition: WebhookEvent, relation: Relation | None) -> tuple[str, ...]:
    """Return the columns that order the events of a table: as declared, else its identity, else `id`."""
    return definition.key or _identity(relation)


def _identity(relation: Relation | None) -> tuple[str, ...]:
    found = tuple(column.name for column in relation.columns if column.in_key) if relation is not None else ()
    whole = relation is not None and len(found) == len(relation.columns)
    return found if found and not whole else ("id",)


def happens(definition: WebhookEvent, change: CapturedChange) -> bool:
    """Tell whether the change is an event by the definition."""
    return change.operation in definition.operations and (definition.when is None or definition.when(change))


def _organisation(definition: WebhookEvent, change: CapturedChange) -> UUID | None:
    """Return whose event it is; nobody's, hence no organisation's endpoint gets it, where that is no id."""
    value = change.row.get(definition.organisation) if definition.organisation else None
    try:
        return UUID(str(value)) if value is not None else None
    except ValueError:
        return None


def _allowed(definition: WebhookEvent, row: RowValues | None) -> RowValues | None:
    if row is None or definition.columns is None:
        return row
    return {name: value for name, value in row.items() if name in definition.columns}


def _value(type_name: str, value: str) -> Any:
    if type_name == "bool":
        return value == "t"
    if type_name in _NUMBERS:
        return _number(value)
    return json_value(value) if type_name in _JSON else value


def _number(value: str) -> int | float | str:
    """Return the number; what JSON has no word for (NaN, Infinity) stays a text."""
    try:
        return int(value)
    except ValueError:
        number = float(value)
    return number if number - number == 0 else value


def _timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
