"""Importing and exporting as the caller: dry run, all or nothing, duplicates, faults by line, one moment."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import orjson
import psycopg
import pytest

from millstream.app import Context
from millstream.identity import Claims
from millstream.kit.csv import Field, Form, Import, OnDuplicate, export_response, exported, import_csv, whole_number
from millstream.operations import SERVICE, OperationError
from millstream.postgres.pool import open_pool
from millstream.postgres.transaction import as_caller
from tests.fixtures.postgres import Database
from tests.postgres.kit.conftest import Office

SCHEMA = (
    """create table contacts (
      id bigint generated always as identity primary key, owner uuid not null, name text not null, email text,
      age int, constraint contacts_age_sane check (age < 150), constraint contacts_email_key unique (owner, email)
    )""",
    "alter table contacts enable row level security",
    "create policy own on contacts to authenticated using (owner = auth.uid()) with check (owner = auth.uid())",
    "grant select, insert, update on contacts to authenticated, service_role",
)


class AgeUnlikely(OperationError):
    code = "age_unlikely"
    text = "Nobody is that old."


@pytest.fixture
async def book(database: Database) -> AsyncIterator[Office]:
    database.run_as_server(*SCHEMA)
    async with open_pool(database.address, database.settings) as pool:
        yield Office(pool, database)


def plan_of(claims: Claims) -> Import:
    return Import(
        "contacts",
        [Field("name", required=True), Field("email", names=["mail"]), Field("age", whole_number)],
        key=["email"],
        constants={"owner": claims.subject},
        errors={"contacts_age_sane": AgeUnlikely},
    )


async def imported(book: Office, claims: Claims, content: str, **more):
    async with as_caller(book.pool, claims) as sql:
        return await import_csv(sql, content.encode(), plan_of(claims), **more)


async def names(book: Office) -> list[str]:
    return [row["name"] for row in await book.rows("select name from contacts order by name")]


async def test_a_dry_run_says_what_would_happen_and_writes_nothing(book: Office) -> None:
    ann = await book.person()
    content = "Name,Mail,Shoe size\nAda,ada@x,38\nBo,,\n"
    report = await imported(book, ann, content)
    assert (report.rows, report.inserted, report.faults, report.written) == (2, 2, [], False)
    assert (report.columns, report.unused_columns) == ({"Name": "name", "Mail": "email"}, ["Shoe size"])
    assert report.preview == [{"name": "Ada", "email": "ada@x"}, {"name": "Bo", "email": None}]
    assert await names(book) == []
    report = await imported(book, ann, content, dry_run=False)
    assert (report.inserted, report.written) == (2, True)
    assert await names(book) == ["Ada", "Bo"]


async def test_with_any_fault_nothing_is_written_and_each_is_named(book: Office) -> None:
    ann = await book.person()
    content = "name,email,age\nAda,ada@x,36\n,b@x,1\nCy,c@x,old\nDi,ada@x,2\nEd,e@x,200\nFay,f@x,9\n"
    report = await imported(book, ann, content, dry_run=False)
    assert [(fault.line, fault.column, fault.message) for fault in report.faults] == [
        (3, "name", "name is missing."),
        (4, "age", "'old' is no whole number."),
        (5, None, "This is the same as line 2."),
        (6, None, "Nobody is that old."),
    ]
    assert (report.inserted, report.written) == (2, False)
    assert await names(book) == []


async def test_rows_that_are_there_are_refused_skipped_or_updated(book: Office) -> None:
    ann = await book.person()
    await imported(book, ann, "name,email\nAda,ada@x\n", dry_run=False)
    again = "name,email,age\nAda L.,ada@x,36\nBo,b@x,\n"
    refused = await imported(book, ann, again, dry_run=False)
    assert ([fault.line for fault in refused.faults], refused.written) == ([2], False)
    skipped = await imported(book, ann, again, dry_run=False, on_duplicate=OnDuplicate.SKIP)
    assert (skipped.inserted, skipped.skipped, await names(book)) == (1, 1, ["Ada", "Bo"])
    updated = await imported(book, ann, again, dry_run=False, on_duplicate=OnDuplicate.UPDATE)
    assert (updated.inserted, updated.updated, await names(book)) == (0, 2, ["Ada L.", "Bo"])


async def test_rows_of_somebody_else_are_neither_seen_nor_written(book: Office) -> None:
    ann, bob = await book.person(), await book.person()
    await imported(book, ann, "name,email\nAda,ada@x\n", dry_run=False)
    content = "name,email\nNot Ada,ada@x\n"
    assert (await imported(book, bob, content, dry_run=False, on_duplicate=OnDuplicate.UPDATE)).inserted == 1
    assert await names(book) == ["Ada", "Not Ada"]
    async with as_caller(book.pool, bob) as sql:
        report = await import_csv(sql, content.encode(), plan_of(ann), dry_run=False)
    assert (len(report.faults), report.written) == (1, False)


async def test_the_user_may_say_which_column_is_which(book: Office) -> None:
    ann = await book.person()
    content = "Who,Name\nAda,ignored\n"
    report = await imported(book, ann, content, columns={"Who": "name", "Name": ""}, dry_run=False)
    assert (report.columns, report.unused_columns, await names(book)) == ({"Who": "name"}, ["Name"], ["Ada"])
    missing = await imported(book, ann, "Who\nAda\n", dry_run=False)
    assert [fault.message for fault in missing.faults] == ["There is no column for name."]


async def test_a_fault_of_the_plan_is_raised_and_no_row_is_blamed(book: Office) -> None:
    ann = await book.person()
    async with as_caller(book.pool, ann) as sql:
        with pytest.raises(psycopg.errors.UndefinedColumn):
            await import_csv(sql, b"nick\nA\n", Import("contacts", [Field("nick")]))


async def test_many_rows_of_which_one_is_wrong_are_all_judged(book: Office) -> None:
    ann = await book.person()
    lines = [f"P{n},p{n}@x,{200 if n == 333 else 5}" for n in range(450)]
    report = await imported(book, ann, "\n".join(["name,email,age", *lines]))
    assert ([fault.line for fault in report.faults], report.inserted) == ([335], 449)


def context_of(sql, claims: Claims) -> Context:
    return Context(claims, sql, datetime.now(UTC), "test")


class Opened:
    """A transaction of somebody, as a route opens it."""

    def __init__(self, book: Office, claims: Claims) -> None:
        self._entering = as_caller(book.pool, claims, read_only=True)
        self._claims = claims

    async def __aenter__(self) -> Context:
        return context_of(await self._entering.__aenter__(), self._claims)

    async def __aexit__(self, *failure) -> bool | None:
        return await self._entering.__aexit__(*failure)


async def test_a_file_has_what_its_caller_may_see_however_long_it_is(book: Office) -> None:
    ann, bob = await book.person(), await book.person()
    insert = "insert into contacts (owner, name, age) select %s, '=' || n, n %% 100 from generate_series(1, 1200) as n"
    await book.rows(insert, ann.subject)
    query = "select name, age from contacts where age >= %(least)s order by id"
    for claims, rows in ((ann, 1200), (bob, 0)):
        pieces = [piece async for piece in exported(Opened(book, claims), query, {"least": 0}, form=Form.CSV)]
        assert (len(pieces) > 2) is bool(rows)
        text = b"".join(pieces).decode("utf-8-sig")
        read = list(csv.reader(io.StringIO(text, newline="")))
        assert (read[0], len(read) - 1) == (["name", "age"], rows)
        found = orjson.loads(
            b"".join([one async for one in exported(Opened(book, claims), query, {"least": 0}, form=Form.JSON)])
        )
        assert len(found) == rows
    assert found == []


async def test_an_export_that_fails_fails_before_the_answer_begins(book: Office) -> None:
    response = await export_response(Opened(book, SERVICE), "select 1 as n", {}, name="Größen", form=Form.JSON)
    assert response.headers["content-disposition"] == "attachment; filename*=UTF-8''Gr%C3%B6%C3%9Fen.json"
    assert b"".join([piece async for piece in response.body_iterator]) == b'[{"n":1}]\n'
    with pytest.raises(psycopg.errors.UndefinedTable):
        await export_response(Opened(book, SERVICE), f'select * from "{uuid4()}"', {}, name="x")
