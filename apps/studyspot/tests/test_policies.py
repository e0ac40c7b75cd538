"""Who may do what to which row: person by statement by table, as PostgreSQL itself answers on every path."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from apps.studyspot.tests.conftest import make_library
from millstream.cli.doctor_policies import check_policies
from millstream.identity import ANONYMOUS
from millstream.operations import SERVICE
from millstream.policy.settings import PolicySettings
from tests.fixtures.rights import REFUSED, World

PEOPLE = ("guest", "stranger", "student", "staff", "owner", "rival", "administrator", "service")
NONE, ONE = 0, 1
R, _, X = REFUSED, NONE, ONE
ALL, INSIDERS = (X, X, X, X, X, X, X, X), (_, _, _, X, X, _, X, X)
Rows = dict[str, tuple[str, tuple[Any, ...]]]
SELECTS: Rows = {
    # The order of the people is that of PEOPLE.
    "library": ("select from libraries where id = %(library)s", ALL),
    "library to approve": ("select from libraries where id = %(pending)s", (_, _, _, _, _, X, X, X)),
    "removed library": ("select from libraries where id = %(removed)s", (_, _, _, _, _, _, X, X)),
    "zone": ("select from zones where id = %(zone)s", ALL),
    "zone to approve": ("select from zones where library_id = %(pending)s limit 1", (_, _, _, _, _, X, X, X)),
    "seat": ("select from seats where id = %(seat)s", ALL),
    "seat to approve": ("select from seats where library_id = %(pending)s limit 1", (_, _, _, _, _, X, X, X)),
    "code of a seat": ("select from seat_codes where seat_id = %(seat)s", (R, _, _, X, X, _, _, X)),
    "hours": ("select from opening_hours where library_id = %(library)s limit 1", ALL),
    "closed day": ("select from closed_days where library_id = %(library)s", ALL),
    "price": ("select from prices where library_id = %(library)s limit 1", ALL),
    "price to approve": ("select from prices where library_id = %(pending)s limit 1", (_, _, _, _, _, X, X, X)),
    "price before": ("select new from price_changes where library_id = %(library)s limit 1", ALL),
    "who changed it": ("select changed_by from price_changes limit 1", (R, R, R, R, R, R, R, X)),
    "booking": ("select from bookings where id = %(booking)s", (R, _, X, X, X, _, X, X)),
    "its entry code": ("select entry_code from bookings where id = %(booking)s", (R, _, X, X, X, _, X, X)),
    "removed booking": ("select from bookings where id = %(gone)s", (R, _, _, _, _, _, X, X)),
    "event": ("select from booking_events where booking_id = %(booking)s limit 1", (R, _, X, X, X, _, X, X)),
    "who did it": ("select created_by from booking_events limit 1", (R, R, R, R, R, R, R, X)),
    "pass": ("select from passes where id = %(pass)s", (R, _, X, X, X, _, X, X)),
    "wish": ("select from seat_alerts where id = %(alert)s", (R, _, X, _, _, _, _, X)),
    "review": ("select student_name, text from reviews where id = %(review)s", ALL),
    "who wrote it": ("select user_id from reviews where id = %(review)s", (R, R, R, R, R, R, R, X)),
    "announcement": ("select title from announcements where library_id = %(library)s", ALL),
    "announcement to all": ("select title from announcements where library_id is null", ALL),
    "who announced it": ("select created_by from announcements limit 1", (R, R, R, R, R, R, R, X)),
    "administrator": ("select from platform_administrators limit 1", (R, _, _, _, _, _, X, X)),
    "notification": ("select from notifications where user_id = %(owner)s limit 1", (R, _, _, _, X, _, _, X)),
}
MANAGERS = (R, _, _, _, X, _, _, X)
ADD = "insert into {} (organisation_id, library_id, {}) values (%(organisation)s, %(library)s, {})"
ADD_LIBRARY = """
  insert into libraries (organisation_id, slug, name, city, timezone, currency)
  values (%(organisation)s, 'new-one', 'New', 'Pune', 'UTC', 'INR')
"""
EMIT = "insert into rooms.messages (event, payload) values ('test', '{}')"
WRITES: Rows = {
    "describe a library": ("update libraries set name = 'New' where id = %(library)s", MANAGERS),
    "approve a library": ("update libraries set status = 'approved' where id = %(pending)s", (R, R, R, R, R, R, R, X)),
    "give a library away": ("update libraries set organisation_id = %(other)s", (R, R, R, R, R, R, R, "foreign")),
    "add a library": (ADD_LIBRARY, (R, R, R, R, X, R, R, X)),
    "delete a library": ("delete from libraries where id = %(removed)s", (R, R, R, R, R, R, R, _)),
    "rename a zone": ("update zones set name = 'New' where id = %(zone)s", MANAGERS),
    "add a zone": (ADD.format("zones", "name", "'New'"), (R, R, R, R, X, R, R, X)),
    "remove a zone": ("delete from zones where id = %(zone)s", (R, _, _, _, "foreign", _, _, "foreign")),
    "move a seat": ("update seats set x = 7 where id = %(seat)s", (R, _, _, R, X, _, _, X)),
    "close a seat": ("update seats set out_of_order = 'wobbles' where id = %(seat)s", (R, _, _, X, X, _, _, X)),
    "add a seat": (ADD.format("seats", "zone_id, label, x, y", "%(zone)s, 'N1', 5, 5"), (R, R, R, R, X, R, R, X)),
    "lengthen a day": ("update opening_hours set opens = '01:00' where weekday = 1 and library_id = %(library)s",
                       MANAGERS),
    "close a day": (ADD.format("closed_days", "first_day, last_day", "'2030-01-01', '2030-01-01'"),
                    (R, R, R, R, X, R, R, X)),
    "open a day": ("delete from closed_days where library_id = %(library)s", MANAGERS),
    "change a price": ("update prices set hourly_price = 1 where library_id = %(library)s and zone_id is null",
                       MANAGERS),
    "take back an announcement": ("delete from announcements where library_id = %(library)s",
                                  (R, _, _, _, X, _, X, X)),
    "take back one to all": ("delete from announcements where library_id is null", (R, _, _, _, _, _, X, X)),
    "change an announcement": ("update announcements set title = 'Bye' where library_id = %(library)s",
                               (R, R, R, R, R, R, R, X)),
    "read a notification": ("update notifications set read_at = now() where user_id = %(owner)s and body ~ '10:00'",
                            (R, _, _, _, X, _, _, X)),
    "emit an event": (EMIT, (R, R, R, R, R, R, X, X)),
    "appoint an administrator": ("insert into platform_administrators values (%(student)s)",
                                 (R, R, R, R, R, R, R, X)),
}  # fmt: skip
FOR_NOBODY = {
    "book by hand": "insert into bookings select * from bookings where id = %(booking)s",
    "confirm by hand": "update bookings set status = 'completed' where id = %(booking)s",
    "change a price": "update bookings set total_amount = 0 where id = %(booking)s",
    "delete a booking": "delete from bookings where id = %(booking)s",
    "write history": "insert into booking_events select * from booking_events where booking_id = %(booking)s",
    "change history": "update booking_events set data = '{}' where booking_id = %(booking)s",
    "remove history": "delete from booking_events where booking_id = %(booking)s",
    "write prices of the past": "insert into price_changes (organisation_id, library_id, new)"
    " values (%(organisation)s, %(library)s, '{}')",
    "give away a pass": "update passes set user_id = auth.uid()",
    "give oneself a pass": "insert into passes select * from passes",
    "wait in another's name": "update seat_alerts set user_id = auth.uid()",
    "praise by hand": "update reviews set rating = 5",
    "write a review by hand": "insert into reviews select * from reviews",
    "change a code": "update seat_codes set code = 'aaaaaaaaaaaaaaaaaaaa'",
    "claim directly": "select claim_seat(null, null, null, now(), now(), 'confirmed', '', '', 'staff')",
    "read as anybody": "select booking_for(%(booking)s, '{guest}')",
    "tell anybody": "select kit.act_as('system')",
    "bend the law": "update kit.transitions set to_status = 'completed'",
}


@pytest.fixture
async def world(library: Any) -> World:
    other = await make_library(library.database, library.pool, library.operations, status="pending")
    removed = await make_library(library.database, library.pool, library.operations)
    await library.arrange("delete from platform_administrators where user_id <> %s", library.administrator.subject)
    student, stranger = await library.people(2)
    made, gone = await library.book(student), await library.book(student, **library.hours(14, 15))
    await library.call("remove_booking", library.administrator, booking_id=gone["id"])
    await library.call("remove_library", library.administrator, library_id=removed.id)
    bought = await library.call("buy_pass", student, library_id=library.id)
    alert = await library.call("alert_me", student, library_id=library.id, **library.hours())
    for announcer, place in ((library.owner, library.id), (library.administrator, None)):
        await library.call("announce", announcer, title="Hello", library_id=place)
    review = {"id": uuid4()}
    await library.arrange(
        "insert into reviews (id, organisation_id, library_id, booking_id, user_id, student_name, rating, text)"
        " values (%s, %s, %s, %s, %s, 'Ada B.', 5, 'Quiet')",
        review["id"], library.organisation, library.id, made["id"], student.subject,
    )  # fmt: skip
    await library.arrange(
        "insert into closed_days (organisation_id, library_id, first_day, last_day)"
        " values (%s, %s, '2031-01-01', '2031-01-02')", library.organisation, library.id,
    )  # fmt: skip
    people = {"guest": ANONYMOUS, "stranger": stranger, "student": student, "staff": library.staff,
              "owner": library.owner, "rival": other.owner, "administrator": library.administrator,
              "service": SERVICE}  # fmt: skip
    rows = {"library": library.id, "pending": other.id, "removed": removed.id, "zone": library.zones[0],
            "seat": library.seats[5], "organisation": library.organisation, "other": other.organisation,
            "booking": made["id"], "gone": gone["id"], "pass": bought["id"], "alert": alert["id"],
            "review": review["id"], "owner": library.owner.subject, "student": student.subject}  # fmt: skip
    assert tuple(people) == PEOPLE
    return World(library, people, rows)


async def test_everybody_sees_what_the_table_says(world: World) -> None:
    assert await world.matrix(SELECTS) == {name: expected for name, (_, expected) in SELECTS.items()}


async def test_everybody_writes_what_the_table_says(world: World) -> None:
    assert await world.matrix(WRITES) == {name: expected for name, (_, expected) in WRITES.items()}


async def test_nobody_writes_bookings_and_their_history_by_hand(world: World) -> None:
    assert await world.not_refused(FOR_NOBODY) == {}


async def test_every_table_is_protected_and_every_owner_function_fixes_its_search_path(world: World) -> None:
    assert await world.open_tables() == []
    assert await world.loose_functions() == []


async def test_of_no_change_the_server_asks_who_may_see_it(world: World) -> None:
    """Thousands of students listen: their rights are decided in process, from the claims and related rows."""
    checks = await asyncio.to_thread(check_policies, world.app.database.address, "supabase_realtime", PolicySettings())
    told = {check.subject: check.found for check in checks if "public." in check.subject}
    assert len(told) > 10
    assert {subject for subject, text in told.items() if "asked" in text} == set()


async def test_every_foreign_key_has_its_index(world: World) -> None:
    missing = await world.app.rows(
        "select c.conname from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace"
        " and not exists (select from pg_index i where i.indrelid = c.conrelid and i.indkey[0] = any (c.conkey))"
        " and c.confrelid <> 'auth.organisations'::regclass"
    )
    assert missing == []


async def test_what_staff_and_administrators_do_is_for_them_alone(world: World) -> None:
    library, rows = world.app, world.rows
    allowed = {
        "set_price": ({"library_id": rows["library"], "hourly_price": 1}, {"owner"}),
        "save_layout": ({"zone_id": rows["zone"], "seats": []}, {"owner"}),
        "answer_review": ({"review_id": rows["review"], "text": "Thanks"}, {"owner"}),
        "announce": ({"title": "Hello", "library_id": rows["library"]}, {"owner"}),
        "take_payment": ({"booking_id": rows["booking"]}, {"staff"}),
        "approve_library": ({"library_id": rows["pending"]}, {"administrator"}),
        "suspend_library": ({"library_id": rows["pending"], "reason": "dark"}, {"administrator"}),
        "remove_library": ({"library_id": rows["pending"]}, {"administrator"}),
        "remove_booking": ({"booking_id": rows["booking"]}, {"administrator"}),
        "emit_event": ({"event": "test"}, {"administrator"}),
    }
    done: dict[str, set[str]] = {name: set() for name in allowed}
    for name, (arguments, _) in allowed.items():
        for person in ("guest", "stranger", "student", "rival", "administrator", "staff", "owner"):
            answer = await library.call(name, world.people[person], **arguments)
            if isinstance(answer, dict | list):
                done[name].add(person)
    assert done == {name: people for name, (_, people) in allowed.items()}


async def test_roles_and_rooms_are_those_of_the_caller(world: World) -> None:
    library = world.app
    roles = {
        person: {row["role"] for row in await library.rows("select role from studyspot_roles() as role", claims=claims)}
        for person, claims in world.people.items()
        if person != "service"
    }
    assert roles == {
        "guest": set(), "stranger": {"student"}, "student": {"student"}, "staff": {"library_owner"},
        "owner": {"library_owner"}, "rival": {"library_owner"}, "administrator": {"admin"},
    }  # fmt: skip
    ask = (
        "select may_see_library(%s), may_see_library(%s) as pending, is_staff_of_library(%s),"
        " may_see_library('x') as unknown"
    )
    told = {
        person: tuple((await library.row(ask, str(library.id), str(world.rows["pending"]), str(library.id),
                                         claims=world.people[person])).values())
        for person in ("guest", "stranger", "staff", "rival", "administrator")
    }  # fmt: skip
    assert told == {
        "guest": (True, False, False, False), "stranger": (True, False, False, False),
        "staff": (True, False, True, False), "rival": (True, True, False, False),
        "administrator": (True, True, False, False),
    }  # fmt: skip
