"""What an audit writes, and the second opinion on who should have heard of it."""

from __future__ import annotations

import asyncio
import random
from bisect import bisect_left
from dataclasses import dataclass

import psycopg

from millstream.change import Operation, Transaction

SCHEMA = """
create table items (id bigint primary key, owner text, team int, value int, body text);
create table members (who text, team int, primary key (who, team));
alter table items enable row level security, replica identity full;
alter table members enable row level security;
grant select on items, members to anon, authenticated;
create policy mine on members for select to authenticated using (who = auth.jwt() ->> 'sub');
create policy own on items for select to authenticated using (owner = auth.jwt() ->> 'sub');
create policy team on items for select to authenticated
  using (team in (select m.team from members m where m.who = auth.jwt() ->> 'sub'));
alter publication supabase_realtime add table items;
insert into members select 'person' || n, n % 5 from generate_series(0, 199) n where n % 4 <> 0;
"""
TEAMS = 5
PEOPLE = 12
ROWS_KEPT = 60
Item = tuple[int, str, int, int]
Heard = tuple[int, int, str, int]
"""Commit LSN, index, event, id."""


def in_team(person: int) -> int | None:
    return None if person % 4 == 0 else person % TEAMS


@dataclass(frozen=True, slots=True)
class Interest:
    """Who listens with which filter."""

    person: int
    column: str | None = None
    operator: str = ""
    operand: int = 0

    @property
    def filter(self) -> str | None:
        return None if self.column is None else f"{self.column}={self.operator}.{self.operand}"

    @property
    def condition(self) -> str:
        """The filter once more, in SQL."""
        signs = {"eq": "=", "lt": "<"}
        return "true" if self.column is None else f"{self.column} {signs[self.operator]} {self.operand}"

    def covers(self, item: Item | None) -> bool:
        """Tell whether the row is seen and passes the filter."""
        if item is None:
            return False
        _, owner, team, value = item
        if owner != f"person{self.person}" and team != in_team(self.person):
            return False
        found = {"team": team, "value": value}.get(self.column or "", 0)
        return self.column is None or (found == self.operand if self.operator == "eq" else found < self.operand)


class Oracle:
    """A sink of its own slot: remembers what happened to each row."""

    def __init__(self) -> None:
        self._log: list[tuple[int, int, Item | None, Item | None]] = []
        self._moved = asyncio.Event()
        self.ends: set[int] = set()
        self.transactions = 0

    @property
    def changes(self) -> int:
        return len(self._log)

    async def apply(self, transaction: Transaction) -> None:
        for change in transaction.changes:
            assert change.operation is not Operation.TRUNCATE
            new, old = (_item(row) for row in (change.new, change.old))
            if new is not None and new[0] < 0:
                self.ends.add(new[0])
                continue
            self._log.append((int(transaction.commit_lsn), change.index, old, new))
        self.transactions += transaction.complete
        self._moved.set()

    async def progress(self) -> None:
        """Wait until something more was read."""
        self._moved.clear()
        await self._moved.wait()

    async def until_changes(self, count: int) -> None:
        while len(self._log) < count:
            await self.progress()

    def expected(self, interest: Interest) -> list[Heard]:
        """Return what somebody with this interest should hear: leaving rows as deletes."""
        heard: list[Heard] = []
        for lsn, index, old, new in self._log:
            if interest.covers(new):
                heard.append((lsn, index, "INSERT" if old is None else "UPDATE", (new or old or (0,))[0]))
            elif interest.covers(old):
                heard.append((lsn, index, "DELETE", (old or (0,))[0]))
        return heard


def _item(row: object) -> Item | None:
    if row is None:
        return None
    number, owner, team, value, *_ = row  # type: ignore[misc]
    return int(number), str(owner), int(team), int(value)


class Writer:
    """Changes rows that no other writer touches, in transactions of every size, some of which never happened."""

    def __init__(self, url: str, number: int, writers: int, chance: random.Random) -> None:
        self._url = url
        self._chance = chance
        self._next = number
        self._step = writers
        self._mine: list[int] = []

    async def write(self, changes: int) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            await connection.execute("set synchronous_commit = on")
            while changes > 0:
                size = min(changes, self._chance.choice([1, 1, 2, 3, 5, 10, 40]))
                before, number = list(self._mine), self._next
                async with connection.transaction() as transaction, connection.pipeline():
                    for _ in range(size):
                        await self._change(connection)
                    if self._chance.random() < 0.05:
                        self._mine, self._next = before, number
                        raise psycopg.Rollback(transaction)
                    changes -= size

    async def _change(self, connection: psycopg.AsyncConnection) -> None:
        chance = self._chance
        kind = (
            "insert" if len(self._mine) < ROWS_KEPT else chance.choice(["insert", "delete", "update", "update", "key"])
        )
        owner, team = f"person{chance.randrange(PEOPLE)}", chance.randrange(TEAMS)
        value = chance.randrange(100)
        if kind == "insert":
            body = "x" * chance.choice([3, 30, 3000])
            values = (self._new(), owner, team, value, body)
            await connection.execute("insert into items values (%s, %s, %s, %s, %s)", values)
        elif kind == "delete":
            await connection.execute("delete from items where id = %s", (self._taken(),))
        elif kind == "key":
            old = self._taken()
            await connection.execute("update items set id = %s where id = %s", (self._new(), old))
        else:
            statement = "update items set owner = %s, team = %s, value = %s where id = %s"
            await connection.execute(statement, (owner, team, value, chance.choice(self._mine)))

    def _new(self) -> int:
        number, self._next = self._next, self._next + self._step
        self._mine.insert(bisect_left(self._mine, number), number)
        return number

    def _taken(self) -> int:
        return self._mine.pop(self._chance.randrange(len(self._mine)))
