"""A held mailbox keeps frames until it is released, then hands on at once; too much ends the socket behind it."""

from __future__ import annotations

import asyncio

from millstream.pubsub import HeldMailbox, Hub, Mailbox, MailboxSettings
from millstream.pubsub.disconnect import SLOW_CONSUMER


class Wire:
    def __init__(self):
        self.written = b""
        self.ended = []

    def write(self, data):
        self.written += data

    def disconnect(self, why):
        self.ended.append(why)


def mailboxes(**limits):
    wire, settings = Wire(), MailboxSettings(**limits)
    hub = Hub(asyncio.get_running_loop(), settings)
    behind = Mailbox(hub, wire, wire)
    return wire, hub, behind, HeldMailbox(behind, settings)


async def test_held_frames_follow_what_was_put_before_the_release_and_keep_their_order():
    wire, hub, behind, held = mailboxes()
    hub.deliver([held], b"3")
    hub.deliver([held], b"4")
    behind.put(b"1")
    behind.put(b"2")
    held.release()
    hub.deliver([held], b"5")
    hub.deliver([behind], b"6")
    await asyncio.sleep(0)
    assert wire.written == b"123456"


async def test_nothing_is_written_while_it_is_held():
    wire, hub, _, held = mailboxes()
    hub.deliver([held], b"1")
    await asyncio.sleep(0)
    assert wire.written == b""


async def test_a_socket_for_which_too_much_is_held_ends_as_a_slow_consumer_once():
    wire, hub, behind, held = mailboxes(max_frames=2)
    for _ in range(9):
        hub.deliver([held], b"x")
    held.release()
    await asyncio.sleep(0)
    assert wire.ended == [SLOW_CONSUMER]
    assert wire.written == b""
    assert behind.closed
