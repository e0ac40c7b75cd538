"""The second opinion of an audit: who should have heard of which change, by a reading of the log of its own.

A sink on a slot that nothing else uses. It works by rules that are written down here once more: a row that is covered
by an interest is told, and one that was and is no longer is told as gone.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from millstream.change import Operation, Row, Transaction
from tests.faults.audit_heard import GONE, Changes
from tests.faults.audit_rows import Interest, Item


class Oracle:
    """Notes what each of the interests should hear, in commit order."""

    def __init__(self, interests: Sequence[Interest]) -> None:
        self.expected = {interest.person: Changes() for interest in interests}
        self.changes = self.transactions = 0
        self.ends: set[int] = set()
        self._owners = {interest.person: interest for interest in interests}
        self._teams: dict[int, list[Interest]] = defaultdict(list)
        for interest in interests:
            if interest.team is not None:
                self._teams[interest.team].append(interest)
        self._moved = asyncio.Event()

    async def apply(self, transaction: Transaction) -> None:
        for change in transaction.changes:
            assert change.operation is not Operation.TRUNCATE
            new, old = _item(change.new), _item(change.old)
            if new is not None and new.id < 0:
                self.ends.add(new.id)
            else:
                self._note(transaction.commit_lsn, change.index, old, new)
        self.transactions += transaction.complete
        self._moved.set()

    async def until_changes(self, count: int) -> None:
        while self.changes < count:
            await self._progress()

    async def until_ended(self) -> None:
        """Wait for the last row of everybody."""
        while not all(interest.last_row[0] in self.ends for interest in self._owners.values()):
            await self._progress()

    async def _progress(self) -> None:
        self._moved.clear()
        await self._moved.wait()

    def _note(self, lsn: int, index: int, old: Item | None, new: Item | None) -> None:
        self.changes += 1
        concerned = {
            interest.person: interest
            for item in (old, new)
            if item is not None
            for interest in (*self._teams[item.team], self._owners.get(item.owner))
            if interest is not None
        }
        for person, interest in concerned.items():
            if new is not None and interest.covers(new):
                if old is None:
                    self.expected[person].add(lsn, index, "INSERT", new)
                else:
                    was = old.id if old.id == new.id or interest.sees(old) else GONE
                    self.expected[person].add(lsn, index, "UPDATE", new, was=was)
            elif old is not None and interest.covers(old):
                self.expected[person].add(lsn, index, "DELETE", old)


def _item(row: Row | None) -> Item | None:
    if row is None:
        return None
    number, owner, team, value, *_ = map(str, row)
    return Item(int(number), int(owner.removeprefix("person")), int(team), int(value))
