"""For any tables, policies, callers and requests the API's rows are those of hand-written SQL run as that caller."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from millstream.identity import Claims
from tests.fixtures.data_api import DataApiServer, caller, data_api
from tests.fixtures.postgres import Cluster, Database

CALLERS = [
    caller("anon"),
    caller("authenticated", sub="ada", level=1),
    caller("authenticated", sub="bob", level=3),
    caller("service_role"),
]
POLICIES = [
    "true",
    "false",
    "owner = auth.jwt() ->> 'sub'",
    "owner is null or owner <> auth.jwt() ->> 'sub'",
    "n <= (auth.jwt() ->> 'level')::int",
    "flag",
    "auth.role() = 'authenticated' and n is not null",
    "exists (select 1 from public.parents p where p.n = id)",
]
COMPARISONS = {"eq": "=", "neq": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
COLUMNS = {"id": "int", "n": "int", "owner": "text", "flag": "bool"}
OWNERS = st.sampled_from([None, "ada", "bob", "a,b", 'say "x"', "*", "null", ""])
NUMBERS = st.integers(0, 4)
ROWS = st.lists(st.tuples(st.none() | NUMBERS, OWNERS, st.none() | st.booleans()), max_size=6)


@dataclass(frozen=True)
class World:
    """Two tables: their rows, and their policies with whether each is restrictive."""

    parents: list[tuple[Any, ...]]
    children: list[tuple[Any, ...]]
    policies: dict[str, list[tuple[str, bool]]]


@dataclass(frozen=True)
class Asked:
    """A request twice: as a query string, and as SQL with its parameters."""

    query: str
    sql: str
    parameters: list[Any]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    policies = st.lists(st.tuples(st.sampled_from(POLICIES), st.booleans()), max_size=3)
    parent_policies = policies.map(lambda found: [one for one in found if "parents" not in one[0]])
    return World(draw(ROWS), draw(ROWS), {"parents": draw(parent_policies), "children": draw(policies)})


@st.composite
def conditions(draw: st.DrawFn, table: str) -> tuple[str, str, str, list[Any]]:
    """A filter: column, what follows it in the query string, its SQL, and its parameters."""
    column = draw(st.sampled_from(list(COLUMNS)))
    kind = draw(st.sampled_from(["is", "in", *COMPARISONS]))
    values = {"int": NUMBERS.map(str), "text": OWNERS.filter(bool), "bool": st.sampled_from(["true", "false"])}
    value = values[COLUMNS[column]]
    name = f"{table}.{column}"
    if kind == "is":
        return column, "is.null", f"{name} is null", []
    if kind == "in":
        given_values = draw(st.lists(value, max_size=3))
        listed = ",".join('"' + one.replace('"', '\\"') + '"' for one in given_values)
        return column, f"in.({listed})", f"{name} = any(%s::{COLUMNS[column]}[])", [given_values]
    one = draw(value)
    return column, f"{kind}.{one}", f"{name} {COMPARISONS[kind]} %s::{COLUMNS[column]}", [one]


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    found = draw(st.lists(conditions("p"), max_size=3))
    if found and draw(st.booleans()):
        members = ",".join(f"{column}.{_quoted(rest)}" for column, rest, _, _ in found)
        query, where = [f"or=({quote(members)})"], f"({' or '.join(sql for *_, sql, _ in found)})"
    else:
        query, where = (
            [f"{column}={quote(rest)}" for column, rest, _, _ in found],
            " and ".join(sql for *_, sql, _ in found),
        )
    parameters = [value for *_, values in found for value in values]
    wanted = draw(st.lists(st.sampled_from(list(COLUMNS)), min_size=1, unique=True))
    select, output = ",".join(wanted), ", ".join(f"'{name}', p.{name}" for name in wanted)
    inner = False
    if draw(st.booleans()):
        inner = draw(st.booleans())
        column, rest, below, values = draw(conditions("c"))
        select += f",children{'!inner' if inner else ''}(id,owner)"
        query += [f"children.{column}={quote(rest)}", "children.order=id"]
        rows = f"from public.children c where c.parent_id = p.id and {below}"
        listed = f"select json_agg(json_build_object('id', c.id, 'owner', c.owner) order by c.id) {rows}"
        output += f", 'children', coalesce(({listed}), '[]')"
        where = " and ".join(filter(None, [where, f"exists (select {rows})" if inner else ""]))
        parameters = [*values, *parameters, *(values if inner else [])]
    limit, offset = draw(st.integers(0, 6)), draw(st.integers(0, 2))
    query += [f"select={select}", "order=id.desc", f"limit={limit}", f"offset={offset}"]
    sql = f"select json_build_object({output}) from public.parents p {f'where {where}' if where else ''}"
    return Asked("&".join(query), f"{sql} order by p.id desc limit {limit} offset {offset}", parameters)


def _quoted(rest: str) -> str:
    """Quote the value of a filter, as one must inside a logic tree."""
    operator, _, value = rest.partition(".")
    if operator in {"is", "in"}:
        return rest
    return f'{operator}."{value.replace(chr(34), chr(92) + chr(34))}"'


def build(world: World, database: Database) -> None:
    """Make the tables of a world anew."""
    made = ["drop table if exists public.children, public.parents"]
    columns = "id int primary key, n int, owner text, flag bool"
    made.append(f"create table public.parents ({columns})")
    made.append(f"create table public.children ({columns}, parent_id int references public.parents)")
    for table, policies in world.policies.items():
        made.append(f"grant select on public.{table} to anon, authenticated, service_role")
        made.append(f"alter table public.{table} enable row level security")
        for number, (expression, restrictive) in enumerate(policies):
            kind = "restrictive" if restrictive else "permissive"
            made.append(f"create policy p{number} on public.{table} as {kind} for select using ({expression})")
    with psycopg.connect(database.url) as connection:
        for statement in made:
            connection.execute(statement.encode())
        for number, row in enumerate(world.parents):
            connection.execute("insert into public.parents values (%s, %s, %s, %s)", (number, *row))
        for number, row in enumerate(world.children):
            parent = number % len(world.parents) if world.parents else None
            connection.execute("insert into public.children values (%s, %s, %s, %s, %s)", (number, *row, parent))


async def rows_by_hand(database: Database, claims: Claims, asked: Asked) -> list[Any]:
    async with await psycopg.AsyncConnection.connect(database.url) as connection:
        await connection.execute("select set_config('role', %s, true)", (claims.role,))
        await connection.execute("select set_config('request.jwt.claims', %s, true)", (claims.json,))
        cursor = await connection.execute(asked.sql.encode(), asked.parameters)
        return [row[0] for row in await cursor.fetchall()]


@pytest.fixture(scope="module")
def shared_database(cluster: Cluster):
    with cluster.new_database() as database:
        database.run_as_server("create table public.parents (id int)")
        yield database


@pytest.fixture(scope="module")
async def api(shared_database: Database) -> AsyncIterator[DataApiServer]:
    async with data_api(shared_database) as running:
        yield running


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds(), asked=st.lists(requests(), min_size=3, max_size=8))
async def test_any_rows_are_those_of_hand_written_sql(
    api: DataApiServer, shared_database: Database, world: World, asked: list[Asked]
) -> None:
    build(world, shared_database)
    await api.watch.load()
    for one in asked:
        for claims in CALLERS:
            answer = await api.get(f"/parents?{one.query}", claims=claims)
            assert answer.status == 200, (answer.body, one)
            expected = await rows_by_hand(shared_database, claims, one)
            assert json.loads(answer.body) == expected, (one, claims.json)
