"""Many deadlines ring in time on one timer, and an empty wheel sleeps."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from millstream.pubsub.deadlines import Deadlines
from tests.unit.pubsub.sockets import HandLoop


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 20), st.booleans()), max_size=30))
def test_every_deadline_rings_once_and_at_most_one_resolution_late(plan):
    loop = HandLoop()
    rung = []
    wheel = Deadlines(loop, 2.0, lambda item: rung.append((item, loop.now)))
    due = {}
    for item, (after, pause, removed) in enumerate(plan):
        tick = wheel.add(item, after)
        if removed:
            wheel.remove(item, tick)
        else:
            due[item] = loop.now + after
        for _ in range(int(pause)):
            loop.pass_time(1.0)
    for _ in range(105):
        loop.pass_time(1.0)
    assert sorted(item for item, _ in rung) == sorted(due)
    assert all(due[item] - 1e-3 <= when <= due[item] + 3.0 for item, when in rung)
    assert loop.pass_time(0) == 0


def test_an_item_may_be_added_again_when_it_rings():
    loop = HandLoop()
    rings = []

    def due(item):
        rings.append(loop.now)
        wheel.add(item, 5.0)

    wheel = Deadlines(loop, 1.0, due)
    wheel.add("x", 5.0)
    for _ in range(16):
        loop.pass_time(1.0)
    assert rings == [5.0, 10.0, 15.0]


def test_removing_what_has_rung_is_nothing():
    loop = HandLoop()
    wheel = Deadlines(loop, 1.0, print)
    tick = wheel.add("x", 1.0)
    loop.pass_time(2.0)
    wheel.remove("x", tick)
