"""What an application declares of its rooms: `App(rooms=Rooms(…))`. Frozen values, checked when they are made.

Every connection is in `everyone`, `user:<id>` and `role:<role>` by itself. Rooms of a resource are joined by asking,
where a function of the database says yes; events say which change is told to which rooms.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from millstream.change import Operation
from millstream.postgres.pool import SqlConnection
from millstream.rooms.change import Change
from millstream.rooms.errors import RoomsInvalid
from millstream.socketio.packets import MAX_NAMESPACE_LENGTH, RESERVED_EVENTS, ROOT

EVERYONE = "everyone"
OWN_KINDS = frozenset({"user", "role", EVERYONE})
OWN_EVENTS = frozenset({"join", "leave", "token", "call", "rooms:closed", "rooms:left"})

_TABLE = re.compile(r"([A-Za-z_][\w$]*\.)?[A-Za-z_][\w$]*")
_KIND = re.compile(r"[a-z][a-z0-9_-]*")
_NAMESPACE = re.compile(r"/[A-Za-z0-9_/-]*")

Load = Callable[[Change, SqlConnection], Awaitable[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Audience:
    """Some rooms, and what is said to them. A connection in several of them hears it once."""

    rooms: Callable[[Change], Iterable[str]]
    payload: Callable[[Change], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEvent:
    """One event, emitted for each change of `table` by one of `operations` for which `when` holds.

    Of several `audiences` a connection hears the first that it is in, so the most that it may know goes first. `load`
    reads what the row does not say, as the service role; what it returns are the change's `facts`.
    """

    event: str
    table: str
    audiences: Sequence[Audience]
    operations: frozenset[Operation] = frozenset({Operation.INSERT})
    when: Callable[[Change], bool] | None = None
    load: Load | None = None
    namespace: str = ROOT

    def __post_init__(self) -> None:
        """Refuse what cannot work, naming it."""
        if not self.event or self.event in RESERVED_EVENTS | OWN_EVENTS:
            raise RoomsInvalid(f"{self.event!r} means something else to clients; name the event otherwise.")
        if not self.audiences:
            raise RoomsInvalid(f"The event {self.event} is told to nobody.")
        if not self.operations or Operation.TRUNCATE in self.operations:
            raise RoomsInvalid(f"The event {self.event} needs INSERT, UPDATE or DELETE.")
        _require_table(self.table)
        _require_namespace(self.namespace)


@dataclass(frozen=True, slots=True)
class ResourceRooms:
    """The rooms `<kind>:<id>`. `allowed` is a function `(id text) returns boolean`, asked as the caller."""

    kind: str
    allowed: str

    def __post_init__(self) -> None:
        """Refuse a name that is no name."""
        if not _KIND.fullmatch(self.kind) or self.kind in OWN_KINDS:
            raise RoomsInvalid(f"{self.kind!r} cannot be a kind of rooms.")
        _require_table(self.allowed)


@dataclass(frozen=True, slots=True)
class RightsTable:
    """A table on which rights rest: when it changes, they are asked anew, of the person in column `user` or of all.

    With `columns`, an UPDATE that leaves all of them alone concerns nobody.
    """

    table: str
    user: str | None = None
    columns: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Refuse a name that is no name."""
        _require_table(self.table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """All rooms of an application.

    `roles` is a function `() returns setof text`, asked as the caller, of the roles that he has in the application,
    beside the one of his token. `namespaces` are those that clients may connect to.
    """

    events: Sequence[RoomEvent] = ()
    resources: Sequence[ResourceRooms] = ()
    roles: str | None = None
    rights: Sequence[RightsTable] = ()
    namespaces: Sequence[str] = (ROOT,)

    def __post_init__(self) -> None:
        """Refuse what contradicts itself, naming it."""
        kinds = [one.kind for one in self.resources]
        twins = sorted({kind for kind in kinds if kinds.count(kind) > 1})
        if twins:
            raise RoomsInvalid(f"The rooms {twins[0]!r} are declared twice.")
        if self.roles is not None:
            _require_table(self.roles)
        for namespace in self.namespaces:
            _require_namespace(namespace)
        for event in self.events:
            if event.namespace not in self.namespaces:
                raise RoomsInvalid(
                    f"The event {event.event} is in the namespace {event.namespace}, which is not declared."
                )


def qualified(name: str) -> tuple[str, str]:
    """Return schema and name of a table or a function; `public` where no schema is given."""
    schema, _, own = name.rpartition(".")
    return schema or "public", own


def _require_table(name: str) -> None:
    if not _TABLE.fullmatch(name):
        raise RoomsInvalid(f"{name!r} is no name in the database.")


def _require_namespace(name: str) -> None:
    if not _NAMESPACE.fullmatch(name) or len(name) > MAX_NAMESPACE_LENGTH:
        raise RoomsInvalid(f"{name!r} is no namespace.")
