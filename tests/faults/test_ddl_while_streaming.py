"""R25: tables change while they are followed and written. Every row is told as it was in its own moment."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import psycopg
import pytest

from millstream.subscriptions.observations import ChangeNotDelivered
from millstream.wal.observations import LogInterrupted
from tests.faults.conftest import Scenario
from tests.fixtures.postgres import Database
from tests.fixtures.server import project_settings, serving
from tests.fixtures.websocket_client import WebSocketClient, connected
from tests.fixtures.witness import Witness

Row = dict[str, Any]
SCHEMA = (
    "drop table if exists things, objects, added, parted, loose cascade",
    "drop type if exists mood",
    "create table things (id int primary key, a int, b text)",
    "create table parted (id int, part int, primary key (id, part)) partition by list (part)",
    "create table parted_1 partition of parted for values in (1)",
    "create table loose (id int, part int not null, primary key (id, part))",
    "grant select on things, parted, parted_1, loose to anon",
    "alter publication supabase_realtime add table things, parted",
)


class Step(NamedTuple):
    """A change of a table, what is written after it, and the table that it is told of."""

    definition: str
    statement: str
    table: str = "things"


NEW_TABLE = """
create table added (id int primary key, note text); grant select on added to anon;
alter publication supabase_realtime add table added
"""
NEW_PARTITION = "create table parted_2 partition of parted for values in (2); grant select on parted_2 to anon"
STEPS = [
    Step("", "insert into things values ({n}, {n}, 'b')"),
    Step("alter table things add column c numeric default 1.5", "insert into things values ({n}, 2, 'b', 0.1)"),
    Step("alter table things rename column b to d", "update things set d = 'new' where id = 0"),
    Step("alter table things alter column a type text using 'a' || a", "insert into things values ({n}, 'text')"),
    Step("alter table things drop column c", "insert into things values ({n}, 'x', 'y')"),
    Step("alter table things alter column id type bigint", "insert into things values ({n} + 5000000000, 'x')"),
    Step("create type mood as enum ('sad')", "insert into things values ({n}, 'y')"),
    Step("alter table things add m mood", "insert into things (id, m) values ({n}, 'sad')"),
    Step("alter table things rename to objects", "insert into objects (id, a) values ({n}, 'renamed')", "objects"),
    Step(NEW_TABLE, "insert into added values ({n}, 'new table')", "added"),
    Step("", "insert into parted values ({n}, 1)", "parted_1"),
    Step(NEW_PARTITION, "insert into parted values ({n}, 2)", "parted_2"),
    Step("alter table parted attach partition loose for values in (3)", "insert into parted values ({n}, 3)", "loose"),
]


@pytest.mark.slow
@pytest.mark.parametrize("hurries", [False, True], ids=["step by step", "faster than it is told"])
async def test_no_row_is_told_wrong_while_its_table_changes(database: Database, scenario: Scenario, hurries: bool):
    """Who may see a column is asked of the catalog of now: one that is gone by then is left out; nothing is wrong."""
    rounds, witness, chance = scenario.size(1, 10), Witness(), scenario.chance
    told = left_out = 0
    for _ in range(rounds):
        database.run_as_server(*SCHEMA)
        expected: list[tuple[str, Row]] = []
        heard: list[tuple[str, Row]] = []
        async with scenario.deadline(), serving(project_settings(database), observe=witness) as (url, (project,)):
            path = f"/realtime/v1/websocket?vsn=2.0.0&apikey={project.auth.api_keys.anon_key}"
            async with connected(int(url.rpartition(":")[2]), path) as client:
                await client.join("realtime:all", {"postgres_changes": [{"event": "*", "schema": "public"}]})
                await client.hear_event("system")
                async for shown in changes(database, chance.randrange(1, 4)):
                    expected.append(shown)
                    if not hurries:
                        heard.append(await hear(client))
                while len(heard) < len(expected):
                    heard.append(await hear(client))
        assert hurries or heard == expected
        for (table, row), (told_table, told_row) in zip(expected, heard, strict=True):
            assert table == told_table
            assert told_row.items() <= row.items()
            told, left_out = told + 1, left_out + len(row) - len(told_row)
    size = f"{rounds} times {len(STEPS)} steps{', all at once' if hurries else ''}"
    scenario.report("R25", "tables change", size, rows=told, wrong=0, columns_left_out=left_out)
    assert witness.all(LogInterrupted) == []
    assert witness.all(ChangeNotDelivered) == []


async def changes(database: Database, rows: int) -> AsyncIterator[tuple[str, Row]]:
    """Carry the steps out, with so many rows after each; give the rows as PostgreSQL itself showed them then."""
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as connection:
        for number, step in enumerate(STEPS):
            for row in range(rows):
                # The change of the table and the first row that it has in one transaction, as migrations do.
                async with connection.transaction():
                    if step.definition and row == 0:
                        await connection.execute(step.definition.encode())
                    statement = step.statement.format(n=10 * number + row)
                    target = statement.split()[2 if statement.startswith("insert") else 1]
                    returned = await connection.execute(f"{statement} returning to_jsonb({target}.*)".encode())
                    [shown] = await returned.fetchone()
                yield step.table, shown


async def hear(client: WebSocketClient) -> tuple[str, Row]:
    data = (await client.hear_event("postgres_changes"))[4]["data"]
    assert data["errors"] is None, json.dumps(data)
    return data["table"], data["record"]
