"""The sink of the log that tells rooms what happened: events that the application declared, and rows of rooms.messages.

Gets transactions from `wal.tailer`, builds each event once and delivers it, in commit order. What the log gives a
second time lies before `reached` and is told to nobody again. A declaration that fails for one change loses that event
alone; when the database is away and an event needs it, the log waits here and nothing is skipped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
import psycopg

from millstream.change import Operation, RowChange, Transaction
from millstream.errors import MillstreamError
from millstream.identity import Claims, Role
from millstream.postgres.pool import Pool
from millstream.postgres.transaction import as_caller
from millstream.rooms.change import Change, read_change
from millstream.rooms.context import RoomContext
from millstream.rooms.declaration import EVERYONE, Load, RoomEvent, qualified
from millstream.rooms.observations import RoomEventFailed, RoomEventsEmitted, RoomFactsUnavailable
from millstream.rooms.told.emission import Emission, Place, Room, Telling, frame_of
from millstream.socketio.packets import RESERVED_EVENTS, ROOT, encode_event
from millstream.wal.history import History

MESSAGES = ("rooms", "messages")
_SERVICE = Claims.from_token({"role": Role.SERVICE})
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 5.0
_AWAY = (psycopg.OperationalError, psycopg.InterfaceError, MillstreamError)


class Emitter:
    """A `BatchSink`."""

    def __init__(self, context: RoomContext, pool: Pool, history: History) -> None:
        self._context = context
        self._pool = pool
        self._history = history
        self._events: dict[tuple[str, str], list[RoomEvent]] = {}
        for event in context.declared.events:
            self._events.setdefault(qualified(event.table), []).append(event)

    async def apply(self, transaction: Transaction) -> None:
        """Tell what one transaction did."""
        await self.apply_all([transaction])

    async def apply_all(self, transactions: Sequence[Transaction]) -> None:
        """Tell what these transactions did: when this returns, frames lie in their mailboxes."""
        events = deliveries = 0
        for transaction in transactions:
            for change in transaction.changes:
                place = Place(transaction.commit_lsn, change.index, 0)
                if place <= self._context.reached or transaction.commit_lsn < self._history.live_from:
                    continue
                for emission in await self._emissions(place, change):
                    self._context.reached = emission.place
                    self._context.kept.append(emission)
                    deliveries += self._context.members.deliver(emission)
                    events += 1
                self._context.reached = max(self._context.reached, place)
        if events:
            self._context.observe(RoomEventsEmitted(events, deliveries))

    async def _emissions(self, place: Place, change: RowChange) -> list[Emission]:
        table = (change.relation.schema, change.relation.name)
        if table == MESSAGES:
            return list(self._message(place, change))
        declared = self._events.get(table)
        if declared is None:
            return []
        read, emissions = read_change(change), []
        for number, event in enumerate(declared, start=1):
            emission = await self._emission(place._replace(number=number), event, read)
            if emission is not None:
                emissions.append(emission)
        return emissions

    async def _emission(self, place: Place, event: RoomEvent, change: Change) -> Emission | None:
        """Build the event of a change; None where it is none, or where the declaration fails."""
        try:
            if change.operation not in event.operations or (event.when is not None and not event.when(change)):
                return None
            if event.load is not None:
                change = replace(change, facts=await self._facts(event.load, change))
            tellings = [
                _telling(event.namespace, audience.rooms(change), event.event, audience.payload(change), place)
                for audience in event.audiences
            ]
        except Exception as error:  # noqa: BLE001 -- whatever an application's functions raise concerns this event alone
            self._context.observe(RoomEventFailed(event.event, type(error).__name__))
            return None
        return Emission(place, tellings)

    async def _facts(self, load: Load, change: Change) -> Mapping[str, Any]:
        """Run the event's query as the service role, until the database is there."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                async with as_caller(self._pool, _SERVICE, read_only=True) as connection:
                    return await load(change, connection)
            except psycopg.errors.QueryCanceled:
                raise  # too slow now is too slow again, and the log would wait for ever
            except _AWAY as error:
                self._context.observe(RoomFactsUnavailable(type(error).__name__, pause))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    def _message(self, place: Place, change: RowChange) -> Iterator[Emission]:
        """Build the event of a row of rooms.messages."""
        if change.operation is not Operation.INSERT:
            return
        row = read_change(change).row
        name, rooms = row.get("event"), row.get("rooms")
        if not isinstance(name, str) or not isinstance(rooms, list) or name in RESERVED_EVENTS:
            self._context.observe(RoomEventFailed(str(name), "Malformed"))
            return
        namespace = str(row.get("namespace", ROOT))
        place = place._replace(number=1)
        names = [str(room) for room in rooms] or [EVERYONE]
        try:
            telling = _telling(namespace, names, name, row.get("payload"), place)
        except Exception as error:  # noqa: BLE001 -- such as a payload nested too deeply: the log goes on for all others
            self._context.observe(RoomEventFailed(name, type(error).__name__))
            return
        yield Emission(place, [telling])


def _telling(namespace: str, rooms: Any, event: str, payload: Any, place: Place) -> Telling:
    packet = encode_event(namespace, event, [_plain(payload), str(place)])
    return Telling([Room(namespace, room) for room in rooms], frame_of(packet))


def _plain(payload: Any) -> Any:
    """Return a payload that JSON has words for; bytes stay, and travel as attachments."""
    return payload if isinstance(payload, bytes) else _with_texts(payload)


def _with_texts(payload: Any) -> Any:
    try:
        orjson.dumps(payload)
    except TypeError:
        return _converted(payload)
    return payload


def _converted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _converted(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_converted(each) for each in value]
    if value is None or isinstance(value, str | int | float | bytes):
        return value
    return str(value)
