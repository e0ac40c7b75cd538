"""Row changes with unmodified supabase-js (2.0.0) and Python realtime (1.0.0): events, filters, errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.fixtures.node import node_client
from tests.fixtures.postgres import Database
from tests.fixtures.realtime_project import RealtimeProject, realtime_project
from tests.fixtures.realtime_py import python_client

THINGS = {"schema": "public", "table": "things"}
SETUP = """
create table things (id int primary key, n int, name text, ok boolean, big int8, tags text[]);
create table keyless (n int);
create table hidden_key (id int primary key, n int);
create schema other;
create table other.things (id int primary key);
grant usage on schema other to anon;
alter table things replica identity full;
revoke all on all tables in schema public from anon;
grant select on things, keyless, other.things to anon;
grant select (n) on hidden_key to anon;
alter publication supabase_realtime add table things, keyless, hidden_key, other.things;
"""
ROWS = """
insert into things (id, n, name, ok) values
  (1, 1, 'alpha', true), (2, 2, 'beta', false), (3, 3, 'a,b', null), (4, null, 'x "y" (z)', true)
"""
FILTERS = {
    "": [1, 2, 3, 4],
    "n=eq.2": [2],
    "n=neq.2": [1, 3],
    "n=lt.2": [1],
    "n=lte.2": [1, 2],
    "n=gt.2": [3],
    "n=gte.2": [2, 3],
    "n=in.(1,3)": [1, 3],
    'name=in.("a,b",beta)': [2, 3],
    "n=is.null": [4],
    "ok=is.true": [1, 4],
    "ok=is.false": [2],
    "ok=is.unknown": [3],
    "name=like.%a": [1, 2],
    "name=ilike.ALPHA": [1],
    "name=match.^a": [1, 3],
    "name=imatch.^A": [1, 3],
    "n=isdistinct.2": [1, 3, 4],
    "n=not.eq.2": [1, 3],
    "name=not.like.%a": [3, 4],
    "n=gte.2,ok=is.false": [2],
    'name=eq."a,b",n=in.(3,4)': [3],
    'name=eq."x \\"y\\" (z)"': [4],
    " n=eq.1 , ok=is.true ": [1],
}
Hear = Callable[[], Awaitable[tuple[int, Mapping[str, Any]]]]


@pytest.fixture
async def project(database: Database) -> AsyncIterator[RealtimeProject]:
    async with realtime_project(database, SETUP) as running:
        yield running


@asynccontextmanager
async def javascript(project: RealtimeProject, changes: Sequence[Mapping[str, Any]]) -> AsyncIterator[Hear]:
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        js.tell("join", topic="things", changes=changes)
        await js.hear("status", status="SUBSCRIBED")

        async def hear() -> tuple[int, Mapping[str, Any]]:
            line = await js.hear("change")
            told = line["payload"]
            return line["index"], {**told, "type": told["eventType"], "record": told["new"], "old_record": told["old"]}

        yield hear


@asynccontextmanager
async def python(project: RealtimeProject, changes: Sequence[Mapping[str, Any]]) -> AsyncIterator[Hear]:
    async with python_client(project.url, project.anon_key) as py:
        await py.join("things", changes=changes)
        assert "SUBSCRIBED" in (await py.hear("status"))[0]

        async def hear() -> tuple[int, Mapping[str, Any]]:
            index, payload = await py.hear("change")
            return index, payload["data"]

        yield hear


CLIENTS = pytest.mark.parametrize(
    "client", [pytest.param(javascript, marks=pytest.mark.node), python], ids=["supabase-js", "realtime-py"]
)


@CLIENTS
async def test_every_operator_of_a_filter_picks_its_rows(project: RealtimeProject, client) -> None:
    bindings = [{"event": "*", **THINGS, **({"filter": each} if each else {})} for each in FILTERS]
    async with client(project, bindings) as hear:
        await project.run(ROWS, "insert into things (id) values (9)")
        found: list[list[int]] = [[] for _ in FILTERS]
        while (change := await hear())[1]["record"]["id"] != 9 or change[0] != 0:
            if change[1]["record"]["id"] != 9:
                found[change[0]].append(change[1]["record"]["id"])
        assert dict(zip(FILTERS, found, strict=True)) == FILTERS


@CLIENTS
async def test_each_event_is_told_to_who_asked_for_it_with_the_rows_before_and_after(
    project: RealtimeProject, client
) -> None:
    bindings = [{"event": event, **THINGS} for event in ("INSERT", "UPDATE", "DELETE")]
    async with client(project, bindings) as hear:
        await project.run(
            "insert into things values (1, 1, 'a', true, 9007199254740993, '{x,y}')",
            "update things set n = 2",
            "delete from things",
        )
        told = [await hear() for _ in range(3)]
    assert [index for index, _ in told] == [0, 1, 2]
    inserted, updated, deleted = (change for _, change in told)
    assert [each["type"] for each in (inserted, updated, deleted)] == ["INSERT", "UPDATE", "DELETE"]
    assert inserted["record"]["tags"] == ["x", "y"]
    assert (updated["record"]["n"], updated["old_record"]["n"]) == (2, 1)
    assert deleted["old_record"]["id"] == 1
    for each in (inserted, updated, deleted):
        assert (each["schema"], each["table"], each["errors"]) == ("public", "things", None)
        assert each["commit_timestamp"].endswith("Z")


@CLIENTS
async def test_a_list_of_columns_is_told_with_the_primary_key(project: RealtimeProject, client) -> None:
    async with client(project, [{"event": "*", **THINGS, "select": ["name"]}]) as hear:
        await project.run(ROWS)
        assert (await hear())[1]["record"] == {"id": 1, "name": "alpha"}


@CLIENTS
async def test_any_table_and_any_schema_may_be_asked_for(project: RealtimeProject, client) -> None:
    bindings = [
        {"event": "*", "schema": "*"},
        {"event": "*", "schema": "public"},
        {"event": "*", "schema": "other", "table": "*"},
    ]
    async with client(project, bindings) as hear:
        await project.run("insert into things (id) values (1)", "insert into other.things values (2)")
        heard = [await hear() for _ in range(4)]
    assert sorted((index, change["record"]["id"]) for index, change in heard) == [(0, 1), (0, 2), (1, 1), (2, 2)]


@CLIENTS
@pytest.mark.parametrize(
    ("table", "change", "error", "record"),
    [
        ("keyless", "insert into keyless values (1)", "Error 400: Bad Request, no primary key", {}),
        ("hidden_key", "insert into hidden_key values (1, 1)", "Error 401: Unauthorized", {}),
        (
            "things",
            "insert into things (id, name) values (1, repeat('x', 1100000))",
            "Error 413: Payload Too Large",
            {"id": 1},
        ),
    ],
    ids=["400", "401", "413"],
)
async def test_what_cannot_be_told_whole_is_told_as_an_error(
    project: RealtimeProject, client, table, change, error, record
) -> None:
    async with client(project, [{"event": "*", "schema": "public", "table": table}]) as hear:
        await project.run(change)
        told = (await hear())[1]
        assert told["errors"] == [error]
        assert {name: value for name, value in told["record"].items() if value is not None} == record
        assert told["commit_timestamp"].endswith("Z")


@pytest.mark.node
async def test_supabase_js_may_wait_until_changes_flow(project: RealtimeProject) -> None:
    waiting = {"postgres_changes_options": {"wait": True}}
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        js.tell("join", topic="missing", config=waiting, changes=[{"event": "*", "schema": "public", "table": "no"}])
        refused = await js.hear("status", status="CHANNEL_ERROR")
        assert "RealtimeDisabledForConfiguration: Unable to subscribe to changes" in refused["problem"]
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        js.tell("join", topic="things", config=waiting, changes=[{"event": "*", **THINGS}])
        await js.hear("status", status="SUBSCRIBED")
        await project.run("insert into things (id) values (1)")
        assert (await js.hear("change"))["payload"]["new"]["id"] == 1


@pytest.mark.node
async def test_supabase_js_is_told_of_a_filter_that_makes_no_sense_and_stays_joined(project: RealtimeProject) -> None:
    async with node_client("realtime.mjs", project.url, project.anon_key) as js:
        changes = [{"event": "*", **THINGS, "filter": "n=eq.words"}]
        js.tell("join", topic="things", config={"broadcast": {"self": True, "ack": True}}, changes=changes)
        await js.hear("status", status="SUBSCRIBED")
        told = await js.hear("system", extension="postgres_changes")
        assert told["status"] == "error"
        js.tell("send", event="still", payload={})
        assert (await js.hear("broadcast"))["event"] == "still"
