"""Holding, confirming, moving and ending a booking, by its client and by staff."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.fixtures.application import Refusal, as_superuser


async def test_a_visitor_holds_a_slot_and_confirms_it(salon: Any) -> None:
    [visitor] = await salon.people(1)
    made = await salon.book(visitor)
    assert (made["status"], made["client_name"], made["total_price"]) == ("confirmed", "Ada", 40)
    assert made["link_token"]
    assert made["quote"]["total"] == 40
    assert await salon.events(made) == ["held", "confirmed"]


async def test_a_slot_is_one_persons_alone(salon: Any) -> None:
    first, second = await salon.people(2)
    slots = await salon.slots(salon.haircut, provider=salon.chairs[0])
    await salon.hold(first, slots[0])
    refused = await salon.hold(second, slots[0])
    assert (refused.status, refused.code) == (409, "slot_taken")
    assert refused.facts["next_free"]["starts_at"][:16] == (slots[0]["starts_at"] + timedelta(hours=1)).isoformat()[:16]
    left = await salon.slots(salon.haircut, provider=salon.chairs[0])
    # Thirty minutes and a buffer of ten, every thirty minutes: the next one is taken as well.
    assert [one["starts_at"] for one in slots[:2]] != [one["starts_at"] for one in left[:2]]
    assert left[0]["starts_at"] == slots[2]["starts_at"]


async def test_many_who_want_one_slot_get_one_and_no_error(salon: Any) -> None:
    people = await salon.people(12)
    slot = (await salon.slots(salon.haircut, provider=salon.chairs[0]))[0]
    answers = await asyncio.gather(*[salon.hold(person, slot) for person in people])
    assert sum(not isinstance(answer, Refusal) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Refusal)} == {"slot_taken"}


async def test_any_provider_is_whoever_is_free(salon: Any) -> None:
    people = await salon.people(3)
    slot = (await salon.slots(salon.haircut))[0]
    answers = await asyncio.gather(*[salon.hold(person, slot, provider_id=None) for person in people])
    made = [answer for answer in answers if not isinstance(answer, Refusal)]
    assert {one["provider_id"] for one in made} == {str(chair) for chair in salon.chairs}
    assert [answer.code for answer in answers if isinstance(answer, Refusal)] == ["slot_taken"]


async def test_the_rules_of_a_service_bind_whoever_asks_directly(salon: Any) -> None:
    [visitor] = await salon.people(1)
    slot = (await salon.slots(salon.haircut, provider=salon.chairs[0]))[0]
    for wrong in (timedelta(minutes=5), timedelta(hours=-5), timedelta(days=90), timedelta(days=-30)):
        refused = await salon.hold(visitor, {**slot, "starts_at": slot["starts_at"] + wrong})
        assert (refused.status, refused.code) == (409, "slot_not_offered"), wrong


async def test_one_person_holds_three_times_at_most(salon: Any) -> None:
    [visitor] = await salon.people(1)
    slots = await salon.slots(salon.haircut, provider=salon.chairs[0])
    for slot in slots[:6:2]:
        await salon.hold(visitor, slot)
    refused = await salon.hold(visitor, slots[6])
    assert (refused.status, refused.code) == (429, "too_many_holds")


async def test_a_hold_that_ran_out_is_free_for_the_next_and_cannot_be_confirmed(salon: Any) -> None:
    first, second = await salon.people(2)
    held = await salon.hold(first)
    await salon.make_due(held)
    assert (await salon.hold(second))["status"] == "held"
    late = await salon.call("confirm_booking", first, booking_id=held["id"], name="Ada", email="ada@example.org")
    assert (late.status, late.code, late.facts) == (409, "hold_expired", {"status": "expired"})
    assert await salon.events(held) == ["held", "expired"]


async def test_the_same_key_books_once_also_for_many_at_once(salon: Any) -> None:
    [visitor] = await salon.people(1)
    slot = (await salon.slots(salon.haircut, provider=salon.chairs[0]))[0]
    answers = await asyncio.gather(*[salon.hold(visitor, slot, key="once") for _ in range(20)])
    assert len({answer["id"] for answer in answers}) == 1


async def test_a_request_waits_for_staff(salon: Any) -> None:
    [visitor] = await salon.people(1)
    slots = await salon.slots(salon.advice, provider=salon.chairs[0])
    first, second = [await salon.book(visitor, slot, service_id=salon.advice) for slot in slots[:4:2]]
    assert first["status"] == "pending"
    refused = await salon.call("approve_booking", visitor, booking_id=first["id"])
    assert (refused.status, refused.code) == (404, "booking_unknown")
    assert (await salon.call("approve_booking", salon.staff, booking_id=first["id"]))["status"] == "confirmed"
    declined = await salon.call("decline_booking", salon.staff, booking_id=second["id"], reason="holiday")
    assert (declined["status"], declined["cancellation_reason"]) == ("declined", "holiday")
    assert await salon.events(first) == ["held", "requested", "confirmed"]
    again = await salon.call("approve_booking", salon.staff, booking_id=second["id"])
    assert (again.status, again.code) == (409, "transition_refused")


async def test_a_request_that_waited_too_long_cannot_be_approved(salon: Any) -> None:
    [visitor] = await salon.people(1)
    slot = (await salon.slots(salon.advice))[0]
    asked = await salon.book(visitor, slot, service_id=salon.advice)
    await salon.make_due(asked)
    assert (await salon.call("approve_booking", salon.staff, booking_id=asked["id"])).code == "hold_expired"


async def test_whoever_has_the_link_sees_moves_and_cancels(salon: Any) -> None:
    client, stranger = await salon.people(2)
    made = await salon.book(client)
    assert (await salon.call("cancellation_terms", stranger, booking_id=made["id"])).code == "booking_unknown"
    assert (await salon.call("open_booking_link", stranger, token="x" * 40)).code == "link_unknown"
    opened = await salon.call("open_booking_link", stranger, token=made["link_token"])
    assert opened["id"] == made["id"]
    slot = (await salon.slots(salon.haircut, provider=salon.chairs[1]))[3]
    moved = await salon.call(
        "reschedule_booking", stranger, booking_id=made["id"], starts_at=slot["starts_at"], provider_id=salon.chairs[1]
    )
    assert moved["provider_id"] == str(salon.chairs[1])
    terms = await salon.call("cancellation_terms", stranger, booking_id=made["id"])
    assert (terms["fee"], terms["refund"]) == (0, 0)  # in time, and nothing was paid
    cancelled = await salon.call("cancel_booking", stranger, booking_id=made["id"], reason="ill")
    assert cancelled["status"] == "cancelled"
    assert await salon.events(made) == ["held", "confirmed", "rescheduled", "cancelled"]


async def test_cancelling_late_costs_what_was_said_before(salon: Any) -> None:
    [client] = await salon.people(1)
    made = await salon.book(client)
    await salon.arrange("update services set free_until_hours = 240")
    assert (await salon.call("cancellation_terms", client, booking_id=made["id"]))["fee"] == 20
    assert (await salon.call("cancellation_terms", salon.staff, booking_id=made["id"]))["fee"] == 0


async def test_two_who_move_a_booking_at_once_are_told(salon: Any) -> None:
    [client] = await salon.people(1)
    made = await salon.book(client)
    slots = await salon.slots(salon.haircut, provider=salon.chairs[0])
    moves = [
        salon.call(
            "reschedule_booking", person, booking_id=made["id"], starts_at=slot["starts_at"], version=made["version"]
        )
        for person, slot in ((client, slots[4]), (salon.staff, slots[8]))
    ]
    answers = await asyncio.gather(*moves)
    [refused] = [answer for answer in answers if isinstance(answer, Refusal)]
    assert (refused.status, refused.code) == (409, "booking_changed")
    assert refused.facts["version"] > made["version"]


async def test_staff_move_outside_of_hours_and_never_onto_others(salon: Any) -> None:
    [client] = await salon.people(1)
    slots = await salon.slots(salon.haircut, provider=salon.chairs[0])
    first, second = [await salon.book(client, slot) for slot in slots[:6:3]]
    early = slots[0]["starts_at"] - timedelta(hours=2, minutes=7)
    moved = await salon.call("reschedule_booking", salon.staff, booking_id=first["id"], starts_at=early)
    assert moved["starts_at"][:16] == early.isoformat()[:16]
    refused = await salon.call("reschedule_booking", salon.staff, booking_id=first["id"], starts_at=second["starts_at"])
    assert (refused.status, refused.code) == (409, "slot_taken")


async def test_staff_book_for_a_caller_check_in_and_complete(salon: Any) -> None:
    slot = (await salon.slots(salon.haircut, provider=salon.chairs[0]))[0]
    by_phone = {"service_id": salon.haircut, "provider_id": slot["provider_id"], "starts_at": slot["starts_at"]}
    made = await salon.call(
        "book_for_client", salon.staff, **by_phone, name="Bo", email="bo@example.org", notes="short"
    )
    assert (made["status"], made["client_name"], made["notes"]) == ("confirmed", "Bo", "short")
    assert (await salon.call("check_in_booking", salon.staff, booking_id=made["id"])).code == "check_in_closed"
    await salon.arrange("update bookings set starts_at = now() - interval '5 min', ends_at = now() + interval '25 min'"
                        " where id = %s", made["id"])  # fmt: skip
    assert (await salon.call("check_in_booking", salon.staff, booking_id=made["id"]))["status"] == "checked_in"
    done = await salon.call("complete_booking", salon.staff, booking_id=made["id"])
    assert done["status"] == "completed"
    assert (
        await salon.row("select ends_at < now() + interval '1 s' as early from bookings where id = %s", done["id"])
    )["early"]
    stranger = (await salon.people(1))[0]
    refused = await salon.call("book_for_client", stranger, **by_phone, name="Bo", email="bo@example.org")
    assert (refused.status, refused.code) == (404, "service_unknown")


async def test_what_is_over_ends_by_itself(salon: Any) -> None:
    client, other = await salon.people(2)
    slots = await salon.slots(salon.haircut, provider=salon.chairs[0])
    missed, missing_rule = await salon.book(client, slots[0]), await salon.book(other, (await salon.slots(
        salon.haircut, provider=salon.chairs[1]))[0])  # fmt: skip
    await salon.arrange("update providers set grace_minutes = null where id = %s", salon.chairs[1])
    await salon.arrange("update bookings set starts_at = now() - interval '2 h', ends_at = now() - interval '1 h'")
    assert (await salon.row("select settle_due_bookings() as settled"))["settled"] == 2
    rows = await salon.rows("select id::text, status from bookings")
    assert {row["id"]: row["status"] for row in rows} == {missed["id"]: "no_show", missing_rule["id"]: "completed"}
    assert (await salon.row("select settle_due_bookings() as settled"))["settled"] == 0


async def test_clients_are_reminded_once(salon: Any) -> None:
    [client] = await salon.people(1)
    made = await salon.book(client)
    await salon.arrange("update bookings set starts_at = now() + interval '20 h', ends_at = now() + interval '21 h',"
                        " created_at = now() - interval '3 days' where id = %s", made["id"])  # fmt: skip
    assert [(await salon.row("select remind_of_bookings() as sent"))["sent"] for _ in range(2)] == [1, 0]
    assert (await salon.events(made))[-1] == "reminder_sent"
    told = await salon.rows("select link from notifications where title = 'Reminder of tomorrow'", claims=client)
    assert told == [{"link": f"/my-bookings/{made['id']}"}]
    assert "Reminder of tomorrow" in [title for title, _ in await mails_to("ada@example.org", salon)]


async def test_a_forgotten_client_leaves_no_name(salon: Any) -> None:
    [client] = await salon.people(1)
    made = await salon.book(client)
    refused = await salon.call("forget_client", client, client_id=made["client_id"])
    assert (refused.status, refused.code) == (404, "client_unknown")
    assert len(await mails_to("ada@example.org", salon)) == 1
    assert await salon.call("forget_client", salon.staff, client_id=made["client_id"]) == {"removed": True}
    assert await mails_to("ada@example.org", salon) == []
    rows = await salon.rows("select row_to_json(b)::text || row_to_json(c)::text as text from bookings b, clients c")
    assert [part for part in ("Ada", "ada@") if part in rows[0]["text"]] == []
    assert (await salon.call("open_booking_link", client, token=made["link_token"])).code == "link_unknown"


async def test_of_a_forgotten_client_no_answer_is_kept_for_its_key(salon: Any) -> None:
    [client] = await salon.people(1)
    slots = await salon.slots(salon.haircut, provider=salon.chairs[0])
    made = []
    for key, slot, name in (("forgotten", slots[0], "Ada"), ("kept", slots[-1], "Bo")):
        wanted = {"service_id": salon.haircut, "provider_id": slot["provider_id"], "starts_at": slot["starts_at"]}
        address = f"{key}@example.org"
        made.append(
            await salon.call("book_for_client", salon.staff, **wanted, name=name, email=address, key=f"staff {key}")
        )
    await salon.hold(client, slots[4], key="hold")
    await salon.call("forget_client", salon.staff, client_id=made[0]["client_id"])
    async with as_superuser(salon.database) as sql:
        cursor = await sql.execute("select key, answer::text like '%%Ada%%' from kit.idempotency_keys order by key")
        assert await cursor.fetchall() == [("hold", False), ("staff kept", False)]


async def test_of_a_forgotten_client_the_log_says_what_happened_but_not_to_whom_or_why(salon: Any) -> None:
    [client] = await salon.people(1)
    made = await salon.book(client)
    await salon.call("add_booking_note", salon.staff, booking_id=made["id"], text="Ada prefers tea")
    await salon.call("cancel_booking", client, booking_id=made["id"], reason="Ada is ill")
    await salon.call("forget_client", salon.staff, client_id=made["client_id"])
    rows = await salon.rows(
        "select to_json(e)::text as text from booking_events e union all select to_json(b)::text from bookings b"
    )
    assert [part for row in rows for part in ("Ada", str(client.subject)) if part in row["text"]] == []
    assert await salon.events(made) == ["held", "confirmed", "note_added", "cancelled"]
    counted = await salon.call("booking_statistics", salon.staff, organisation_id=salon.organisation)
    assert [(day["event_type"].removeprefix("booking."), day["events"]) for day in counted] == [
        ("cancelled", 1), ("confirmed", 1), ("held", 1), ("note_added", 1),
    ]  # fmt: skip
    assert await salon.call("booking_statistics", client, organisation_id=salon.organisation) == []


async def test_staff_book_for_themselves_as_anybody_does(salon: Any) -> None:
    made = await salon.book(salon.staff)
    assert (made["status"], made["client_user_id"]) == ("confirmed", salon.staff.subject)


async def test_staff_confirm_requests_and_nobodys_hold(salon: Any) -> None:
    [client] = await salon.people(1)
    held = await salon.hold(client)
    assert (await salon.call("approve_booking", salon.staff, booking_id=held["id"])).status == 409
    assert (await salon.row("select status from bookings where id = %s", held["id"]))["status"] == "held"


@pytest.mark.parametrize("at", ["infinity", "-infinity"])
async def test_a_time_that_never_comes_is_refused_at_once(salon: Any, at: str) -> None:
    [client] = await salon.people(1)
    made = await salon.book(client)
    for statement, named in (("hold_booking(%s, %s)", salon.haircut), ("reschedule_booking(%s, %s)", made["id"])):
        with pytest.raises(psycopg.Error, match="not offered at that time"):
            await salon.rows(f"select {statement}", named, at, claims=client)


async def test_the_data_api_stores_no_longer_texts_than_operations_do(salon: Any) -> None:
    [client] = await salon.people(1)
    held = await salon.hold(client)
    long = "x" * 2001
    for statement, person in (
        ("confirm_booking(%(id)s, 'A', 'a@example.org', null, null, %(long)s)", client),
        ("cancel_booking(%(id)s, %(long)s)", client),
        ("add_booking_note(%(id)s, %(long)s)", salon.staff),
    ):
        with pytest.raises(psycopg.errors.CheckViolation):
            await salon.count(f"select {statement}", {"id": held["id"], "long": long}, claims=person)


async def test_notes_are_for_those_who_work_there(salon: Any) -> None:
    [client] = await salon.people(1)
    made = await salon.book(client)
    await salon.call("add_booking_note", salon.staff, booking_id=made["id"], text="prefers tea")
    statement = "select event_type from booking_events where booking_id = %s and internal"
    assert len(await salon.rows(statement, made["id"], claims=salon.staff)) == 1
    assert await salon.rows(statement, made["id"], claims=client) == []


async def test_staff_are_told_of_what_clients_do_and_clients_of_what_others_do(salon: Any) -> None:
    [client] = await salon.people(1)
    slot = (await salon.slots(salon.advice, provider=salon.chairs[0]))[0]
    asked = await salon.book(client, slot, service_id=salon.advice)
    told = "select kind, link from notifications order by created_at"
    for person in (salon.owner, salon.staff):
        [row] = await salon.rows(told, claims=person)
        assert (row["kind"], row["link"]) == ("booking.requested", f"/calendar?booking={asked['id']}")
    assert await salon.rows(told, claims=client) == []
    await salon.call("approve_booking", salon.staff, booking_id=asked["id"])
    [row] = await salon.rows(told, claims=client)
    assert (row["kind"], row["link"]) == ("booking.confirmed", f"/my-bookings/{asked['id']}")


async def mails_to(address: str, salon: Any) -> list[Any]:
    """Return title and link of each mail to an address."""
    async with as_superuser(salon.database) as sql:
        drafts = "select draft ->> 'title', draft ->> 'link' from millstream.mails where recipient = %s"
        return await (await sql.execute(drafts, (address,))).fetchall()


async def test_each_mail_brings_a_link_that_opens_the_booking(salon: Any) -> None:
    client, other = await salon.people(2)
    made = await salon.book(client)
    [(title, link)] = await mails_to("ada@example.org", salon)
    assert title == "Booking confirmed"
    opened = await salon.call("open_booking_link", other, token=link.removeprefix("/booking/"))
    assert opened["id"] == made["id"]


async def test_old_links_and_what_was_received_go_by_themselves(salon: Any) -> None:
    [client] = await salon.people(1)
    made = await salon.book(client)
    await salon.call("open_booking_link", client, token=made["link_token"])
    assert (await salon.row("select remove_old_traces() as gone"))["gone"] == 0
    await salon.arrange("update bookings set starts_at = now() - interval '40 d', ends_at = now() - interval '39 d'")
    assert (await salon.row("select remove_old_traces() as gone"))["gone"] >= 3
    assert (await salon.call("open_booking_link", client, token=made["link_token"])).code == "link_unknown"
