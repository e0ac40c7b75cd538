"""Frames reach their mailboxes in order, once a tick, and a slow socket costs nobody but itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.pubsub import disconnect
from tests.unit.pubsub.sockets import HandLoop, connect, hub_on


@pytest.fixture
def loop():
    return HandLoop()


def test_all_frames_of_a_tick_are_one_write(loop):
    hub = hub_on(loop)
    peers = [connect(hub) for _ in range(3)]
    hub.deliver([peer.mailbox for peer in peers], b"one")
    peers[0].mailbox.put(b"two")
    hub.deliver([peers[0].mailbox], b"three")
    assert [peer.writes for peer in peers] == [[], [], []]
    loop.tick()
    assert [peer.writes for peer in peers] == [[b"onetwothree"], [b"one"], [b"one"]]
    assert loop.tick() == 0


def test_sockets_that_wait_for_the_same_frames_share_the_joined_bytes(loop):
    hub = hub_on(loop)
    first, second = connect(hub), connect(hub)
    for frame in (b"a", b"b"):
        hub.deliver([first.mailbox, second.mailbox], frame)
    loop.tick()
    assert first.writes == [b"ab"]
    assert first.writes[0] is second.writes[0]


@given(st.lists(st.tuples(st.sets(st.integers(0, 3), min_size=1), st.binary(min_size=1, max_size=4), st.booleans())))
def test_every_mailbox_gets_its_frames_in_the_order_of_the_calls(deliveries):
    loop = HandLoop()
    hub = hub_on(loop)
    peers = [connect(hub) for _ in range(4)]
    expected = [b""] * 4
    for recipients, frame, ticks in deliveries:
        hub.deliver([peers[i].mailbox for i in recipients], frame)
        for i in recipients:
            expected[i] += frame
        if ticks:
            loop.tick()
    loop.tick()
    assert [b"".join(peer.writes) for peer in peers] == expected


def test_a_paused_mailbox_keeps_frames_until_it_resumes(loop):
    hub = hub_on(loop)
    peer = connect(hub)
    peer.mailbox.pause()
    peer.mailbox.put(b"a")
    loop.tick()
    peer.mailbox.put(b"b")
    loop.tick()
    assert peer.writes == []
    peer.mailbox.resume()
    loop.tick()
    assert peer.writes == [b"ab"]


def test_pausing_and_resuming_within_a_tick_writes_once(loop):
    hub = hub_on(loop)
    peer = connect(hub)
    peer.mailbox.put(b"a")
    peer.mailbox.pause()
    peer.mailbox.resume()
    loop.tick()
    assert peer.writes == [b"a"]


@pytest.mark.parametrize("limits", [{"max_frames": 3}, {"max_bytes": 3}])
def test_a_full_mailbox_is_written_at_once_while_the_transport_takes_bytes(loop, limits):
    hub = hub_on(loop, **limits)
    peer = connect(hub)
    for _ in range(4):
        peer.mailbox.put(b"x")
    assert peer.writes == [b"xxxx"]
    assert peer.disconnects == []


@pytest.mark.parametrize("limits", [{"max_frames": 3}, {"max_bytes": 3}])
def test_a_full_mailbox_of_a_paused_transport_ends_that_socket_only(loop, limits):
    hub = hub_on(loop, **limits)
    slow, quick = connect(hub), connect(hub)
    slow.mailbox.pause()
    for _ in range(6):
        hub.deliver([slow.mailbox, quick.mailbox], b"x")
        assert slow.disconnects == []  # never from within deliver
        loop.tick()
        if slow.mailbox.closed:
            break
    loop.tick()
    assert slow.disconnects == [disconnect.SLOW_CONSUMER]
    assert slow.writes == []
    hub.deliver([slow.mailbox, quick.mailbox], b"y")
    loop.tick()
    assert b"".join(quick.writes) == b"xxxxy"


def test_a_burst_larger_than_the_mailbox_reaches_a_peer_that_reads(loop):
    hub = hub_on(loop, max_frames=10)
    peer = connect(hub)
    for _ in range(1000):
        peer.mailbox.put(b"x")
    loop.tick()
    assert b"".join(peer.writes) == b"x" * 1000


def test_a_burst_that_the_transport_cannot_take_ends_the_socket(loop):
    hub = hub_on(loop, max_frames=10)
    peer = connect(hub, high_water=30)
    for _ in range(1000):
        peer.mailbox.put(b"x")
    loop.tick()
    assert peer.disconnects == [disconnect.SLOW_CONSUMER]


def test_closing_writes_what_waits_then_the_last_frame_and_takes_no_more(loop):
    hub = hub_on(loop)
    peer = connect(hub)
    peer.mailbox.put(b"a")
    peer.mailbox.close(b"bye")
    peer.mailbox.put(b"late")
    peer.mailbox.close(b"bye again")
    hub.deliver([peer.mailbox], b"later")
    loop.tick()
    assert peer.writes == [b"a", b"bye"]


def test_topics_have_members_until_the_last_one_leaves(loop):
    hub = hub_on(loop)
    one, two = connect(hub), connect(hub)
    hub.subscribe("room", one.mailbox)
    hub.subscribe("room", two.mailbox)
    hub.subscribe("room", two.mailbox)
    hub.publish("room", b"x")
    hub.publish("room", b"y", sender=one.mailbox)
    hub.publish("elsewhere", b"z")
    loop.tick()
    assert (one.writes, two.writes) == ([b"x"], [b"xy"])
    hub.unsubscribe("room", two.mailbox)
    hub.unsubscribe("room", two.mailbox)
    hub.publish("room", b"z", sender=two.mailbox)
    hub.unsubscribe("room", one.mailbox)
    hub.unsubscribe("room", one.mailbox)
    assert not hub.has_members("room")
    loop.tick()
    assert (one.writes, two.writes) == ([b"x", b"z"], [b"xy"])
