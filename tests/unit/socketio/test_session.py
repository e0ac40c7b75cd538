"""One client's session: namespaces, events, attachments, acknowledgements both ways, and every breach."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.socketio.effects import Answer, Break, Close, Connect, Event, Leave, Pong
from millstream.socketio.engine_packets import EnginePacket, PacketType, decode_packet
from millstream.socketio.session import Limits, Session


def session(**limits: int) -> Session:
    return Session(Limits(**limits))


def connected(*namespaces: str, **limits: int) -> Session:
    made = session(**limits)
    for namespace in namespaces or ("/",):
        made.receive(decode_packet(f"40{namespace},"))
        made.accept(namespace, "sid")
    return made


def hear(to: Session, message: str | bytes) -> Any:
    return to.receive(decode_packet(message))


def test_a_client_connects_with_what_it_says_of_itself_and_is_accepted() -> None:
    made = session()
    assert hear(made, '40{"token":"x"}') == Connect("/", {"token": "x"})
    assert (made.namespaces, made.is_connected("/")) == (1, False)
    assert made.accept("/", "s1", "p1").text == b'0{"sid":"s1","pid":"p1"}'
    assert (made.namespaces, made.is_connected("/")) == (1, True)


def test_a_refused_client_may_ask_again() -> None:
    made = session()
    hear(made, "40")
    assert made.refuse("/", "no", {"code": "x"}).text == b'4{"message":"no","data":{"code":"x"}}'
    assert hear(made, "40") == Connect("/", {})


def test_events_come_with_their_arguments_and_the_wish_for_an_answer() -> None:
    made = connected("/", "/staff")
    assert hear(made, '42["hi",1,"two"]') == Event("/", "hi", [1, "two"], None)
    assert hear(made, '42/staff,5["hi"]') == Event("/staff", "hi", [], 5)


def test_attachments_are_put_into_the_event_that_waits_for_them() -> None:
    made = connected()
    text = '452-["hi",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]'
    assert hear(made, text) is None
    assert hear(made, b"a") is None
    assert hear(made, b"b") == Event("/", "hi", [b"b", b"a"], None)
    assert hear(made, '42["again"]') == Event("/", "again", [], None)


def test_the_server_asks_and_the_answer_counts_once() -> None:
    made = connected()
    asked = made.ask("/", "sure?", [{"n": 1}])
    assert asked is not None
    ack, encoded = asked
    assert encoded.text == b'20["sure?",{"n":1}]'
    assert hear(made, "430[true]") == Answer("/", ack, [True])
    assert hear(made, "430[true]") is None


def test_answers_to_what_nobody_asked_are_passed_over() -> None:
    made = connected("/", "/staff")
    assert hear(made, "43[1]") is None
    assert hear(made, "437[1]") is None
    made.ask("/staff", "sure?", [])
    assert hear(made, "430[1]") is None  # asked in another namespace
    made.give_up("/staff", 0)
    assert hear(made, "43/staff,0[1]") is None


def test_a_client_can_be_asked_so_much_at_once_and_no_more() -> None:
    made = connected(open_asks=1)
    made.give_up("/", 0)
    assert made.ask("/", "a", [])
    assert made.ask("/", "b", []) is None
    made.give_up("/", 0)
    assert made.ask("/", "c", [])


def test_leaving_a_namespace_drops_it_and_what_was_asked_there() -> None:
    made = connected("/", "/staff")
    made.ask("/staff", "sure?", [])
    assert hear(made, "41/staff,") == Leave("/staff")
    assert not made.is_connected("/staff")
    assert made.is_connected("/")
    assert made.leave("/").text == b"1"
    assert made.namespaces == 0


def test_pongs_closes_and_noise_are_told_apart() -> None:
    made = connected()
    assert hear(made, "3") == Pong()
    assert hear(made, "6") is None
    assert hear(made, "0") is None
    assert hear(made, "1") == Close()
    assert hear(made, '42["hi"]') is None  # nothing counts after it


@pytest.mark.parametrize(
    "said",
    [
        ["2"],
        ["5"],
        ["40"],
        ['42/other,["hi"]'],
        ['451-/other,["hi",{"_placeholder":true,"num":0}]'],
        ["41/other,"],
        ["43/other,1[]"],
        [b"a"],
        ['451-["hi",{"_placeholder":true,"num":0}]', '42["hi"]'],
        ['451-["hi"]', b"a"],
        ["4"],
        ["4{}"],
    ],
    ids=range(12),
)
def test_a_breach_of_the_protocol_ends_the_session(said: list[str | bytes]) -> None:
    made = connected()
    assert isinstance([hear(made, message) for message in said][-1], Break)
    assert hear(made, '42["hi"]') is None


def test_a_client_may_be_in_so_many_namespaces_and_no_more() -> None:
    made = connected("/", "/a", namespaces=2)
    assert isinstance(hear(made, "40/b,"), Break)


def test_more_attachments_than_allowed_are_never_waited_for() -> None:
    made = connected(attachments=1)
    assert isinstance(hear(made, '452-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]'), Break)


@given(
    st.lists(
        st.builds(EnginePacket, st.sampled_from(PacketType), st.text(max_size=20))
        | st.builds(EnginePacket, st.just(PacketType.MESSAGE), st.binary(max_size=5))
        | st.sampled_from(
            [
                decode_packet(text)
                for text in ("40", '42["a"]', '451-["a",{"_placeholder":true,"num":0}]', "41", "430[]")
            ]
        ),
        max_size=8,
    )
)
def test_a_session_never_raises_and_never_speaks_after_its_end(said: list[EnginePacket]) -> None:
    made = connected("/staff")
    ended = False
    for packet in said:
        effect = made.receive(packet)
        assert effect is None or not ended
        if isinstance(effect, Connect):
            made.accept(effect.namespace, "sid")
        ended = ended or isinstance(effect, Break | Close)
