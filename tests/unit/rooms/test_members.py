"""Who gets an event: everybody concerned, once, and by the telling that comes first."""

from __future__ import annotations

import asyncio

from millstream.identity import ANONYMOUS, Claims
from millstream.pubsub import Disconnect, Hub, Mailbox, MailboxSettings
from millstream.rooms.clients.roster import Roster
from millstream.rooms.told.emission import Emission, Place, Room, Telling
from millstream.rooms.told.members import Members


class Wire:
    """A transport that remembers, and an owner that never has to act."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def disconnect(self, why: Disconnect) -> None:
        raise AssertionError(why)


def in_rooms(members: Members, hub: Hub, *rooms: str) -> tuple[Wire, Mailbox]:
    wire = Wire()
    mailbox = Mailbox(hub, wire, wire)
    for room in rooms:
        members.join(Room("/", room), mailbox)
    return wire, mailbox


def telling(frame: bytes, *rooms: str) -> Telling:
    return Telling([Room("/", room) for room in rooms], frame)


async def test_each_member_gets_one_frame_by_the_first_telling_that_concerns_it() -> None:
    hub = Hub(asyncio.get_running_loop(), MailboxSettings())
    members = Members(hub)
    both, _ = in_rooms(members, hub, "a", "b", "owners")
    one, _ = in_rooms(members, hub, "b")
    owner, _ = in_rooms(members, hub, "owners")
    nobody, _ = in_rooms(members, hub, "c")
    emission = Emission(Place(1, 0, 1), [telling(b"all", "a", "b", "empty"), telling(b"less", "owners")])
    assert members.deliver(emission) == 3
    await asyncio.sleep(0)
    assert [wire.written for wire in (both, one, owner, nobody)] == [b"all", b"all", b"less", b""]
    assert members.deliver(Emission(Place(2, 0, 1), [])) == 0
    assert members.deliver(Emission(Place(2, 0, 1), [telling(b"x", "empty"), telling(b"y", "owners")])) == 2


async def test_members_move_and_leave_and_an_empty_room_is_none() -> None:
    hub = Hub(asyncio.get_running_loop(), MailboxSettings())
    members = Members(hub)
    _, old = in_rooms(members, hub, "a")
    wire, new = in_rooms(members, hub)
    members.move([Room("/", "a")], old, new)
    members.deliver(Emission(Place(1, 0, 1), [telling(b"x", "a")]))
    await asyncio.sleep(0)
    assert wire.written == b"x"
    assert list(members.census()) == [(Room("/", "a"), 1)]
    members.leave(Room("/", "a"), new)
    members.leave(Room("/", "a"), new)
    assert (list(members.census()), members.count(Room("/", "a"))) == ([], 0)


class Someone:
    def __init__(self, pid: str, claims: Claims) -> None:
        self.pid = pid
        self.claims = claims


def test_the_roster_finds_clients_by_session_and_by_person() -> None:
    person = Claims.from_token({"role": "authenticated", "sub": "me"})
    roster: Roster[Someone] = Roster()
    first, second, guest = Someone("1", person), Someone("2", person), Someone("3", ANONYMOUS)
    for one in (first, second, guest):
        roster.add(one)
    assert (len(roster), list(roster)) == (3, [first, second, guest])
    assert roster.of_person("me") == [first, second]
    assert (roster.of_session("3"), roster.of_session(3), roster.of_session("4")) == (guest, None, None)
    again = Someone("1", person)
    roster.add(again)
    roster.remove(first)  # it is another one that is listed now
    assert roster.of_session("1") is again
    for one in (again, second, guest, guest):
        roster.remove(one)
    assert (len(roster), roster.of_person("me")) == (0, [])
