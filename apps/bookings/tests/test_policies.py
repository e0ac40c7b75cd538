"""Who may do what to which row: person by statement by table, as PostgreSQL itself answers on every path."""

from __future__ import annotations

from typing import Any

import pytest

from apps.bookings.tests.conftest import make_salon
from millstream.identity import ANONYMOUS
from millstream.operations import SERVICE
from tests.fixtures.rights import REFUSED, World

PEOPLE = ("guest", "stranger", "client", "viewer", "staff", "owner", "rival", "service")
NONE, ONE = 0, 1
R, _, X = REFUSED, NONE, ONE
SELECTS: dict[str, tuple[str, tuple[Any, ...]]] = {
    # The order of the people is that of PEOPLE.
    "provider": ("select from providers where id = %(provider)s", (X, X, X, X, X, X, X, X)),
    "retired provider": ("select from providers where id = %(retired)s", (_, _, _, _, X, X, _, X)),
    "account of a provider": ("select user_id from providers where id = %(provider)s", (R, R, R, R, R, R, R, X)),
    "service": ("select from services where id = %(service)s", (X, X, X, X, X, X, X, X)),
    "withdrawn service": ("select from services where id = %(withdrawn)s", (_, _, _, _, X, X, _, X)),
    "offer": ("select from provider_services where provider_id = %(provider)s limit 1", (X, X, X, X, X, X, X, X)),
    "hours": ("select from working_hours where provider_id = %(provider)s limit 1", (X, X, X, X, X, X, X, X)),
    "exception": ("select from schedule_exceptions where provider_id = %(provider)s", (R, _, _, _, X, X, _, X)),
    "client": ("select from clients where id = %(client)s", (R, _, X, _, X, X, _, X)),
    "booking": ("select from bookings where id = %(booking)s", (R, _, X, X, X, X, _, X)),
    "event": ("select from booking_events where booking_id = %(booking)s and event_type = 'booking.confirmed'",
              (R, _, X, X, X, X, _, X)),
    "note": ("select from booking_events where booking_id = %(booking)s and internal", (R, _, _, _, X, X, _, X)),
    "link": ("select from booking_links where booking_id = %(booking)s limit 1", (R, R, R, R, R, R, R, X)),
    "view": ("select from booking_viewers where booking_id = %(booking)s", (R, _, _, X, _, _, _, X)),
    "slots": ("select from slot_changes where provider_id = %(provider)s limit 1", (X, X, X, X, X, X, X, X)),
    "receiver": ("select mode from receivers where organisation_id = %(organisation)s", (R, _, _, _, _, X, _, X)),
    "its secret": ("select secrets from receivers where organisation_id = %(organisation)s", (R, R, R, R, R, R, R, X)),
    "webhook got": ("select from received_webhooks where organisation_id = %(organisation)s", (R, _, _, _, _, X, _, X)),
}  # fmt: skip
ADD_PROVIDER = """
  insert into providers (organisation_id, slug, name, company_name, email, timezone, currency)
  values (%(organisation)s, 'new-one', 'N', 'C', 'n@example.org', 'UTC', 'EUR')
"""
ADD_SERVICE = """
  insert into services (organisation_id, name, duration_minutes, price, currency)
  values (%(organisation)s, 'N', 30, 1, 'EUR')
"""
CLOSE_DAY = """
  insert into schedule_exceptions (organisation_id, provider_id, first_day, last_day)
  values (%(organisation)s, %(provider)s, '2030-01-01', '2030-01-01')
"""
WITHDRAW = "delete from provider_services where provider_id = %(provider)s and service_id = %(service)s"
LENGTHEN = "update working_hours set ends = '21:00' where provider_id = %(provider)s and weekday = 1"
TAKE_ACCOUNT = "update clients set user_id = auth.uid() where id = %(client)s"
BEHAVE = "update receivers set mode = 'fail' where organisation_id = %(organisation)s"
WRITES: dict[str, tuple[str, tuple[Any, ...]]] = {
    "rename a provider": ("update providers set name = 'New' where id = %(provider)s", (R, _, _, _, _, X, _, X)),
    "give a provider away": ("update providers set organisation_id = %(other)s", (R, R, R, R, R, R, R, "foreign")),
    "add a provider": (ADD_PROVIDER, (R, R, R, R, R, X, R, X)),
    "change a price": ("update services set price = 1 where id = %(service)s", (R, _, _, _, _, X, _, X)),
    "add a service": (ADD_SERVICE, (R, R, R, R, R, X, R, X)),
    "withdraw an offer": (WITHDRAW, (R, _, _, _, _, X, _, X)),
    "lengthen a day": (LENGTHEN, (R, _, _, _, X, X, _, R)),
    "close a day": (CLOSE_DAY, (R, R, R, R, X, X, R, X)),
    "open a day": ("delete from schedule_exceptions where provider_id = %(provider)s", (R, _, _, _, X, X, _, X)),
    "correct a name": ("update clients set name = 'New' where id = %(client)s", (R, _, _, _, X, X, _, X)),
    "take a client's account": (TAKE_ACCOUNT, (R, R, R, R, R, R, R, X)),
    "say how the receiver answers": (BEHAVE, (R, _, _, _, _, X, _, X)),
}
FOR_NOBODY = {
    "book by hand": "insert into bookings select * from bookings where id = %(booking)s",
    "confirm by hand": "update bookings set status = 'completed' where id = %(booking)s",
    "change a price": "update bookings set total_price = 0 where id = %(booking)s",
    "remove a booking": "delete from bookings where id = %(booking)s",
    "write history": "insert into booking_events select * from booking_events where booking_id = %(booking)s",
    "change history": "update booking_events set description = '' where booking_id = %(booking)s",
    "remove history": "delete from booking_events where booking_id = %(booking)s",
    "become a viewer": "insert into booking_viewers (booking_id, user_id) values (%(booking)s, auth.uid())",
    "forge a link": "insert into booking_links (token_hash, booking_id) values ('x', %(booking)s)",
    "claim directly": "select claim_slot(%(service)s, %(provider)s, now(), 'confirmed', null, null)",
    "read as anybody": "select booking_for(%(booking)s, '{guest}')",
    "bend the law": "update kit.transitions set to_status = 'completed'",
}


VIEWS = ("payments", "webhook_logs", "webhook_stats")


@pytest.fixture
async def world(salon: Any) -> World:
    rival = await make_salon(salon.database, salon.pool, salon.operations)
    client, viewer, stranger = await salon.people(3)
    made = await salon.book(client)
    await salon.call("open_booking_link", viewer, token=made["link_token"])
    await salon.call("add_booking_note", salon.staff, booking_id=made["id"], text="tea")
    await salon.arrange("update clients set user_id = %s", client.subject)
    await salon.arrange("update providers set active = false where id = %s", salon.chairs[1])
    await salon.arrange("update services set active = false where id = %s", salon.advice)
    await salon.arrange(
        "insert into schedule_exceptions (organisation_id, provider_id, first_day, last_day)"
        " values (%s, %s, '2031-01-01', '2031-01-02')", salon.organisation, salon.chairs[0])  # fmt: skip
    await salon.arrange("insert into receivers (organisation_id, secrets) values (%s, '{whsec_x}')", salon.organisation)
    await salon.arrange(
        "insert into received_webhooks (organisation_id, verified, answered) values (%s, true, 200)", salon.organisation
    )
    people = {"guest": ANONYMOUS, "stranger": stranger, "client": client, "viewer": viewer, "staff": salon.staff,
              "owner": salon.owner, "rival": rival.owner, "service": SERVICE}  # fmt: skip
    rows = {"provider": salon.chairs[0], "retired": salon.chairs[1], "service": salon.haircut,
            "withdrawn": salon.advice,
            "organisation": salon.organisation, "other": rival.organisation, "client": made["client_id"],
            "booking": made["id"]}  # fmt: skip
    assert tuple(people) == PEOPLE
    return World(salon, people, rows)


async def test_everybody_sees_what_the_table_says(world: World) -> None:
    assert await world.matrix(SELECTS) == {name: expected for name, (_, expected) in SELECTS.items()}


async def test_everybody_writes_what_the_table_says(world: World) -> None:
    assert await world.matrix(WRITES) == {name: expected for name, (_, expected) in WRITES.items()}


async def test_nobody_writes_bookings_and_their_history_by_hand(world: World) -> None:
    assert await world.not_refused(FOR_NOBODY) == {}


async def test_every_table_is_protected_and_every_owner_function_fixes_its_search_path(world: World) -> None:
    assert await world.open_tables() == []
    assert await world.loose_functions() == []


async def test_the_triggers_have_the_names_of_the_guide(world: World) -> None:
    found = await world.app.rows(
        "select t.tgname, p.proname from pg_trigger t join pg_proc p on p.oid = t.tgfoid"
        " where t.tgname like '%%webhook%%' and t.tgrelid in ('bookings'::regclass, 'booking_events'::regclass)"
        " order by t.tgname"
    )
    assert [(row["tgname"], row["proname"]) for row in found] == [
        ("booking_events_webhook_trigger", "trigger_booking_event_webhook"),
        ("bookings_webhook_trigger", "trigger_booking_event_webhook"),
    ]


async def test_views_are_read_by_people_with_an_account_and_written_by_nobody(salon: Any) -> None:
    rights = await salon.rows(
        "select role, privilege, view from unnest(array['anon', 'authenticated', 'service_role']) as role,"
        " unnest(array['select', 'insert', 'update', 'delete']) as privilege, unnest(%s::text[]) as view"
        " where has_table_privilege(role, 'public.' || view, privilege)",
        list(VIEWS),
    )
    assert {tuple(row.values()) for row in rights} == {
        (role, "select", view) for role in ("authenticated", "service_role") for view in VIEWS
    }


@pytest.mark.parametrize("table", ["bookings", "booking_events", "clients"])
async def test_lists_of_staff_ask_who_works_there_once_a_statement_and_not_once_a_row(salon: Any, table: str) -> None:
    plan = "\n".join(
        row["QUERY PLAN"] for row in await salon.rows(f"explain select * from {table}", claims=salon.staff)
    )
    assert "hashed SubPlan" in plan, plan
    assert "member_of" not in plan, plan
