"""Who may do what to which row: person by statement by table, as PostgreSQL itself answers."""

from __future__ import annotations

from typing import Any

import pytest

from millstream.identity import Claims
from millstream.operations import SERVICE
from tests.fixtures.rights import REFUSED, World

PEOPLE = ("guest", "stranger", "owner", "service")
SELECTS = {
    "draft event": "select from events where id = %(draft_event)s",
    "published event": "select from events where id = %(event)s",
    "cancelled event": "select from events where id = %(cancelled_event)s",
    "ticket of a draft": "select from event_tickets where id = %(draft)s",
    "ticket on sale": "select from event_tickets where id = %(ticket)s",
    "order": "select from orders where id = %(order)s",
    "item": "select from order_items where order_id = %(order)s",
    "law of statuses": "select from order_statuses limit 1",
}
NONE, ONE = 0, 1
VISIBLE: dict[str, tuple[Any, ...]] = {
    # row                 guest    stranger owner    service
    "draft event": (NONE, NONE, NONE, ONE),
    "published event": (ONE, ONE, ONE, ONE),
    "cancelled event": (ONE, ONE, ONE, ONE),
    "ticket of a draft": (NONE, NONE, NONE, ONE),
    "ticket on sale": (ONE, ONE, ONE, ONE),
    "order": (REFUSED, NONE, ONE, ONE),
    "item": (REFUSED, NONE, ONE, ONE),
    "law of statuses": (REFUSED, REFUSED, REFUSED, ONE),
}
# Statements that only the service role may do; and those that nobody may do outside the functions.
FOR_SERVICE = {
    "announce": "insert into events (slug, title, venue, starts_at, ends_at, timezone) "
    "values ('a', 'A', 'V', now(), now() + '1 h', 'UTC')",
    "rename": "update events set title = 'New' where id = %(event)s",
    "cancel": "update events set status = 'cancelled' where id = %(event)s",
    "offer": "insert into event_tickets (event_id, name, price, currency, capacity) "
    "values (%(event)s, 'Box', 9, 'EUR', 5)",
    "enlarge": "update event_tickets set capacity = 30 where id = %(ticket)s",
    "expire": "select kit.expire_due('public.orders')",
    "confirm": "select confirm_order(%(order)s)",
    "count": "select ticket_count_drift()",
}
FOR_NOBODY = {
    "give tickets back": "update event_tickets set reserved_count = 0 where id = %(ticket)s",
    "sell for nothing": "update event_tickets set sold_count = 5 where id = %(ticket)s",
    "invent tickets": "update event_tickets set available_count = 99 where id = %(ticket)s",
    "offer with counts": "insert into event_tickets (event_id, name, price, currency, capacity, sold_count) "
    "values (%(event)s, 'Box', 9, 'EUR', 5, 1)",
    "remove a ticket": "delete from event_tickets where id = %(ticket)s",
    "remove an event": "delete from events where id = %(event)s",
    "order by hand": "insert into orders (number, event_id, owner_id, hold_expires_at, currency, total) "
    "values ('N', %(event)s, auth.uid(), now(), 'EUR', 0)",
    "hold for ever": "update orders set hold_expires_at = 'infinity' where id = %(order)s",
    "pay by hand": "update orders set status = 'paid' where id = %(order)s",
    "remove an order": "delete from orders where id = %(order)s",
    "add an item": "insert into order_items values (%(order)s, %(event)s, auth.uid(), %(ticket)s, 1, 0)",
    "take more": "update order_items set quantity = 9 where order_id = %(order)s",
    "remove an item": "delete from order_items where order_id = %(order)s",
    "bend the law": "insert into kit.transitions (machine, position, to_status) values ('orders', 99, 'completed')",
    "free by statuses": "update order_statuses set occupies = 'nothing'",
    "lock pools": "select kit.lock_pools('public.event_tickets', array[%(ticket)s::text])",
    "look up a key": "select from kit.idempotency_keys",
    "truncate": "truncate order_items",
}


@pytest.fixture
async def world(lodge: Any, guest: Claims) -> World:
    owner, stranger = await lodge.people(2)
    [ticket], [draft], [cancelled] = (
        await lodge.event(20),
        await lodge.event(20, status="draft"),
        await lodge.event(20, status="cancelled"),
    )
    order = await lodge.hold(owner, ticket, 2)
    events = {row["id"]: row["event_id"] for row in await lodge.rows("select id, event_id from event_tickets")}
    rows = {"ticket": ticket, "draft": draft, "order": order["id"], "event": events[ticket],
            "draft_event": events[draft], "cancelled_event": events[cancelled]}  # fmt: skip
    return World(lodge, {"guest": guest, "stranger": stranger, "owner": owner, "service": SERVICE}, rows)


async def test_everybody_sees_what_the_table_says(world: World) -> None:
    seen = {
        name: tuple([await world.outcome(person, statement) for person in PEOPLE])
        for name, statement in SELECTS.items()
    }
    assert seen == VISIBLE


async def test_only_the_service_role_announces_offers_and_confirms(world: World) -> None:
    for name, statement in FOR_SERVICE.items():
        for person in PEOPLE[:3]:
            assert await world.outcome(person, statement) == REFUSED, (name, person)
    for name, statement in FOR_SERVICE.items():
        assert await world.outcome("service", statement) in {NONE, ONE}, name


async def test_nobody_writes_counts_and_orders_by_hand(world: World) -> None:
    for name, statement in FOR_NOBODY.items():
        for person in PEOPLE:
            assert await world.outcome(person, statement) == REFUSED, (name, person)
    assert await world.app.counts(world.rows["ticket"]) == (18, 2, 0)


async def test_only_signed_in_people_hold_and_release(world: World) -> None:
    statements = ("select hold_tickets(array[%(ticket)s::uuid], '{1}')", "select release_hold(%(order)s)")
    for statement in statements:
        for person in ("guest", "service"):
            assert await world.outcome(person, statement) == REFUSED, (statement, person)


async def test_every_table_has_row_level_security(world: World) -> None:
    assert await world.open_tables() == []


async def test_every_function_that_runs_as_the_owner_fixes_its_search_path(world: World) -> None:
    assert await world.loose_functions() == []


async def test_what_is_followed_carries_the_old_row(world: World) -> None:
    followed = await world.app.rows(
        "select relname || ' ' || relreplident::text as followed from pg_class join pg_publication_tables "
        "on pg_class.oid = (quote_ident(schemaname) || '.' || quote_ident(tablename))::regclass "
        "where pubname = 'supabase_realtime' and schemaname = 'public'"
    )
    assert {row["followed"] for row in followed} == {
        "events f",
        "event_tickets f",
        "orders f",
        "order_items f",
        "notifications f",
    }
