"""What is kept for clients that come back: bounded, in order, and gone when it is too old."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from millstream.rooms.settings import RoomSettings
from millstream.rooms.told.emission import NOWHERE, Emission, Place, Room, Telling, event_frame, parse_place
from millstream.rooms.told.kept import Kept, LostSession
from millstream.websocket.frames import Opcode, split_frames

NUMBERS = st.integers(0, 2**63)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def emission(number: int, *rooms: str, namespace: str = "/") -> Emission:
    place = Place(number, 0, 1)
    tellings = [Telling([Room(namespace, room)], f"{number} {room}".encode()) for room in rooms or ("a",)]
    return Emission(place, tellings)


def session(pid: str = "p") -> LostSession:
    return LostSession(pid, "s", "/", "me", "authenticated", {}, NOWHERE)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_a_place_is_read_as_it_was_written(lsn: int, change: int, number: int) -> None:
    place = Place(lsn, change, number)
    assert parse_place(str(place)) == place


@given(st.none() | st.integers() | st.text())
def test_anything_else_is_no_place(text: object) -> None:
    assert parse_place(text) is None or isinstance(text, str)


def test_events_are_kept_in_order_and_given_after_a_place() -> None:
    kept = Kept(RoomSettings(), Clock())
    for number in (1, 2, 3):
        kept.append(emission(number))
    assert [each.place.lsn for each in kept.after(Place(1, 0, 1))] == [2, 3]
    assert [each.place.lsn for each in kept.after(NOWHERE)] == [1, 2, 3]
    assert kept.start == NOWHERE


def test_the_oldest_go_first_by_memory_and_by_age() -> None:
    clock = Clock()
    kept = Kept(RoomSettings(recovery_bytes=3 * emission(1).size, recovery_seconds=10), clock)
    for number in range(1, 6):
        kept.append(emission(number))
    assert (kept.start.lsn, [each.place.lsn for each in kept.after(kept.start)]) == (2, [3, 4, 5])
    clock.now = 11
    kept.append(emission(6))
    assert (kept.start.lsn, kept.held_bytes) == (5, emission(6).size)


def test_one_event_larger_than_all_memory_is_not_kept() -> None:
    kept = Kept(RoomSettings(recovery_bytes=1), Clock())
    kept.append(emission(1))
    assert (kept.start.lsn, kept.held_bytes) == (1, 0)


def test_sessions_are_kept_as_long_and_as_many_as_they_may() -> None:
    clock = Clock()
    kept = Kept(RoomSettings(recovery_seconds=10, max_connections=2), clock)
    for pid in ("a", "b", "c"):
        kept.remember(session(pid))
    assert kept.session("a") is None
    assert kept.session("c") == session("c")
    kept.forget("c")
    assert (kept.session("c"), kept.lost_sessions) == (None, 1)
    clock.now = 11
    assert kept.session("b") is None
    kept.remember(session("d"))
    assert kept.lost_sessions == 1


def test_another_log_forgets_everything() -> None:
    kept = Kept(RoomSettings(), Clock())
    kept.append(emission(1))
    kept.remember(session())
    kept.begin(Place(9, 0, 0))
    assert (list(kept.after(NOWHERE)), kept.session("p"), kept.start.lsn) == ([], None, 9)


def test_where_nothing_may_be_recovered_no_session_is_kept() -> None:
    kept = Kept(RoomSettings(recovery_seconds=0), Clock())
    kept.append(emission(1))
    kept.remember(session())
    assert (kept.enabled, kept.session("p")) == (False, None)
    assert kept.held_bytes  # but events, for those whose rights are being asked


def test_somebody_who_comes_back_hears_the_first_telling_of_rooms_that_he_was_in_then() -> None:
    told = emission(5, "a", "b")
    early, late = Place(1, 0, 0), Place(5, 0, 1)
    assert told.frame_for({"b": early, "a": early}, "/") == b"5 a"
    assert told.frame_for({"b": early, "a": late}, "/") == b"5 b"
    assert told.frame_for({"a": late}, "/") is None
    assert told.frame_for({"a": early}, "/staff") is None
    assert told.frame_for({}, "/") is None


def test_a_frame_holds_the_packet_and_its_attachments() -> None:
    frame = event_frame("/", "picture", {"png": b"\0" * 70_000, "text": "x" * 200}, Place(255, 1, 2))
    (code, text), attachment = split_frames(frame)
    assert (code, attachment) == (Opcode.TEXT, (Opcode.BINARY, b"\0" * 70_000))
    assert text == b'451-["picture",{"png":{"_placeholder":true,"num":0},"text":"%b"},"ff-1-2"]' % (b"x" * 200)
