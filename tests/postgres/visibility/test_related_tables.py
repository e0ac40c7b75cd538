"""Policies that look into another table, decided in process: a membership counts from and to its place in the log."""

from __future__ import annotations

import uuid

import pytest

from millstream.policy.observations import RelatedTableNotRead
from millstream.policy.settings import PolicySettings
from millstream.policy.ways import Way, ways_of
from millstream.subscriptions.observations import ChangesJudged
from tests.postgres.visibility.listening import SERVICE, followed, user

ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)
ALICE, BOB = user(ONE), user(TWO)

SCHEMA = (
    "create table orgs (id int primary key)",
    """create table members (
         org int references orgs on delete cascade, person uuid, role text, primary key (org, person))""",
    "create table notes (id int primary key, org int references orgs on delete cascade, body text)",
    "alter table notes enable row level security, replica identity full",
    "alter table members enable row level security",
    "create policy own on members for select to authenticated using (person = (select auth.uid()))",
    """create policy of_members on notes for select to authenticated using (
         org in (select org from members where person = auth.uid()))""",
    "insert into orgs values (1), (2)",
    f"insert into members values (1, '{ONE}', 'a')",
    "alter publication supabase_realtime add table members, notes",
)
JOIN, LEAVE = (
    f"insert into members values (1, '{TWO}', 'a')",
    f"delete from members where org = 1 and person = '{TWO}'",
)


@pytest.fixture
async def live(any_database):
    async with followed(any_database, *SCHEMA) as live:
        yield live


def told(listener):
    return [(change["type"], (change.get("record") or change["old_record"])["id"]) for change in listener.take()]


def asked(live):
    return sum(each.asked for each in live.witness.all(ChangesJudged))


async def test_a_membership_counts_from_and_to_its_place_in_the_log(live):
    alice, bob = [await live.listen(claims, {"table": "notes"}) for claims in (ALICE, BOB)]
    for number, statement in enumerate((JOIN, LEAVE, JOIN, "truncate members", JOIN)):
        async with live.admin.transaction():
            await live.admin.execute(f"insert into notes values ({number}, 1, 'x')".encode())
        await live.admin.execute(statement.encode())
    await live.run("insert into notes values (9, 1, 'x')", "update notes set body = 'y' where id = 0")
    assert told(alice) == [("INSERT", number) for number in range(4)]
    assert told(bob) == [("INSERT", 1), ("INSERT", 3), ("INSERT", 9), ("UPDATE", 0)]
    assert asked(live) == 0


async def test_a_membership_of_the_same_transaction_counts_for_its_new_rows(live):
    bob = await live.listen(BOB, {"table": "notes"})
    await live.run("insert into notes values (1, 1, 'x')", JOIN, "insert into notes values (2, 1, 'x')")
    await live.run("insert into notes values (3, 1, 'x')", LEAVE, "insert into notes values (4, 1, 'x')")
    assert told(bob) == [("INSERT", 1), ("INSERT", 2)]


async def test_a_row_deleted_together_with_the_membership_that_showed_it_is_told(live):
    alice, bob = [await live.listen(claims, {"table": "notes"}) for claims in (ALICE, BOB)]
    await live.run("insert into notes values (1, 1, 'x')")
    await live.run("delete from orgs where id = 1")
    assert told(alice) == [("INSERT", 1), ("DELETE", 1)]
    assert told(bob) == []


async def test_who_comes_with_the_transaction_is_not_told_what_was_before_it(live):
    await live.run("insert into notes values (1, 1, 'secret'), (2, 1, 'secret')")
    bob = await live.listen(BOB, {"table": "notes"})
    await live.run(JOIN, "update notes set body = 'open' where id = 1", "delete from notes where id = 2")
    [change] = bob.take()
    assert (change["type"], change["record"]["body"], change["old_record"]) == ("UPDATE", "open", {"id": 1})


async def test_who_goes_with_the_transaction_is_not_told_what_was_made_in_it(live):
    await live.run(JOIN, "insert into notes values (1, 1, 'x')")
    bob = await live.listen(BOB, {"table": "notes"})
    await live.run("update notes set body = 'secret'", "delete from notes", LEAVE)
    assert told(bob) == []


async def test_a_row_that_leaves_sight_with_the_membership_is_told_by_its_key(live):
    await live.run(JOIN, "insert into notes values (1, 1, 'x')")
    bob = await live.listen(BOB, {"event": "*", "table": "notes", "leave": True})
    await live.run(LEAVE, "update notes set body = 'secret'")
    [change] = bob.take()
    assert (change["type"], change["old_record"]) == ("DELETE", {"id": 1})


async def test_a_truncated_table_tells_nobody_and_shows_nothing_afterwards(live):
    alice, service = [await live.listen(claims, {"event": "*", "table": "notes"}) for claims in (ALICE, SERVICE)]
    await live.run("insert into notes values (1, 1, 'x')", "truncate notes")
    assert told(alice) == told(service) == [("INSERT", 1)]
    await live.run("truncate orgs cascade", "insert into notes values (1, null, 'x')")
    assert told(alice) == []


async def test_the_other_tables_own_policies_hide_memberships(live):
    await live.run(
        "drop policy own on members",
        "create policy chiefs on members for select to authenticated using (role = 'chief' and person = auth.uid())",
    )
    await live.related.until_read()
    alice = await live.listen(ALICE, {"table": "notes"})
    await live.run("insert into notes values (1, 1, 'x')")
    await live.run("update members set role = 'chief'", "insert into notes values (2, 1, 'x')")
    assert told(alice) == [("INSERT", 2)]
    assert asked(live) == 0


async def test_a_table_that_changes_shape_is_read_again(live):
    alice = await live.listen(ALICE, {"table": "notes"})
    await live.run("alter table members add column since date", "alter table members rename column person to who")
    await live.run(f"insert into members values (2, '{ONE}', 'a', now())", "insert into notes values (1, 2, 'x')")
    assert told(alice) == [("INSERT", 1)]


async def test_functions_that_the_owner_pinned_are_looked_through(live):
    live.database.run(
        "drop policy of_members on notes",
        """create function member_of(org int) returns boolean
           language sql stable security definer set search_path = '' as $$
             select exists (select from public.members m where m.org = member_of.org and m.person = auth.uid()) $$""",
        "create policy of_members on notes for select to authenticated using ((select member_of(org)))",
    )
    await live.told()
    await live.related.until_read()
    alice = await live.listen(ALICE, {"table": "notes"})
    await live.run("insert into notes values (1, 1, 'x'), (2, 2, 'x')")
    assert told(alice) == [("INSERT", 1)]
    assert asked(live) == 0
    assert {way.role: way.way for way in ways_of(live.catalog.current) if way.table == "public.notes"} == {
        "anon": Way.FIXED,
        "authenticated": Way.INDEX,
        "service_role": Way.FIXED,
    }


@pytest.mark.parametrize(
    "hide",
    [
        "alter publication supabase_realtime drop table members",
        "alter publication supabase_realtime set (publish = 'insert, update')",
        "alter publication supabase_realtime set table notes, members where (org > 0), orgs",
        "alter table members replica identity nothing",
        "alter table members drop constraint members_pkey",
        "create table more () inherits (members)",
    ],
)
async def test_a_table_that_the_log_does_not_tell_whole_is_asked_about(live, hide):
    await live.run(hide)
    alice, bob = [await live.listen(claims, {"event": "INSERT", "table": "notes"}) for claims in (ALICE, BOB)]
    await live.run("insert into notes values (1, 1, 'x'), (2, 2, 'x')")
    assert (told(alice), told(bob)) == ([("INSERT", 1)], [])
    assert asked(live) > 0


async def test_a_table_of_too_many_rows_is_asked_about(any_database):
    async with followed(any_database, *SCHEMA, policy=PolicySettings(related_rows=0)) as live:
        alice = await live.listen(ALICE, {"table": "notes"})
        await live.run("insert into notes values (1, 1, 'x'), (2, 2, 'x')")
        assert told(alice) == [("INSERT", 1)]
        assert asked(live) > 0
        [seen] = live.witness.all(RelatedTableNotRead)
        assert (seen.table, seen.cause) == ("public.members", "too many rows")
