"""The history holds every transaction from its start on, each once, bounded by age and memory."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.change import Column, Lsn, Operation, Position, Relation, ReplicaIdentity, RowChange, Transaction
from millstream.wal.history import WHOLE, History
from millstream.wal.settings import WalSettings

NOTES = Relation(1, "public", "notes", ReplicaIdentity.FULL, (Column("id", 23, "int4", in_key=True),))
NOON = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def slice_of(lsn: int, first: int = 0, count: int = 1, *, complete: bool = True) -> Transaction:
    changes = tuple(
        RowChange(index, Operation.INSERT, NOTES, (str(index),), None, old_is_whole=False)
        for index in range(first, first + count)
    )
    return Transaction(lsn, Lsn(lsn), NOON, changes, (), Lsn(lsn + 5) if complete else None)


def history(clock: Clock | None = None, **settings) -> History:
    made = History(WalSettings(**settings), clock or Clock())
    made.begin("log", start=Lsn(100), live_from=Lsn(100))
    return made


def positions(held: History, after: Position, until: Position) -> list[Position]:
    found = held.between(after, until)
    return [Position(each.commit_lsn, change.index) for each in found for change in each.changes]


END = Position(Lsn(1 << 60), 0)


@given(st.lists(st.integers(1, 4), min_size=1, max_size=8), st.data())
def test_between_gives_exactly_the_changes_after_one_position_up_to_another(counts, data):
    held = history()
    every = []
    for number, count in enumerate(counts):
        lsn = 100 + 10 * number
        cut = data.draw(st.integers(0, count))
        for first, size in ((0, cut), (cut, count - cut)):
            if size:
                held.append(slice_of(lsn, first, size, complete=first + size == count), 10)
        every += [Position(Lsn(lsn), index) for index in range(count)]
    place = st.builds(Position, st.integers(95, 190).map(Lsn), st.sampled_from([0, 1, 2, WHOLE]))
    after, until = sorted((data.draw(place), data.draw(place)))
    assert positions(held, after, until) == [each for each in every if after < each <= until]


def test_what_is_read_a_second_time_is_held_once():
    held = history()
    for transaction in (slice_of(100, 0, 2, complete=False), slice_of(100, 2, 2), slice_of(110)):
        held.append(transaction, 10)
    before = held.held_bytes
    for transaction in (slice_of(100, 0, 2, complete=False), slice_of(100, 2, 2), slice_of(110)):
        held.append(transaction, 10)
    assert held.held_bytes == before
    assert len(positions(held, Position(Lsn(0), 0), END)) == 5


def test_too_much_drops_whole_transactions_from_the_oldest_and_moves_the_start():
    held = history(history_bytes=3000)
    for lsn in (100, 110, 120, 130):
        held.append(slice_of(lsn), 300)
    assert held.held_bytes <= 3000
    assert positions(held, Position(Lsn(0), 0), END) == [Position(Lsn(lsn), 0) for lsn in (110, 120, 130)]
    assert not held.reaches(Position(Lsn(100), 0))
    assert held.reaches(Position(Lsn(100), WHOLE))
    assert held.reaches(Position(Lsn(110), 0))


def test_a_transaction_larger_than_the_history_is_not_held_at_all():
    held = history(history_bytes=3000)
    held.append(slice_of(100), 10)
    for first in range(0, 10, 2):
        held.append(slice_of(110, first, 2, complete=first == 8), 2000)
    assert not held.reaches(Position(Lsn(105), WHOLE))
    held.append(slice_of(120), 10)
    assert held.reaches(Position(Lsn(110), WHOLE))
    assert positions(held, Position(Lsn(110), WHOLE), END) == [Position(Lsn(120), 0)]


def test_what_is_older_than_the_window_is_forgotten_and_may_be_confirmed():
    clock = Clock()
    held = history(clock, history_seconds=60)
    held.append(slice_of(110), 10)
    held.mark(Lsn(115))
    assert held.confirmable(Lsn(115)) == 100
    clock.now = 30
    held.append(slice_of(120), 10)
    held.mark(Lsn(125))
    clock.now = 61
    held.mark(Lsn(125))
    assert held.confirmable(Lsn(125)) == 115
    assert positions(held, Position(Lsn(0), 0), END) == [Position(Lsn(120), 0)]
    clock.now = 91
    held.mark(Lsn(125))
    assert held.confirmable(Lsn(125)) == 125
    assert held.reaches(Position(Lsn(125), 0))


def test_an_idle_log_moves_the_window_too():
    clock = Clock()
    held = history(clock, history_seconds=60)
    for second in range(200):
        clock.now = second
        held.mark(Lsn(1000 + second))
    assert held.confirmable(Lsn(1199)) == 1000 + 199 - 60


def test_no_history_confirms_everything():
    held = history(history_seconds=0)
    held.append(slice_of(110), 10)
    held.mark(Lsn(115))
    assert held.confirmable(Lsn(115)) == 115


def test_the_log_on_disk_is_bounded_whatever_the_window_is():
    held = history(history_log_bytes=1000)
    held.mark(Lsn(5000))
    assert held.confirmable(Lsn(5000)) == 4000
    assert held.confirmable(Lsn(50)) == 50, "never more than was applied"


async def test_until_read_waits_for_the_position_and_for_the_place_where_the_log_ended_at_the_start():
    held = History(WalSettings(), Clock())
    held.begin("log", start=Lsn(100), live_from=Lsn(200))
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(held.until_read(Position(Lsn(110), 0)))
        await asyncio.sleep(0)
        held.append(slice_of(110), 10)
        held.mark(Lsn(115))
        await asyncio.sleep(0)
        assert not waiting.done()
        held.mark(Lsn(200))
    await held.until_read(Position(Lsn(110), 0))


def test_another_log_empties_the_history_and_is_announced_unless_it_is_the_first():
    heard = []
    held = history()
    held.on_new_log(lambda: heard.append(held.log))
    held.append(slice_of(110), 10)
    held.begin("log", start=Lsn(0), live_from=Lsn(0))
    assert heard == []
    assert held.reaches(Position(Lsn(105), 0))
    held.begin("other", start=Lsn(50), live_from=Lsn(60))
    assert heard == ["other"]
    assert positions(held, Position(Lsn(0), 0), END) == []
    held.append(slice_of(70), 10)
    assert positions(held, Position(Lsn(0), 0), END) == [Position(Lsn(70), 0)]


@pytest.mark.parametrize("complete", [True, False])
def test_slices_without_changes_take_no_room(complete):
    held = history()
    held.append(Transaction(1, Lsn(110), NOON, (), (), Lsn(115) if complete else None), 10)
    assert held.held_bytes == 0
