"""What decides who is told of a row when the log, the schema or a policy makes it hard."""

from __future__ import annotations

import uuid

import pytest

from millstream.policy.observations import DeleteUndecidable, PolicyCheckFailed, RowUndecidable
from tests.postgres.visibility.listening import SERVICE, STRANGER, followed, user

ALICE, BOB = user(uuid.UUID(int=1)), user(uuid.UUID(int=2))
OWNER = "'00000000-0000-0000-0000-000000000001'"

SCHEMA = (
    "create table notes (id int primary key, owner uuid, body text)",
    "alter table notes enable row level security",
    "create policy own on notes for select to authenticated using (owner = auth.uid())",
    "create table posts (id int primary key, title text, secret text)",
    "alter publication supabase_realtime add table notes, posts",
)


@pytest.fixture
async def live(any_database):
    async with followed(any_database, *SCHEMA) as live:
        yield live


def types(changes):
    return [change["type"] for change in changes]


async def test_a_delete_that_the_log_does_not_carry_whole_is_told_to_nobody_whom_a_policy_limits(live):
    alice, service = [await live.listen(claims, {"table": "notes"}) for claims in (ALICE, SERVICE)]
    await live.run(f"insert into notes values (1, {OWNER}, 'x')", "delete from notes")
    assert types(alice.take()) == ["INSERT"]
    [_, deleted] = service.take()
    assert deleted["old_record"] == {"id": 1}
    [seen] = live.witness.all(DeleteUndecidable)
    assert seen.table == "public.notes"
    assert [table.name for table in live.catalog.current.tables_needing_full_identity()] == ["notes"]


async def test_a_changed_table_is_known_from_its_place_in_the_log(live):
    alice, bob = [await live.listen(claims, {"table": "notes"}) for claims in (ALICE, BOB)]
    await live.run(
        f"insert into notes values (1, {OWNER}, 'x')",
        "alter table notes replica identity full",
        "alter table notes add column shared boolean not null default true",
        "create policy shared on notes for select to authenticated using (shared)",
    )
    assert types(alice.take()) == types(bob.take()) == ["INSERT"]
    await live.run("update notes set shared = false", "delete from notes")
    assert types(alice.take()) == ["UPDATE", "DELETE"]
    assert bob.take() == []
    assert live.catalog.current.tables_needing_full_identity() == ()


async def test_a_table_made_anew_under_its_old_name_is_judged_by_its_own_policies(live):
    live.database.run("create policy body on notes for select to authenticated using (body = auth.jwt() ->> 'word')")
    await live.told()
    alice = await live.listen(user(uuid.UUID(int=1), word="x"), {"table": "notes"})
    await live.run("insert into notes values (1, null, 'x')")
    assert types(alice.take()) == ["INSERT"]
    await live.run(
        "drop table notes",
        "create table notes (id int primary key, body text, extra int[])",
        "alter table notes enable row level security",
        "create policy body on notes for select to authenticated using (body = auth.jwt() ->> 'word')",
        "alter publication supabase_realtime add table notes",
        "insert into notes values (2, 'x', '{1}'), (3, 'y', null)",
    )
    assert [change["record"]["id"] for change in alice.take()] == [2]
    assert not live.witness.all(PolicyCheckFailed)


async def test_columns_that_the_role_may_not_read_are_left_out(live):
    live.database.run("revoke select on posts from anon", "grant select (id, title) on posts to anon")
    await live.told()
    stranger, service = [await live.listen(claims, {"table": "posts"}) for claims in (STRANGER, SERVICE)]
    await live.run("insert into posts values (1, 'a', 'b')")
    [told] = stranger.take()
    assert told["record"] == {"id": 1, "title": "a"}
    assert told["columns"] == [{"name": "id", "type": "int4"}, {"name": "title", "type": "text"}]
    assert service.take()[0]["record"] == {"id": 1, "title": "a", "secret": "b"}


async def test_who_may_not_read_the_primary_key_is_told_of_an_error_only(live):
    live.database.run("revoke select on posts from anon", "grant select (title) on posts to anon")
    await live.told()
    stranger = await live.listen(STRANGER, {"table": "posts"})
    await live.run("insert into posts values (1, 'a', 'b')")
    [told] = stranger.take()
    assert (told["errors"], told["record"], told["columns"]) == (["Error 401: Unauthorized"], {}, [])


async def test_a_table_without_a_primary_key_is_told_of_as_an_error_only(live):
    live.database.run(
        "create table heap (a int)",
        "alter table heap replica identity full",
        "alter publication supabase_realtime add table heap",
    )
    stranger = await live.listen(STRANGER, {"table": "heap"})
    await live.run("insert into heap values (1)", "delete from heap")
    inserted, deleted = stranger.take()
    assert (inserted["errors"], inserted["record"]) == (["Error 400: Bad Request, no primary key"], {})
    assert (deleted["errors"], deleted["old_record"]) == (None, {"a": 1})


async def test_of_a_change_larger_than_the_limit_only_small_values_are_told(live):
    stranger = await live.listen(STRANGER, {"table": "posts"})
    await live.run("insert into posts values (1, 'small', repeat('x', 2000000))")
    [told] = stranger.take()
    assert (told["errors"], told["record"]) == (["Error 413: Payload Too Large"], {"id": 1, "title": "small"})


async def test_a_policy_that_fails_decides_no_and_nothing_else(live):
    live.database.run(
        "create table fragile (id int primary key, n int)",
        "alter table fragile enable row level security",
        "create policy divides on fragile for select using (10 / n > 0 and auth.role() is not null)",
        "alter publication supabase_realtime add table fragile",
    )
    alice = await live.listen(ALICE, {"schema": "*", "table": "*"})
    others = [await live.listen(user(uuid.UUID(int=n)), {"table": "*"}) for n in range(5, 9)]
    live.database.run("create policy word on notes for select to authenticated using (body = auth.jwt() ->> 'role')")
    await live.told()
    await live.run("insert into fragile values (1, 0)", "insert into notes values (1, null, 'authenticated')")
    assert [change["table"] for change in alice.take()] == ["notes"]
    assert [[change["table"] for change in other.take()] for other in others] == [["notes"]] * 4
    [seen] = live.witness.all(PolicyCheckFailed)
    assert (seen.table, seen.role, seen.sqlstate) == ("public.fragile", "authenticated", "22012")


async def test_a_policy_that_takes_too_long_decides_no(live):
    live.database.run(
        "create policy slow on posts using (pg_sleep(60) is null)", "alter table posts enable row level security"
    )
    await live.told()
    stranger = await live.listen(STRANGER, {"table": "posts"})
    await live.run("insert into posts values (1, 'a', 'b')")
    assert stranger.take() == []
    assert live.witness.all(PolicyCheckFailed)[0].sqlstate == "57014"


async def test_generated_columns_that_the_log_leaves_out_are_computed_for_policies(live):
    live.database.run(
        """create table people (id int primary key, first text, "Last Name" text,
             full_name text generated always as (first || ' ' || "Last Name") stored)""",
        "alter table people enable row level security",
        "create policy named on people for select using (full_name = auth.jwt() ->> 'name')",
        "alter publication supabase_realtime add table people",
    )
    first, second = [
        await live.listen(user(uuid.UUID(int=1), name=name), {"table": "people"}) for name in ("a b", "a c")
    ]
    await live.run("""insert into people values (1, 'a', 'b')""")
    assert (types(first.take()), types(second.take())) == (["INSERT"], [])


async def test_a_large_value_that_an_update_left_alone_is_named_and_policies_still_see_it(live):
    live.database.run(
        "alter table notes alter column body set storage external",
        """create policy long on notes for select to authenticated using (
             length(body) > 4000 and auth.role() is not null)""",
    )
    await live.told()
    bob = await live.listen(BOB, {"table": "notes"})
    await live.run("insert into notes values (1, null, repeat('x', 5000))")
    bob.take()
    await live.run(f"update notes set owner = {OWNER}")
    [told] = bob.take()
    assert told["unchanged"] == ["body"]
    assert "body" not in told["record"]
    await live.run("alter table notes replica identity full", "update notes set owner = null")
    [told] = bob.take()
    assert told["record"]["body"] == told["old_record"]["body"] == "x" * 5000
    assert "unchanged" not in told
    assert not live.witness.all(RowUndecidable)


async def test_who_sees_the_new_row_only_is_not_told_the_old_one(live):
    live.database.run("alter table notes replica identity full")
    await live.told()
    alice, bob = [await live.listen(claims, {"table": "notes"}) for claims in (ALICE, BOB)]
    await live.run(f"insert into notes values (1, {OWNER}, 'private')")
    await live.run(f"update notes set owner = '{uuid.UUID(int=2)}', body = 'gift'")
    assert types(alice.take()) == ["INSERT"]
    [told] = bob.take()
    assert (told["record"]["body"], told["old_record"]) == ("gift", {"id": 1})


async def test_a_binding_may_ask_to_hear_of_rows_that_leave(live):
    live.database.run("alter table notes replica identity full")
    await live.told()
    mine = await live.listen(ALICE, {"event": "*", "table": "notes", "leave": True})
    open_ones = await live.listen(SERVICE, {"event": "*", "table": "notes", "filter": "body=eq.open", "leave": True})
    await live.run(f"insert into notes values (1, {OWNER}, 'open')", "update notes set body = 'done'")
    assert [(c["type"], c.get("old_record")) for c in open_ones.take()] == [("INSERT", None), ("DELETE", {"id": 1})]
    mine.take()
    await live.run("update notes set owner = null, body = 'still secret'")
    assert [(c["type"], c["old_record"]) for c in mine.take()] == [("DELETE", {"id": 1})]


async def test_new_claims_judge_from_then_on_without_a_gap(live):
    listener = await live.listen(ALICE, {"table": "notes"})
    await live.run(f"insert into notes values (1, {OWNER}, 'x')")
    await live.subscriptions.change_claims(listener.subscription, BOB)
    await live.run(
        f"insert into notes values (2, {OWNER}, 'x')", f"insert into notes values (3, '{uuid.UUID(int=2)}', 'y')"
    )
    assert [change["record"]["id"] for change in listener.take()] == [1, 3]
    live.subscriptions.close(listener.subscription)
    live.subscriptions.close(listener.subscription)
    assert len(live.registry) == 0


async def test_while_postgresql_cannot_be_asked_the_log_waits_and_nothing_is_lost(live):
    live.database.run("create policy word on notes for select to authenticated using (body = auth.jwt() ->> 'role')")
    await live.told()
    alice = await live.listen(ALICE, {"table": "notes"})
    kill = (
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()"
        " and application_name = 'millstream'"
    )
    for number in range(20):
        async with live.admin.transaction():
            await live.admin.execute(f"insert into notes values ({number}, null, 'authenticated')".encode())
        await live.admin.execute(kill.encode())
    await live.told()
    assert [change["record"]["id"] for change in alice.take()] == list(range(20))
