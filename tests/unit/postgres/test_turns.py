"""Places and the line before them: order, deadline, and that no place is ever lost."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.postgres.turns import Turns

LONG = 3600.0


async def in_line(turns: Turns) -> asyncio.Task[None]:
    """Return somebody who waits already."""
    task = asyncio.ensure_future(turns.wait())
    await a_turn()
    return task


async def a_turn() -> None:
    """Let everybody else go on, once."""
    await asyncio.sleep(0)


def test_there_are_as_many_places_as_were_said():
    turns = Turns(2, wait_seconds=LONG)
    assert [turns.take() for _ in range(3)] == [True, True, False]
    turns.give_back()
    assert turns.take()


async def test_places_go_to_those_who_wait_in_the_order_in_which_they_came():
    turns = Turns(1, wait_seconds=LONG)
    turns.take()
    first, second = await in_line(turns), await in_line(turns)
    turns.give_back()
    await first
    assert not second.done()
    assert not turns.take(), "a place that was given is not free for a newcomer"
    turns.give_back()
    await second
    assert turns.waiting == 0


async def test_a_place_that_was_given_to_somebody_who_is_cancelled_goes_to_the_next():
    turns = Turns(1, wait_seconds=LONG)
    turns.take()
    first, second = await in_line(turns), await in_line(turns)
    turns.give_back()
    first.cancel()
    await second
    assert first.cancelled()
    turns.give_back()
    assert turns.take()


async def test_somebody_who_is_cancelled_in_line_is_passed_over():
    turns = Turns(1, wait_seconds=LONG)
    turns.take()
    first, second = await in_line(turns), await in_line(turns)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    turns.give_back()
    await second
    assert turns.waiting == 0


async def test_who_waits_too_long_is_told_so_and_takes_no_place():
    turns = Turns(1, wait_seconds=0.01)
    turns.take()
    waiting = [await in_line(turns) for _ in range(3)]
    for task in waiting:
        with pytest.raises(TimeoutError):
            await task
    assert turns.waiting == 0
    turns.give_back()
    assert turns.take()


async def test_the_line_has_its_deadline_again_after_it_was_empty():
    turns = Turns(1, wait_seconds=0.01)
    turns.take()
    with pytest.raises(TimeoutError):
        await turns.wait()
    with pytest.raises(TimeoutError):
        await turns.wait()


@given(st.lists(st.sampled_from(["come", "give back", "cancel", "turn"]), max_size=40), st.integers(1, 3))
def test_no_place_is_lost_or_made_whatever_happens(steps, places):
    async def play() -> None:
        turns = Turns(places, wait_seconds=LONG)
        held, waiting = 0, []
        for step in steps:
            if step == "come":
                if turns.take():
                    held += 1
                else:
                    waiting.append(await in_line(turns))
            elif step == "give back" and held:
                held -= 1
                turns.give_back()
            elif step == "cancel" and waiting:
                waiting[0].cancel()
            elif step == "turn":
                await a_turn()
            done = [task for task in waiting if task.done()]
            held += sum(not task.cancelled() for task in done)
            waiting = [task for task in waiting if not task.done()]
            assert held <= places
        for task in waiting:
            task.cancel()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        held += sum(result is None for result in ended)
        free = 0
        while turns.take():
            free += 1
        assert held + free == places

    asyncio.run(play())
