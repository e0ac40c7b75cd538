"""What an audit writes: rows that people own, in teams, and transactions of every size, some of which never happened.

Who listens to what (`Interest`) is here as well, so that `audit_oracle` can say once more, in its own words, who should
have heard of a change.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from dataclasses import dataclass
from typing import NamedTuple

import psycopg

from tests.faults.audit_pace import Pace

PUBLICATION = "supabase_realtime"
ROWS_KEPT = 60
"""So many rows a writer has about, of the millions that it writes."""


class Item(NamedTuple):
    """A row; `owner` is the number of a person."""

    id: int
    owner: int
    team: int
    value: int


@dataclass(frozen=True, slots=True)
class Interest:
    """Who listens with which filter. A person without a `team` is in none."""

    person: int
    team: int | None
    column: str | None = None
    operator: str = ""
    operands: tuple[int, ...] = ()

    @classmethod
    def of(cls, person: int, teams: int, chance: random.Random) -> Interest:
        """Return the interest of one of many: few listen to everything that they may see."""
        team = None if person % 4 == 0 else person % teams
        if person % 20 < 2:
            return cls(person, team)
        if person % 4 == 0:
            return cls(person, team, "owner", "eq", (person,))
        if person % 4 == 1:
            return cls(person, team, "team", "eq", (person % teams,))
        if person % 4 == 2:
            return cls(person, team, "value", "lt", (chance.randrange(2, 10),))
        return cls(person, team, "value", "in", tuple(sorted(chance.sample(range(100), 5))))

    @property
    def filter(self) -> str | None:
        """The filter in the words of the protocol, which are those of the data API too."""
        if self.column is None:
            return None
        texts = [f"person{each}" if self.column == "owner" else str(each) for each in self.operands]
        listed = ",".join(texts)
        return f"{self.column}={self.operator}.{f'({listed})' if self.operator == 'in' else listed}"

    @property
    def last_row(self) -> tuple[int, str, int, int]:
        """The row after which everything was heard: one of this person's own that passes the filter."""
        team = self.operands[0] if self.column == "team" else self.team or 0
        value = self.operands[0] - (self.operator == "lt") if self.column == "value" else 0
        return -1 - self.person, f"person{self.person}", team, value

    def sees(self, item: Item) -> bool:
        """Tell whether the policies show the row."""
        return item.owner == self.person or (self.team is not None and item.team == self.team)

    def covers(self, item: Item) -> bool:
        """Tell whether the row is seen and passes the filter."""
        return self.sees(item) and self.passes(item)

    def passes(self, item: Item) -> bool:
        """Tell whether the row passes the filter."""
        if self.column is None:
            return True
        found = {"owner": item.owner, "team": item.team, "value": item.value}[self.column]
        return found < self.operands[0] if self.operator == "lt" else found in self.operands


@dataclass(frozen=True, slots=True)
class People:
    """Who there is: the clients, and some whose rows nobody hears of."""

    clients: int

    @property
    def teams(self) -> int:
        return max(5, self.clients // 4)

    @property
    def owners(self) -> int:
        return self.clients + self.clients // 4

    def interests(self, chance: random.Random) -> list[Interest]:
        return [Interest.of(person, self.teams, chance) for person in range(self.clients)]

    @property
    def schema(self) -> str:
        """The tables, with a policy that is the caller's own claim and one that looks into another table."""
        return f"""
create table items (id bigint primary key, owner text, team int, value int, body text);
create table members (who text, team int, primary key (who, team));
alter table items enable row level security, replica identity full;
alter table members enable row level security;
grant select on items, members to anon, authenticated;
create policy mine on members for select to authenticated using (who = auth.jwt() ->> 'sub');
create policy own on items for select to authenticated using (owner = auth.jwt() ->> 'sub');
create policy team on items for select to authenticated
  using (team in (select m.team from members m where m.who = auth.jwt() ->> 'sub'));
alter publication {PUBLICATION} add table items;
insert into members
  select 'person' || n, n % {self.teams} from generate_series(0, {self.clients - 1}) n where n % 4 <> 0
"""


class Writer:
    """Changes rows that no other writer touches."""

    def __init__(self, url: str, number: int, writers: int, people: People, pace: Pace, chance: random.Random) -> None:
        self._url = url
        self._people = people
        self._pace = pace
        self._chance = chance
        self._next = number
        self._step = writers
        self._mine: list[int] = []

    async def write(self, changes: int) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as connection:
            await connection.execute("set synchronous_commit = on")
            while changes > 0:
                await self._pace.turn()
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
        owner, team = f"person{chance.randrange(self._people.owners)}", chance.randrange(self._people.teams)
        value = chance.randrange(100)
        if kind == "insert":
            body = "x" * chance.choice([3, 3, 3, 3, 3, 3, 3, 30, 30, 3000])
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
