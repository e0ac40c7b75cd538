"""Turns captured changes into stored events and deliveries, within the transaction of whoever captured them.

Used by `outbox` for changes of the log and by `triggered` for rows that triggers captured. One bad change harms nobody:
a payload function that raises is undone, observed, and its event says the whole row instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from millstream.change import Relation
from millstream.observe import Observer
from millstream.postgres.pool import SqlConnection
from millstream.webhooks.capture.definition import CapturedChange, WebhookEvent
from millstream.webhooks.capture.event import (
    Event,
    Occurrence,
    build_event,
    build_payload,
    happens,
    key_columns,
    ordering_key,
    row_key,
)
from millstream.webhooks.capture.store import Target, add_deliveries, store_events
from millstream.webhooks.endpoints.directory import EndpointDirectory
from millstream.webhooks.observations import WebhookEventsCaptured, WebhookPayloadFailed


@dataclass(frozen=True, slots=True)
class Capturable:
    """A change that may be events, by these definitions."""

    definitions: Sequence[WebhookEvent]
    change: CapturedChange
    occurrence: Occurrence
    relation: Relation | None = None


class Recorder:
    """Makes events of changes and deliveries of events."""

    def __init__(self, endpoints: EndpointDirectory, observe: Observer) -> None:
        self._endpoints = endpoints
        self._observe = observe

    async def record(
        self, connection: SqlConnection, changes: Iterable[Capturable], *, cause: str = "change", anew: bool = False
    ) -> int:
        """Store what the changes mean, in their order; return how many deliveries that made.

        With `anew` the endpoints are read again: for changes that come beside the log, which tells of new endpoints.
        """
        events = [
            (event, data)
            for capturable in changes
            for definition in capturable.definitions
            if self._happens(definition, capturable.change)
            for event, data in [await self._event(connection, definition, capturable)]
        ]
        if not events:
            return 0
        stored = await store_events(connection, [event for event, _ in events])
        endpoints = await self._endpoints.load(connection, anew=anew)
        targets = [
            Target(endpoint.id, event)
            for event, data in events
            if event.id in stored
            for endpoint in endpoints
            if endpoint.wants(event.type, event.organisation_id, data)
        ]
        added = await add_deliveries(connection, targets, cause=cause)
        self._observe(WebhookEventsCaptured(len(stored), added))
        return added

    def _happens(self, definition: WebhookEvent, change: CapturedChange) -> bool:
        try:
            return happens(definition, change)
        except Exception as error:  # noqa: BLE001 -- a condition is the application's; an event too many is no loss
            self._observe(WebhookPayloadFailed(definition.type, type(error).__name__))
            return True

    async def _event(
        self, connection: SqlConnection, definition: WebhookEvent, capturable: Capturable
    ) -> tuple[Event, Mapping[str, Any]]:
        columns = key_columns(definition, capturable.relation)
        data = await self._payload(connection, definition, capturable.change, columns)
        key = ordering_key(definition, capturable.change, columns)
        row = row_key(definition, capturable.change, capturable.relation)
        return build_event(definition, capturable.change, capturable.occurrence, data, key, row), data

    async def _payload(
        self, connection: SqlConnection, definition: WebhookEvent, change: CapturedChange, columns: Sequence[str]
    ) -> Mapping[str, Any]:
        if callable(definition.payload):
            try:
                async with connection.transaction():
                    data = await definition.payload(change, connection)
                orjson.dumps({"data": data}, default=str)  # as deep as it will be in the event
            except Exception as error:  # noqa: BLE001 -- a payload function is the application's; no event is lost
                self._observe(WebhookPayloadFailed(definition.type, type(error).__name__))
            else:
                return data
        return build_payload(definition, change, columns)
