"""Who is in which room, as mailboxes, and the delivery of an event to them.

Filled by `socket`, asked by `emitter`. A frame goes to the hub once for all members; who is in several rooms of one
event gets it once, by the first telling that concerns him.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from millstream.pubsub import Hub, Mailbox
from millstream.rooms.told.emission import Emission, Room

_NOBODY: Mapping[Mailbox, None] = MappingProxyType({})


class Members:
    """The rooms of one project. A room is there as long as somebody is in it."""

    __slots__ = ("_hub", "_rooms")

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        # Dicts keep the order of coming, which is near that in memory; sets would scatter a fan-out over it.
        self._rooms: dict[Room, dict[Mailbox, None]] = {}

    def join(self, room: Room, mailbox: Mailbox) -> None:
        """Have a mailbox get what is said in a room."""
        self._rooms.setdefault(room, {})[mailbox] = None

    def leave(self, room: Room, mailbox: Mailbox) -> None:
        """Undo `join`; do nothing where there was none."""
        members = self._rooms.get(room)
        if members is None:
            return
        members.pop(mailbox, None)
        if not members:
            del self._rooms[room]

    def move(self, rooms: Iterable[Room], old: Mailbox, new: Mailbox) -> None:
        """Have another mailbox get what the old one got: the client has changed its transport."""
        for room in rooms:
            self.leave(room, old)
            self.join(room, new)

    def count(self, room: Room) -> int:
        """Return how many are in a room."""
        return len(self._rooms.get(room, _NOBODY))

    def census(self) -> Iterable[tuple[Room, int]]:
        """Yield every room with how many are in it."""
        for room, members in self._rooms.items():
            yield room, len(members)

    def deliver(self, emission: Emission) -> int:
        """Put the event into the mailboxes of all who hear it; return how many they are."""
        reached: dict[Mailbox, None] | None = None
        deliveries = 0
        last = emission.tellings[-1] if emission.tellings else None
        for telling in emission.tellings:
            members = self._members(telling.rooms)
            if reached:
                members = {mailbox: None for mailbox in members if mailbox not in reached}
            if members:
                self._hub.deliver(members, telling.frame)
                deliveries += len(members)
            if telling is not last:
                reached = {**(reached or {}), **members}
        return deliveries

    def _members(self, rooms: Iterable[Room]) -> Mapping[Mailbox, None]:
        """Return who is in any of the rooms; the room's own mapping where one alone has somebody in it."""
        found = [members for members in map(self._rooms.get, rooms) if members]
        if len(found) == 1:
            return found[0]
        together: dict[Mailbox, None] = {}
        for members in found:
            together.update(members)
        return together
