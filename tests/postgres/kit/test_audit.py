"""Who changed what is written down; deleted rows can come back; logs are only added to."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from millstream.identity import Claims
from millstream.postgres.transaction import as_caller
from tests.postgres.kit.conftest import Office

NOTES = """
create table public.notes (id integer primary key, organisation_id uuid, body text, secret text);
grant all on public.notes to authenticated;
select kit.audited('public.notes', log => 'public.note_history', leave_out => '{secret}');
"""


@pytest.fixture
async def person(office: Office) -> Claims:
    office.database.run_as_server(NOTES)
    return await office.person()


async def run(office: Office, claims: Claims, statement: str) -> None:
    async with as_caller(office.pool, claims, settings={"request.id": "r-1"}) as sql:
        await sql.execute(statement.encode())


async def history(office: Office) -> list[dict[str, Any]]:
    async with office.owner() as sql:
        return list(await (await sql.execute("select * from note_history order by id")).fetchall())


async def test_each_change_says_who_did_it_and_what_it_was_before(office: Office, person: Claims) -> None:
    await run(office, person, f"insert into notes values (1, '{person.subject}', 'one', 'x')")
    await run(office, person, "update notes set body = 'two', secret = 'y'")
    await run(office, person, "update notes set secret = 'z'")
    await run(office, person, "delete from notes")
    made, changed, deleted = await history(office)
    for row in (made, changed, deleted):
        assert (str(row["actor_id"]), row["actor_role"], row["request_id"]) == (person.subject, "authenticated", "r-1")
        assert (row["table_name"], row["row_id"]) == ("public.notes", "1")
    assert (made["operation"], made["before"]) == ("insert", None)
    assert made["after"] == {"id": 1, "organisation_id": person.subject, "body": "one"}
    assert (changed["operation"], changed["before"], changed["after"]) == ("update", {"body": "one"}, {"body": "two"})
    assert (deleted["operation"], deleted["before"]["body"], deleted["after"]) == ("delete", "two", None)
    assert str(deleted["organisation_id"]) == person.subject


async def test_the_log_is_nobodys_to_read_or_to_change_unless_a_policy_says_so(office: Office, person: Claims) -> None:
    await run(office, person, "insert into notes values (1, null, 'one', 'x')")
    assert await office.rows("select id from note_history", claims=person) == []
    for attempt in ("update note_history set actor_id = null", "delete from note_history", "truncate note_history"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await run(office, person, attempt)
        with pytest.raises(psycopg.Error) as refused:
            office.database.run_as_server(attempt)
        assert refused.value.diag.constraint_name == "note_history_is_append_only"
    assert len(await history(office)) == 1


async def test_old_rows_of_a_log_can_be_purged(office: Office, person: Claims) -> None:
    await run(office, person, "insert into notes values (1, null, 'one', 'x')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await run(office, person, "select kit.purge('public.note_history', 'at', now())")
    office.database.run_as_server("select kit.purge('public.note_history', 'at', now() - interval '1 hour')")
    assert len(await history(office)) == 1
    office.database.run_as_server("select kit.purge('public.note_history', 'at', now() + interval '1 hour')")
    assert await history(office) == []


async def test_a_deleted_row_is_marked_and_can_come_back(office: Office, person: Claims) -> None:
    office.database.run_as_server(
        "create table public.cards (id integer primary key, title text)",
        "revoke all on cards from authenticated",
        "grant select, delete on cards to authenticated",
        "select kit.soft_delete('public.cards')",
        "insert into cards values (1, 'one'), (2, 'two')",
    )
    await run(office, person, "delete from cards where id = 1")
    rows = await office.rows("select id, deleted_at is not null as gone, deleted_by from cards order by id")
    assert [(row["id"], row["gone"], str(row["deleted_by"])) for row in rows] == [
        (1, True, person.subject),
        (2, False, "None"),
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await run(office, person, "select kit.restore('public.cards', '1')")
    office.database.run_as_server("select kit.restore('public.cards', '1')")
    assert await office.value("select count(*) from cards where deleted_at is null") == 2
    office.database.run_as_server("delete from cards where id = 2", "select kit.purge('cards', 'deleted_at', now())")
    assert await office.value("select array_agg(id) from cards") == [1]
