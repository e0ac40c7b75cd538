"""Events of rooms that applications share: steps and claims, rows that come into sight and go, words for people.

Each function returns declarations for `Rooms(events=[…])`. What was there before decides, so their tables need REPLICA
IDENTITY FULL, as `kit.follow` sets it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from psycopg.sql import SQL, Identifier

from millstream.app import Audience, RoomChange, RoomEvent, SqlConnection
from millstream.app import RowOperation as Row

Rooms = Callable[[RoomChange], Iterable[str]]
_Row = Mapping[str, Any]
_Load = Callable[[RoomChange, SqlConnection], Any]
_WRITES = frozenset({Row.INSERT, Row.UPDATE})


def step_events(
    name: str,
    *,
    table: str,
    begun: Collection[str],
    words: Mapping[str, str],
    shown: Sequence[str],
    changed: Sequence[str],
    holder: Rooms,
    staff: Rooms,
    onlookers: Audience,
) -> list[RoomEvent]:
    """Tell the steps of a claim, as `{name: its columns in shown}`, to who holds it and to the staff.

    It is `<name>:created` with the first status in `begun`, then `<name>:<word>` for a status that has one in `words`,
    and `<name>:updated` for any other and for columns in `changed`. `onlookers` hear that there is one more. A mere
    hold is nobody's business, and its end that of its holder.
    """

    def step(change: RoomChange) -> str | None:
        before, after = change.old and change.old["status"], change.row["status"]
        if before in (None, "held") and after in begun:
            return "created"
        if before in (None, after):
            return "updated" if change.changed(*changed) else None
        return "updated" if before == "held" else words.get(after, "updated")

    def concerned(change: RoomChange) -> list[str]:
        was_hold = change.old is not None and change.old["status"] == "held" and change.row["status"] not in begun
        return [*holder(change), *(() if was_hold else staff(change))]

    def event(word: str, *more: Audience) -> RoomEvent:
        return _event(f"{name}:{word}", table, lambda change: step(change) == word, whole, *more)

    whole = Audience(concerned, lambda change: {name: change.only(*shown)})
    return [event("created", onlookers), *(event(word) for word in ("updated", *words.values()))]


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
    name: str, *, table: str, in_sight: Callable[[_Row], bool], rooms: Rooms, columns: Sequence[str]
) -> list[RoomEvent]:
    """Tell `<name>:created`, `:updated` and `:deleted` of rows that come into sight, change there, and go out of it.

    Told is the row as it is now, as `{name: its columns}`; of what is gone its id, as `<name>_id`.
    """

    def now(change: RoomChange) -> bool:
        return change.new is not None and in_sight(change.new)

    def before(change: RoomChange) -> bool:
        return change.old is not None and in_sight(change.old)

    load = _read_row(name, table, columns)
    found = Audience(rooms, lambda change: dict(change.facts))
    gone = Audience(rooms, lambda change: {f"{name}_id": change.row["id"]})
    return [
        _event(f"{name}:created", table, lambda change: now(change) and not before(change), found, load=load),
        _event(f"{name}:updated", table, lambda change: now(change) and before(change), found, load=load),
        _event(f"{name}:deleted", table, lambda change: before(change) and not now(change), gone),
    ]


def notification_event(event: str = "notification") -> RoomEvent:
    """Tell a person what `kit.notify` tells him."""
    shown = ("id", "kind", "title", "body", "link", "data", "created_at")
    person = Audience(
        lambda change: [f"user:{change.row['user_id']}"], lambda change: {"notification": change.only(*shown)}
    )
    return RoomEvent(event=event, table="notifications", audiences=[person])


def announcement_events(place: str, rooms: Rooms) -> list[RoomEvent]:
    """Tell what `kit.announcements` keeps: `global:notification` to everyone, `<place>:announcement` to its rooms."""
    column = f"{place}_id"

    def event(name: str, rooms: Rooms, *, of_place: bool) -> RoomEvent:
        shown = ("id", column, "title", "body", "severity", "created_at")
        return RoomEvent(
            event=name,
            table="announcements",
            when=lambda change: (change.row[column] is not None) == of_place,
            audiences=[Audience(rooms, lambda change: change.only(*shown))],
        )

    return [
        event("global:notification", lambda _: ["everyone"], of_place=False),
        event(f"{place}:announcement", rooms, of_place=True),
    ]


def _read_row(name: str, table: str, columns: Sequence[str]) -> _Load:
    """Return what reads these columns of a changed row anew: the log has arrays as text."""
    shown = SQL(", ").join(map(Identifier, columns))
    query = SQL("select to_jsonb(shown) as {} from (select {} from {} where id = %s) as shown").format(
        Identifier(name), shown, Identifier(*table.split("."))
    )

    async def load(change: RoomChange, sql: SqlConnection) -> _Row:
        return await (await sql.execute(query, (change.row["id"],))).fetchone() or {}

    return load


def _event(
    event: str, table: str, when: Callable[[RoomChange], Any], *audiences: Audience, load: _Load | None = None
) -> RoomEvent:
    return RoomEvent(event=event, table=table, operations=_WRITES, when=when, load=load, audiences=audiences)
