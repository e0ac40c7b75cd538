"""The tables of webhooks by themselves: order in lanes, capture by trigger, and what an operator asks for in SQL."""

import json
from uuid import uuid4

import psycopg
import pytest
from psycopg.rows import dict_row

EVENT = """
insert into webhooks.events (id, occurred_at, type, ordering_key, source, body)
values (%s, now(), 'thing.changed', %s, 'test', '{}') returning id, occurred_at
"""

BURY = """
with gone as (delete from webhooks.deliveries returning *), lane as (update webhooks.lanes set open = 0)
insert into webhooks.dead_letters (id, endpoint_id, event_id, occurred_at, event_type, attempts, retries, reason)
select id, endpoint_id, event_id, occurred_at, event_type, 3, retries, 'refused' from gone
"""


@pytest.fixture
async def connection(any_database):
    """An open connection of the server's role to a database on PostgreSQL 18, then on 15."""
    async with await psycopg.AsyncConnection.connect(any_database.url, autocommit=True, row_factory=dict_row) as opened:
        yield opened


async def endpoint(connection, **columns) -> object:
    names = ", ".join(["url", *columns])
    marks = ", ".join(["%s"] * (len(columns) + 1))
    cursor = await connection.execute(
        f"insert into webhooks.endpoints ({names}) values ({marks}) returning id",
        ("https://example.org/", *columns.values()),
    )
    return (await cursor.fetchone())["id"]


async def enqueue(connection, endpoint_id, *keys):
    events = [await (await connection.execute(EVENT, (uuid4(), key))).fetchone() for key in keys]
    await connection.execute(
        "select webhooks.enqueue(%s, %s, %s, 'change')",
        ([endpoint_id] * len(events), [e["id"] for e in events], [e["occurred_at"] for e in events]),
    )


async def deliveries(connection):
    cursor = await connection.execute("select sequence, state from webhooks.deliveries order by id")
    return [(row["sequence"], row["state"]) for row in await cursor.fetchall()]


async def test_events_of_one_key_wait_for_each_other_and_are_numbered(connection):
    target = await endpoint(connection)
    await enqueue(connection, target, "a", "b", "a")
    await enqueue(connection, target, "a", "c")
    assert await deliveries(connection) == [
        (1, "ready"), (1, "ready"), (2, "waiting"), (3, "waiting"), (1, "ready"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ordering", "states"), [("none", ["ready"] * 3), ("endpoint", ["ready", "waiting", "waiting"])]
)
async def test_an_endpoint_says_what_waits_for_what(connection, ordering, states):
    await enqueue(connection, await endpoint(connection, ordering=ordering), "a", "b", "a")
    assert [state for _, state in await deliveries(connection)] == states


async def test_a_released_lane_goes_on_with_its_oldest(connection):
    target = await endpoint(connection)
    await enqueue(connection, target, "a", "a", "a")
    cursor = await connection.execute("delete from webhooks.deliveries where sequence = 1 returning endpoint_id, lane")
    row = await cursor.fetchone()
    release = "select webhooks.release_lanes(%s, %s) as released"
    assert (await (await connection.execute(release, ([row["endpoint_id"]], [row["lane"]]))).fetchone())[
        "released"
    ] == 1
    assert (await (await connection.execute(release, ([row["endpoint_id"]], [row["lane"]]))).fetchone())[
        "released"
    ] == 0
    assert await deliveries(connection) == [(2, "ready"), (3, "waiting")]


async def test_dead_letters_are_put_back_so_often_and_no_oftener(connection):
    target = await endpoint(connection)
    await enqueue(connection, target, "a")
    for retries in range(2):
        await connection.execute(BURY)
        cursor = await connection.execute("select webhooks.retry_failed_webhooks(1) as revived")
        assert (await cursor.fetchone())["revived"] == (1 if retries == 0 else 0)


REVIVE = "select * from webhooks.revive_dead_letters(%s, %s, %s, 2)"


async def test_dead_letters_are_put_back_in_parts_and_in_their_order(connection):
    target, other = await endpoint(connection), await endpoint(connection)
    await enqueue(connection, target, "a", "b", "a", "a", "b")
    await enqueue(connection, other, "a")
    await connection.execute(BURY)
    dead = await (await connection.execute("select id, event_id from webhooks.dead_letters order by id")).fetchall()
    await connection.execute("delete from webhooks.events where id = %s", (dead[1]["event_id"],))
    parts, after = [], 0
    while (part := await (await connection.execute(REVIVE, ([target], after, dead[-1]["id"]))).fetchone())[
        "last"
    ] is not None:
        parts.append(part["revived"])
        after = part["last"]
    assert parts == [2, 2]
    queued = await (
        await connection.execute("select event_id, retries from webhooks.deliveries order by id")
    ).fetchall()
    assert queued == [{"event_id": dead[place]["event_id"], "retries": 1} for place in (0, 2, 3, 4)]
    assert [state for _, state in await deliveries(connection)] == ["ready", "waiting", "waiting", "ready"]
    left = await (await connection.execute("select id from webhooks.dead_letters order by id")).fetchall()
    assert [one["id"] for one in left] == [dead[1]["id"], dead[5]["id"]]  # no event any more; not asked for


async def test_what_somebody_else_puts_back_at_this_moment_is_not_put_back_twice(connection, any_database):
    target = await endpoint(connection)
    await enqueue(connection, target, "a", "b")
    await connection.execute(BURY)
    async with await psycopg.AsyncConnection.connect(any_database.url, row_factory=dict_row) as other:
        async with other.transaction():
            await other.execute("select from webhooks.dead_letters order by id limit 1 for update")
            cursor = await connection.execute("select webhooks.retry_failed_webhooks(9) as revived")
            assert await cursor.fetchone() == {"revived": 1}
        cursor = await other.execute("select webhooks.retry_failed_webhooks(9) as revived")
        assert await cursor.fetchone() == {"revived": 1}
    assert [state for _, state in await deliveries(connection)] == ["ready", "ready"]


async def test_a_row_is_captured_by_a_trigger_or_by_hand(connection):
    await connection.execute("create table things (id bigint primary key, name text)")
    await connection.execute(
        "create trigger capture after insert or update or delete on things"
        " for each row execute function webhooks.capture()"
    )
    await connection.execute("insert into things values (1, 'one')")
    await connection.execute("update things set name = 'two'")
    cursor = await connection.execute("select webhooks.manually_trigger_webhook('things', '1') as done")
    assert (await cursor.fetchone())["done"] is True
    cursor = await connection.execute("select webhooks.manually_trigger_webhook('things', '2') as done")
    assert (await cursor.fetchone())["done"] is False
    await connection.execute("delete from things")
    cursor = await connection.execute(
        "select operation, old_row, new_row, cause from webhooks.captured_rows order by id"
    )
    rows = [
        (r["operation"], json.dumps(r["old_row"]), json.dumps(r["new_row"]), r["cause"])
        for r in await cursor.fetchall()
    ]
    one, two = '{"id": 1, "name": "one"}', '{"id": 1, "name": "two"}'
    assert rows == [
        ("INSERT", "null", one, "change"),
        ("UPDATE", one, two, "change"),
        ("INSERT", "null", two, "manual"),
        ("DELETE", two, "null", "change"),
    ]


async def test_secrets_and_the_queue_itself_are_nobodys_but_the_service_roles(connection):
    cursor = await connection.execute(
        """
        select c.relname, c.relrowsecurity as secured, has_table_privilege('authenticated', c.oid, 'select') as visible,
          has_table_privilege('authenticated', c.oid, 'insert, update, delete') as changeable,
          has_schema_privilege('anon', 'webhooks', 'usage') as reached_by_strangers
        from pg_class c
        where c.relnamespace = 'webhooks'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        """
    )
    tables = {row["relname"]: row for row in await cursor.fetchall()}
    assert all(row["secured"] and not row["reached_by_strangers"] for row in tables.values())
    assert {name for name, row in tables.items() if row["visible"]} == {
        "endpoints", "events", "deliveries", "webhook_logs", "dead_letters", "rollups",
    }  # fmt: skip
    assert {name for name, row in tables.items() if row["changeable"]} == {"endpoints"}
