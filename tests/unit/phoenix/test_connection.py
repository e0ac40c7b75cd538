"""One socket's conversation: what the protocol answers by itself, and what it asks of the server."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.phoenix import SERIALIZER_V1, SERIALIZER_V2
from millstream.phoenix.connection import Connection
from millstream.phoenix.effects import Broadcast, ChangeToken, Heartbeat, Ignore, Join, Leave, Presence, Send
from millstream.phoenix.messages import Message, UserBroadcast

ROOM = "realtime:room1"


@pytest.fixture
def connection():
    return Connection(SERIALIZER_V2)


def say(connection, join_ref, ref, topic, event, payload=None):
    return connection.receive(json.dumps([join_ref, ref, topic, event, {} if payload is None else payload]))


def joined(connection, topic=ROOM, join_ref="1"):
    *_, join = say(connection, join_ref, join_ref, topic, "phx_join", {"config": {}})
    connection.admit(join)
    return join


def sent(effects):
    return [json.loads(effect.payload) for effect in effects if isinstance(effect, Send)]


@pytest.mark.parametrize("ref", ["5", None])
def test_a_heartbeat_is_answered_with_its_ref(connection, ref):
    (heartbeat,) = say(connection, None, ref, "phoenix", "heartbeat")
    assert isinstance(heartbeat, Heartbeat)
    assert [json.loads(connection.reply(heartbeat.push, "ok"))] == [
        [None, ref, "phoenix", "phx_reply", {"status": "ok", "response": {}}]
    ]


def test_a_join_asks_for_a_decision_and_is_accepted(connection):
    (join,) = say(connection, "1", "2", ROOM, "phx_join", {"config": {"private": True}})
    assert isinstance(join, Join)
    assert (join.topic, join.join_ref, join.ref, join.config.private) == (ROOM, "1", "2", True)
    connection.admit(join)
    assert connection.joined == 1
    assert json.loads(connection.accept(join, b'{"postgres_changes":[]}')) == [
        "1",
        "2",
        ROOM,
        "phx_reply",
        {"status": "ok", "response": {"postgres_changes": []}},
    ]


def test_a_refused_join_leaves_nothing_behind(connection):
    join = joined(connection)
    refusal = json.loads(connection.refuse(join, "Unauthorized: no"))
    assert refusal[4] == {"status": "error", "response": {"reason": "Unauthorized: no"}}
    assert connection.joined == 0


def test_refusing_a_join_that_was_overtaken_keeps_the_newer_one(connection):
    old = joined(connection, join_ref="1")
    joined(connection, join_ref="2")
    connection.refuse(old, "late")
    assert connection.joined == 1


def test_a_missing_join_ref_is_the_ref(connection):
    (join,) = say(connection, None, "7", ROOM, "phx_join", {"config": {}})
    assert join.join_ref == "7"


def test_a_second_join_closes_the_first_then_joins(connection):
    joined(connection, join_ref="1")
    effects = say(connection, "9", "9", ROOM, "phx_join", {"config": {}})
    assert [type(effect) for effect in effects] == [Leave, Send, Join]
    assert sent(effects) == [["1", "1", ROOM, "phx_close", {}]]


def test_leaving_is_answered_and_then_closed(connection):
    joined(connection, join_ref="1")
    effects = say(connection, "1", "4", ROOM, "phx_leave")
    assert effects[0] == Leave(ROOM)
    assert sent(effects) == [
        ["1", "4", ROOM, "phx_reply", {"status": "ok", "response": {}}],
        ["1", "1", ROOM, "phx_close", {}],
    ]
    assert connection.joined == 0


def test_leaving_what_is_not_joined_is_ok(connection):
    assert sent(say(connection, "1", "4", ROOM, "phx_leave"))[0][4]["status"] == "ok"


@pytest.mark.parametrize("topic", [ROOM, "room", "phoenix"])
def test_an_event_on_a_topic_not_joined_is_unmatched(connection, topic):
    reply = sent(say(connection, "1", "4", topic, "broadcast"))[0]
    assert reply == ["1", "4", topic, "phx_reply", {"status": "error", "response": {"reason": "unmatched topic"}}]


def test_a_binary_broadcast_on_a_topic_not_joined_is_unmatched(connection):
    effects = connection.receive(b"\x03\x01\x01\x01\x01\x00\x0067te")
    assert sent(effects)[0][4]["response"]["reason"] == "unmatched topic"


@pytest.mark.parametrize(("topic", "reason"), [("room", "unmatched topic"), ("realtime:", "TopicNameRequired: ")])
def test_a_join_needs_a_name_below_realtime(connection, topic, reason):
    assert sent(say(connection, "1", "1", topic, "phx_join"))[0][4]["response"]["reason"].startswith(reason)


@pytest.mark.parametrize("join_ref", ["1", "stale", None])
def test_pushes_are_taken_with_a_missing_or_stale_join_ref(connection, join_ref):
    joined(connection, join_ref="1")
    (effect,) = say(connection, join_ref, "3", ROOM, "broadcast", {"type": "broadcast"})
    assert effect == Broadcast(Message(join_ref, "3", ROOM, "broadcast", {"type": "broadcast"}))
    assert json.loads(connection.reply(effect.push, "ok"))[:2] == ["1", "3"]


def test_binary_broadcasts_and_presence_come_out_as_effects(connection):
    joined(connection)
    topic = ROOM.encode()
    (effect,) = connection.receive(bytes([3, 0, 0, len(topic), 1, 0, 0]) + topic + b"e" + b"\xff")
    assert isinstance(effect.push, UserBroadcast)
    (effect,) = say(connection, "1", "3", ROOM, "presence", {"event": "track"})
    assert isinstance(effect, Presence)


def test_a_new_access_token_is_handed_on(connection):
    joined(connection)
    effects = say(connection, "1", None, ROOM, "access_token", {"access_token": "a.b.c"})
    assert effects == (ChangeToken(ROOM, "a.b.c"),)


@pytest.mark.parametrize("payload", [{"access_token": None}, {"access_token": "sb_secret_x"}, {}, [], "x"])
def test_a_token_that_is_none_is_ignored(connection, payload):
    joined(connection)
    assert say(connection, "1", None, ROOM, "access_token", payload) == ()


def test_an_unknown_event_gets_an_error(connection):
    joined(connection)
    assert sent(say(connection, "1", "3", ROOM, "dance"))[0][4]["status"] == "error"


def test_the_server_closes_and_crashes_channels_under_their_join_ref(connection):
    joined(connection, join_ref="1")
    assert json.loads(connection.push(ROOM, "system", b"{}")) == ["1", None, ROOM, "system", {}]
    assert json.loads(connection.close(ROOM)) == ["1", "1", ROOM, "phx_close", {}]
    joined(connection, join_ref="2")
    crash = json.loads(connection.crash(ROOM))
    assert crash == ["2", "2", ROOM, "phx_error", {"reason": "channel_crash"}]
    assert connection.joined == 0


@given(st.lists(st.text() | st.binary(), max_size=5))
def test_rubbish_is_ignored_with_a_reason(messages):
    for serializer in (SERIALIZER_V1, SERIALIZER_V2):
        connection = Connection(serializer)
        for message in messages:
            for effect in connection.receive(message):
                assert isinstance(effect, Ignore | Send)
