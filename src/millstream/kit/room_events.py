"""Events of rooms that applications share: claims that begin and end, rows that come into sight and go out of it.

Each function returns declarations for `Rooms(events=[…])`. What was there before decides, so their tables need REPLICA
IDENTITY FULL, as `kit.follow` sets it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from millstream.app import Audience, RoomChange, RoomEvent, SqlConnection
from millstream.app import RowOperation as Row

Rooms = Callable[[RoomChange], Iterable[str]]
_Row = Mapping[str, Any]
_WRITES = frozenset({Row.INSERT, Row.UPDATE})


def claim_events(
    event: str, *, table: str, columns: Iterable[str], states: Mapping[str, str], rooms: Rooms, free: str = "free"
) -> list[RoomEvent]:
    """Tell of claims on a resource and of nobody: `columns` are resource and times, and all that is said of a claim.

    `states` has a word for each blocking `status`. What moves is told in two: what is `free` now, then what is taken.
    """

    def claim(row: _Row | None) -> dict[str, Any] | None:
        if row is None or row["status"] not in states:
            return None
        return {**{name: row[name] for name in columns}, "status": states[row["status"]]}

    def freed(change: RoomChange) -> dict[str, Any] | None:
        before, after = claim(change.old), claim(change.new)
        if before is None or before == {**(after or {}), "status": before["status"]}:
            return None
        return {**before, "status": free}

    def taken(change: RoomChange) -> dict[str, Any] | None:
        after = claim(change.new)
        return None if after == claim(change.old) else after

    return [_event(event, table, each, Audience(rooms, each)) for each in (freed, taken)]


def sight_events(
    name: str,
    *,
    table: str,
    in_sight: Callable[[_Row], bool],
    rooms: Rooms,
    load: Callable[[RoomChange, SqlConnection], Awaitable[_Row]],
) -> list[RoomEvent]:
    """Tell `<name>:created`, `:updated` and `:deleted` of rows that come into sight, change there, and go out of it.

    What `load` finds is the payload; of what is gone it is `<name>_id`.
    """

    def now(change: RoomChange) -> bool:
        return change.new is not None and in_sight(change.new)

    def before(change: RoomChange) -> bool:
        return change.old is not None and in_sight(change.old)

    found = Audience(rooms, lambda change: dict(change.facts))
    gone = Audience(rooms, lambda change: {f"{name}_id": change.row["id"]})
    return [
        _event(f"{name}:created", table, lambda change: now(change) and not before(change), found, load),
        _event(f"{name}:updated", table, lambda change: now(change) and before(change), found, load),
        _event(f"{name}:deleted", table, lambda change: before(change) and not now(change), gone),
    ]


def _event(
    event: str, table: str, when: Callable[[RoomChange], Any], audience: Audience, load: Any = None
) -> RoomEvent:
    return RoomEvent(event=event, table=table, operations=_WRITES, when=when, load=load, audiences=[audience])
