"""What somebody tries who wants what is not his: other people's bookings, prices of no number, endless questions."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from apps.studyspot.tests.conftest import Library, make_library
from millstream.identity import ANONYMOUS, Claims
from millstream.postgres.transaction import as_caller
from tests.fixtures.application import Refusal

STEPS = ("confirm_booking", "release_booking", "cancel_booking", "cancellation_terms", "change_booking", "check_in",
         "check_out", "mark_no_show", "take_payment", "write_review")  # fmt: skip


async def refused(library: Library, claims: Claims, statement: str, *parameters: Any, **named: Any) -> str | None:
    """Run a statement as somebody, which has to fail; return the SQLSTATE."""
    with pytest.raises(psycopg.Error) as raised:
        async with as_caller(library.pool, claims) as sql:
            await sql.execute(statement.encode(), named or parameters)
    return raised.value.sqlstate


async def test_a_booking_is_unknown_to_all_but_its_student_and_staff(library: Library) -> None:
    student, stranger = await library.people(2)
    rival = await make_library(library.database, library.pool, library.operations)
    booked = await library.book(student)
    for person in (stranger, rival.owner, library.administrator):
        for step in STEPS:
            more = {"rating": 1} if step == "write_review" else {}
            answer = await library.call(step, person, booking_id=booked["id"], **more)
            assert answer == Refusal(404, "booking_unknown", {}), (step, answer)
        assert (await library.call("check_in_by_code", person, code=booked["entry_code"])).code == "code_wrong"
    for step in ("mark_no_show", "take_payment", "remove_booking"):
        assert (await library.call(step, student, booking_id=booked["id"])).status in {403, 404}, step
    assert await library.events(booked) == ["created"]


async def test_who_manages_one_library_does_nothing_in_another(library: Library) -> None:
    rival = await make_library(library.database, library.pool, library.operations)
    until = datetime.now(UTC) + timedelta(hours=1)
    seat = {"label": "Z9", "x": 1, "y": 1}
    for operation, arguments in (
        ("book_walk_in", {"seat_id": library.seats[0], "end_time": until}),
        ("set_price", {"library_id": library.id, "hourly_price": 1}),
        ("set_price", {"library_id": rival.id, "zone_id": library.zones[0], "hourly_price": 1}),
        ("save_layout", {"zone_id": library.zones[0], "seats": [seat]}),
        ("save_layout", {"zone_id": str(library.id), "seats": [seat]}),
        ("announce", {"title": "x", "body": "", "severity": "info", "library_id": library.id}),
        ("announce", {"title": "x", "body": "", "severity": "info"}),
        ("approve_library", {"library_id": rival.id}),
        ("remove_library", {"library_id": library.id}),
    ):
        answer = await library.call(operation, rival.owner, **arguments)
        assert isinstance(answer, Refusal), operation
        assert answer.status in {403, 404, 409}, (operation, answer)
    moved = await rival.call(
        "save_layout", rival.owner, zone_id=rival.zones[0], seats=[{"id": library.seats[0], **seat}]
    )
    assert [row["id"] for row in moved] == list(map(str, rival.seats[:4]))
    booked = await library.book((await library.people(1))[0])
    answer = await library.call("change_booking", library.staff, booking_id=booked["id"], seat_id=rival.seats[0])
    assert answer.code == "seat_unknown"


async def test_prices_are_numbers(library: Library) -> None:
    for price in ("NaN", "-1", "10000000000"):
        assert await refused(library, library.owner, "select set_price(%s, null, %s)", library.id, price) in {
            "23514", "22003"}  # fmt: skip
        for column in ("hourly_price", "day_price", "month_price"):
            statement = f"update prices set {column} = %s where library_id = %s and zone_id is null"
            assert await refused(library, library.owner, statement, price, library.id) in {"23514", "22003"}
    row = await library.row("select hourly_price from prices where library_id = %s and zone_id is null", library.id)
    assert row["hourly_price"] == 40


QUESTIONS = (
    "select * from opening_of(%(library)s, 'infinity')",
    "select open_hours(%(library)s, '-infinity', 'infinity')",
    "select open_hours(%(library)s, '0001-01-01', '99999-12-31')",
    "select * from seat_day(%(seat)s, 'infinity')",
    "select * from seats_at(%(library)s, now(), 'infinity')",
    "select * from seats_at(%(library)s, '-infinity', 'infinity')",
    "select * from seats_at(%(library)s, '294270-01-01', '294270-01-01 01:00')",
    "select quote_seat(%(seat)s, '-infinity', 'infinity')",
    "select quote_seat(%(seat)s, now(), now() + interval '999 years')",
)


async def test_no_question_of_a_guest_takes_long(library: Library) -> None:
    for question in QUESTIONS:
        async with library.pool.connection() as sql, sql.transaction(force_rollback=True):
            await sql.execute("set local statement_timeout = '5s'")
            await sql.execute("set local role anon")
            with contextlib.suppress(psycopg.DataError, psycopg.ProgrammingError):  # not QueryCanceled
                await sql.execute(question.encode(), {"library": library.id, "seat": library.seats[0]})


async def test_what_is_behind_the_functions_is_nobodys_to_write(library: Library) -> None:
    student = (await library.people(1))[0]
    booked = await library.book(student)
    for person in (ANONYMOUS, student, library.staff, library.owner, library.administrator):
        for statement in (
            "update bookings set total_amount = 0, status = 'completed' where id = %(id)s",
            "insert into bookings (id) values (%(id)s)",
            "delete from bookings where id = %(id)s",
            "insert into booking_events (id) values (%(id)s)",
            "update libraries set status = 'approved'",
            "update libraries set organisation_id = %(id)s",
            "insert into platform_administrators values (%(id)s)",
            "update seats set library_id = %(id)s",
            "select public.take_seat(%(id)s, now(), now(), 'confirmed')",
            "select settle_due_bookings()",
            "select kit.act_as('system')",
        ):
            assert await refused(library, person, statement, id=booked["id"]) == "42501", (person, statement)


async def test_whoever_works_there_may_be_a_student_there(library: Library) -> None:
    held = await library.hold(library.staff)
    confirmed = await library.call("confirm_booking", library.staff, booking_id=held["id"], name="Sam")
    assert (confirmed["status"], confirmed["source"]) == ("confirmed", "student")


async def test_a_visit_that_never_was_is_not_reviewed(library: Library) -> None:
    student = (await library.people(1))[0]
    booked = await library.book(student)
    # Shorter than the grace, so that it is over before it could be given up.
    await library.begin(booked, -29, length=29, made=5)
    await library.rows("select settle_due_bookings()")
    assert (await library.row("select status from bookings where id = %s", booked["id"]))["status"] == "completed"
    answer = await library.call("write_review", student, booking_id=booked["id"], rating=1)
    assert answer.code == "review_not_open"
