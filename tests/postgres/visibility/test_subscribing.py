"""A subscription is opened with a reason or refused with one, and hears of everything that commits afterwards."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from millstream.identity import Claims
from millstream.subscriptions.bindings.binding import SubscriptionRefused
from tests.postgres.visibility.listening import SERVICE, STRANGER, followed, user

SCHEMA = (
    "create type mood as enum ('sad', 'ok')",
    "create table things (id int primary key, n int, name text, feeling mood, done bool)",
    "create table hidden (id int primary key, n int)",
    "create table unfollowed (id int primary key)",
    "revoke all on hidden from anon",
    "create schema private",
    "alter publication supabase_realtime add table things, hidden",
)


@pytest.fixture
async def live(any_database):
    async with followed(any_database, *SCHEMA) as live:
        yield live


NOT_FOLLOWED = (
    "Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given connect"
)


@pytest.mark.parametrize(
    ("binding", "text"),
    [
        ({"table": "nothing"}, f"{NOT_FOLLOWED} parameters: [event: *, schema: public, table: nothing, filters: []]"),
        ({"table": "unfollowed"}, NOT_FOLLOWED),
        ({"schema": "private", "table": "*"}, NOT_FOLLOWED),
        ({"table": "hidden"}, "permission denied for table hidden"),
        ({"table": "things", "filter": "nope=eq.1"}, "invalid column for filter nope"),
        ({"table": "things", "filter": "n=eq.one"}, 'invalid input syntax for type integer: "one", in the filter on n'),
        ({"table": "things", "filter": "n=in.(1,two)"}, 'integer: "two"'),
        ({"table": "things", "filter": "feeling=eq.glad"}, 'invalid input value for enum mood: "glad"'),
        ({"table": "things", "filter": "n=like.1%"}, "operator does not exist: integer ~~ unknown"),
        ({"table": "things", "filter": "name=match.("}, "invalid regular expression"),
        ({"table": "things", "filter": "name=like.x\\"}, "must not end with escape"),
        ({"table": "things", "filter": "n=is.true"}, "boolean"),
        ({"table": "things", "filter": "n"}, "column=operator.value"),
        ({"table": "*", "filter": "n=eq.1"}, "a filter or a list of columns needs a schema and a table"),
        ({"table": "things", "select": ["id", "nope"], "schema": "public"}, "invalid column for select nope"),
        ({"table": "things", "select": ["id"]}, "needs a schema and a table"),
    ],
)
async def test_what_cannot_be_listened_to_is_refused_with_its_reason(live, binding, text):
    with pytest.raises(SubscriptionRefused) as refusal:
        await live.listen(STRANGER, {"event": "*", **binding})
    assert text in refusal.value.message
    assert not refusal.value.may_pass
    assert len(live.registry) == 0


async def test_a_role_that_does_not_exist_is_refused(live):
    with pytest.raises(SubscriptionRefused, match='role "nobody" does not exist'):
        await live.listen(Claims.from_token({"role": "nobody"}), {"table": "things"})


async def test_a_table_that_was_just_made_can_be_listened_to(live):
    live.database.run("create table fresh (id int primary key)", "alter publication supabase_realtime add table fresh")
    listener = await live.listen(SERVICE, {"table": "fresh"})
    await live.run("insert into fresh values (1)")
    assert len(listener.take()) == 1


async def test_a_select_list_tells_its_columns_and_the_primary_key(live):
    listener = await live.listen(STRANGER, {"schema": "public", "table": "things", "select": ["name"]})
    await live.run("insert into things values (1, 2, 'x', 'ok', true)")
    [told] = listener.take()
    assert told["record"] == {"id": 1, "name": "x"}
    assert [column["name"] for column in told["columns"]] == ["id", "name"]


async def test_any_role_that_the_server_may_take_can_listen(live):
    live.database.run("drop role if exists auditor", "create role auditor", "grant select on hidden to auditor")
    try:
        listener = await live.listen(Claims.from_token({"role": "auditor"}), {"table": "hidden"})
        await live.run("insert into hidden values (1, 1)")
        assert len(listener.take()) == 1
    finally:
        live.database.run("drop owned by auditor", "drop role auditor")


async def test_changed_claims_without_the_right_stop_the_flow(live):
    listener = await live.listen(SERVICE, {"table": "hidden"})
    with pytest.raises(SubscriptionRefused, match="permission denied"):
        await live.subscriptions.change_claims(listener.subscription, STRANGER)
    await live.run("insert into hidden values (1, 1)")
    assert listener.take() == []
    assert len(live.registry) == 0


@pytest.mark.parametrize("vsn", ["1.0.0", "2.0.0"])
async def test_both_serializers_carry_the_same_data(live, vsn):
    listener = await live.listen(STRANGER, {"table": "things"}, vsn=vsn, topic="realtime:a topic")
    await live.run("insert into things values (1, 2, 'x', 'ok', true)")
    [frame] = listener.frames
    if vsn == "1.0.0":
        assert (frame["topic"], frame["event"], frame["ref"]) == ("realtime:a topic", "postgres_changes", None)
    else:
        assert frame[:4] == [None, None, "realtime:a topic", "postgres_changes"]
    [data] = listener.take()
    assert data["record"] == {"id": 1, "n": 2, "name": "x", "feeling": "ok", "done": True}


async def test_changes_are_told_in_commit_order_with_growing_positions(live):
    alice = user(uuid.UUID(int=1))
    live.database.run(
        "alter table things enable row level security",
        """create policy even on things for select to authenticated using (
             n % 2 = 0 and auth.role() is not null)""",
    )
    await live.told()
    listeners = [await live.listen(claims, {"table": "things"}) for claims in (alice, SERVICE)]
    for number in range(0, 60, 3):
        async with live.admin.transaction():
            for each in range(number, number + 3):
                await live.admin.execute("insert into things (id, n) values (%s, %s)", (each, each))
    await live.told()
    seen, everything = [listener.take() for listener in listeners]
    assert [change["record"]["id"] for change in seen] == list(range(0, 60, 2))
    assert [change["record"]["id"] for change in everything] == list(range(60))
    positions = [(int(c["lsn"].split("/")[0], 16), int(c["lsn"].split("/")[1], 16), c["index"]) for c in everything]
    assert positions == sorted(set(positions))


async def test_a_snapshot_taken_after_joining_and_the_changes_after_it_leave_nothing_out(live):
    async def write():
        async with asyncio.timeout(30):
            for number in range(300):
                await writer.execute("insert into things (id) values (%s)", (number,))

    async with (
        await live.admin.connect(live.database.admin_url, autocommit=True) as writer,
        asyncio.TaskGroup() as group,
    ):
        await writer.execute("set synchronous_commit = on")
        writing = group.create_task(write())
        found = []
        while not writing.done():
            listener = await live.listen(STRANGER, {"table": "things"})
            rows = await (await live.admin.execute("select id from things")).fetchall()
            found.append((listener, {row[0] for row in rows}))
    await live.told()
    for listener, snapshot in found:
        told = {change["record"]["id"] for change in listener.take()}
        assert snapshot | told == set(range(300))
