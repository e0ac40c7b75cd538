"""Bookings with the whole server: who hears which change live, and what a webhook's receiver gets."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import Any

from apps.bookings.tests.conftest import Served, make_salon
from apps.bookings.tests.test_policies import PEOPLE
from millstream.identity import Claims
from millstream.policy.ways import Way, ways_of
from millstream.webhooks.observations import WebhookAttempted
from millstream_apps.bookings.demo_data.catalogue import demo_id

TABLES = ("bookings", "booking_events", "clients", "booking_viewers", "notifications", "providers")
HEARD: dict[str, tuple[int, ...]] = {
    # person              bookings events clients viewers notifications providers
    "guest": (0, 0, 0, 0, 0, 1),
    "stranger": (0, 0, 0, 0, 0, 1),
    "client": (1, 1, 0, 0, 1, 1),
    "viewer": (1, 1, 0, 0, 0, 1),
    "staff": (1, 2, 1, 0, 0, 1),
    "owner": (1, 2, 1, 0, 0, 1),
    "rival": (0, 0, 0, 0, 0, 1),
}
TOPIC = "realtime:matrix"


BINDINGS = [{"event": "*", "schema": "public", "table": table} for table in (*TABLES, "slot_changes")]
FOR_GUESTS = [one for one in BINDINGS if one["table"] in {"providers", "slot_changes"}]
BEFORE, AFTER = "1999-01-01", "2000-01-01"
MARK = "insert into slot_changes (provider_id, day) values (%s, %s)"


async def listen(served: Served, socket: Any, person: Claims | None) -> None:
    """Follow all that somebody may ask for, until it flows."""
    token = {} if person is None else {"access_token": served.token(person)}
    bindings = FOR_GUESTS if person is None else BINDINGS
    reply = await socket.join(TOPIC, {"postgres_changes": bindings}, **token)
    assert reply[4]["status"] == "ok", reply
    assert (await socket.hear_event("system"))[4]["status"] == "ok"


async def heard_until(socket: Any, day: str) -> tuple[int, ...]:
    """Return how many changes of each table came before the mark."""
    counts = dict.fromkeys(TABLES, 0)
    while True:
        change = (await socket.hear_event("postgres_changes"))[4]["data"]
        if change["table"] != "slot_changes":
            counts[change["table"]] += 1
        elif change["record"]["day"] == day:
            return tuple(counts.values())


async def test_each_person_hears_live_what_the_person_may_see(served: Served) -> None:
    salon = served.salon
    rival = await make_salon(salon.database, salon.pool, salon.operations)
    client, viewer, stranger = await salon.people(3)
    made = await salon.book(client)
    await salon.call("open_booking_link", viewer, token=made["link_token"])
    people = {"guest": None, "stranger": stranger, "client": client, "viewer": viewer, "staff": salon.staff,
              "owner": salon.owner, "rival": rival.owner}  # fmt: skip
    async with AsyncExitStack() as stack:
        sockets = {name: await stack.enter_async_context(served.project.connect()) for name in people}
        # What happened before the joins is past when this is heard.
        async with served.project.connect() as early:
            await listen(served, early, None)
            await salon.arrange(MARK, salon.chairs[0], BEFORE)
            await heard_until(early, BEFORE)
        for name, person in people.items():
            await listen(served, sockets[name], person)
        await salon.call("check_in_booking", salon.staff, booking_id=made["id"])  # refused: too early, nothing is heard
        await salon.arrange("update clients set phone = '1' where id = %s", made["client_id"])
        await salon.call("add_booking_note", salon.staff, booking_id=made["id"], text="tea")
        await salon.call("cancel_booking", salon.staff, booking_id=made["id"])
        await salon.arrange("update providers set headline = 'New' where id = %s", salon.chairs[0])
        await salon.arrange(MARK, salon.chairs[0], AFTER)
        heard = {name: await heard_until(socket, AFTER) for name, socket in sockets.items()}
    assert heard == HEARD
    assert set(HEARD) == set(PEOPLE) - {"service"}


async def test_whoever_works_there_no_more_hears_nothing_of_what_comes_after(served: Served) -> None:
    salon, [client] = served.salon, await served.salon.people(1)
    made = await salon.book(client)
    note = "update bookings set notes = %s where id = %s"
    async with served.project.connect() as socket:
        await listen(served, socket, salon.staff)
        await salon.arrange(note, "before", made["id"])
        await salon.arrange(MARK, salon.chairs[0], BEFORE)
        assert (await heard_until(socket, BEFORE))[0] > 0  # and what was booked, if the log is behind
        await salon.arrange("delete from auth.memberships where user_id = %s", salon.staff.subject)
        await salon.arrange(note, "after", made["id"])
        await salon.arrange("update clients set phone = '2' where id = %s", made["client_id"])
        await salon.arrange(MARK, salon.chairs[0], AFTER)
        assert await heard_until(socket, AFTER) == (0,) * len(TABLES)


async def test_one_step_of_a_booking_is_one_signed_webhook_with_its_whole_story(served: Served) -> None:
    salon, [client] = served.salon, await served.salon.people(1)
    secrets = (await served.endpoint(f"/api/demo/receiver/{salon.organisation}"))["secrets"]
    await salon.arrange(
        "insert into receivers (organisation_id, secrets) values (%s, %s)",
        salon.organisation, [one["secret"] for one in secrets if one["secret"].startswith("whsec_")],
    )  # fmt: skip
    made = await salon.book(client)
    await served.project.witness.saw(WebhookAttempted, lambda one: one.status == "delivered")
    await salon.call("cancel_booking", client, booking_id=made["id"], reason="ill")
    await served.project.witness.saw(WebhookAttempted, lambda one: one.status == "delivered", times=2)
    rows = await salon.rows("select * from received_webhooks order by id", claims=salon.owner)
    assert [(row["event_type"], row["verified"], row["answered"]) for row in rows] == [
        ("booking.confirmed", True, 200),
        ("booking.cancelled", True, 200),
    ]
    data = rows[0]["body"]["data"]
    logged = await salon.row("select id from booking_events where event_type = 'booking.confirmed'")
    assert (data["event_id"], data["source"]) == (str(logged["id"]), "contract-management-system")
    assert data["booking_details"]["booking_number"] == made["booking_number"]
    assert data["client_info"] == {"id": made["client_id"], "name": "Ada", "email": "ada@example.org"}
    assert data["provider_info"]["company_name"] == "Salon"
    assert data["booking_event"]["new_status"] == "confirmed"
    assert "/booking/" in data["booking_details"]["cancel_link"]


async def test_a_receiver_that_fails_is_tried_again_and_the_owner_sees_it(served: Served) -> None:
    salon, [client] = served.salon, await served.salon.people(1)
    await served.endpoint(f"/api/demo/receiver/{salon.organisation}")
    await salon.arrange("insert into receivers (organisation_id, secrets) values (%s, '{}')", salon.organisation)
    await salon.call("receiver_behaviour", salon.owner, organisation_id=salon.organisation, mode="fail")
    await salon.book(client)
    await served.project.witness.saw(WebhookAttempted, lambda one: one.status == "failed")
    rows = await salon.rows("select attempt, verified, answered from received_webhooks order by id")
    assert [(row["attempt"], row["verified"], row["answered"]) for row in rows] == [(n, False, 401) for n in (1, 2, 3)]
    logs = await salon.rows("select status, http_status from webhook_logs order by attempted_at", claims=salon.owner)
    assert [(row["status"], row["http_status"]) for row in logs] == [
        ("retrying", 401),
        ("retrying", 401),
        ("failed", 401),
    ]
    assert await salon.rows("select * from webhook_logs", claims=salon.staff) == []
    refused = await salon.call("receiver_behaviour", salon.staff, organisation_id=salon.organisation, mode="ok")
    assert (refused.status, refused.code) == (404, "receiver_unknown")
    # The names of the guide put it back into the queue.
    assert (await salon.row("select retry_failed_webhooks(3) as queued"))["queued"] == 1


async def test_of_what_anybody_posts_to_a_receiver_nothing_is_kept_but_that_it_came(served: Served) -> None:
    salon, path = served.salon, f"/api/demo/receiver/{served.salon.organisation}"
    await salon.arrange("insert into receivers (organisation_id, secrets) values (%s, '{}')", salon.organisation)
    long = "x" * 5000
    for body in (b"[" * 100_000, b'{"type": "\\ud800"}', b'{"type": "\\u0000"}', b'{"type": "%s"}' % long.encode()):
        assert (await served.http("POST", path, data=body, headers={"webhook-id": long}))[0] == 401
    rows = await salon.rows(
        "select event_type, body, webhook_id, headers ->> 'webhook-id' as shown from received_webhooks"
    )
    assert {(row["event_type"], row["body"], row["webhook_id"], row["shown"]) for row in rows} == {
        (None, None, long[:500], long[:500])
    }
    assert len(rows) == 4


async def test_an_event_from_outside_joins_the_log_once_and_is_delivered(served: Served) -> None:
    salon, [client] = served.salon, await served.salon.people(1)
    made = await salon.book(client)
    record = {
        "id": str(demo_id("outside")),
        "booking_id": made["id"],
        "event_type": "parcel.sent",
        "description": "Sent",
    }
    path, known = "/api/webhooks/booking-events", {"authorization": "Bearer the secret of the guide"}
    assert (await served.http("GET", path))[1]["status"] == "ok"
    assert (await served.http("POST", path, json={"record": record}))[0] == 401
    assert (await served.http("POST", path, json={"record": {}}, headers=known))[0] == 422
    answers = [await served.http("POST", path, json={"record": record}, headers=known) for _ in range(2)]
    assert [(status, body["duplicate"]) for status, body in answers] == [(200, False), (200, True)]
    assert (await salon.events(made))[-1] == "parcel.sent"
    gone = {**record, "id": str(demo_id("other")), "booking_id": str(demo_id("nothing"))}
    assert (await served.http("POST", path, json={"record": gone}, headers=known))[0] == 404


async def test_a_logged_event_can_be_delivered_again_by_those_who_manage(served: Served) -> None:
    salon, [client] = served.salon, await served.salon.people(1)
    made = await salon.book(client)
    event = await salon.row("select id from booking_events where new_status = 'confirmed'")
    again = {"event_id": str(event["id"])}
    assert await served.http("POST", "/functions/v1/booking-event-webhook", salon.owner, json=again) == (
        200,
        {"queued": True},
    )
    assert (await served.http("POST", "/functions/v1/booking-event-webhook", client, json=again))[0] == 404
    sent = await salon.row("select manually_trigger_webhook('booking_events', %s) as sent", str(event["id"]))
    assert sent["sent"]
    assert made["status"] == "confirmed"


async def test_the_event_log_is_a_file_of_what_the_caller_may_see(served: Served) -> None:
    salon, [client] = served.salon, await served.salon.people(1)
    made = await salon.book(client)
    await salon.call("add_booking_note", salon.staff, booking_id=made["id"], text="=1+1")
    status, text = await served.http(
        "GET", f"/api/booking-events.csv?organisation_id={salon.organisation}", salon.staff
    )
    assert status == 200
    assert [line.split(",")[1] for line in text.splitlines()] == [
        "event_type", "booking.held", "booking.confirmed", "booking.note_added",
    ]  # fmt: skip
    assert "'=1+1" in text
    status, rows = await served.http("GET", f"/api/booking-events.json?booking_id={made['id']}", client)
    assert [row["event_type"] for row in rows] == ["booking.held", "booking.confirmed"]
    assert (await served.http("GET", "/api/booking-events.json"))[0] == 403


async def test_the_server_says_whom_it_takes_the_caller_for(served: Served) -> None:
    [client] = await served.salon.people(1)
    path = "/functions/v1/session_status"
    status, known = await served.http("POST", path, client, json={})
    assert (status, known["signed_in"], known["user_id"]) == (200, True, client.subject)
    guest = (await served.http("POST", path, json={}))[1]
    assert (guest["signed_in"], guest["role"], guest["user_id"]) == (False, "anon", None)


async def test_calendars_read_a_secret_feed_and_the_file_of_a_link(served: Served) -> None:
    salon, [client] = served.salon, await served.salon.people(1)
    made = await salon.book(client)
    own = await salon.call("share_calendar", client)
    chair = await salon.call("share_calendar", salon.staff, provider_id=salon.chairs[0])
    foreign = await salon.call("share_calendar", (await salon.people(1))[0], provider_id=salon.chairs[0])
    for path in (own["path"], chair["path"], f"/api/booking/{made['link_token']}.ics"):
        status, text = await served.http("GET", path)
        assert status == 200, (path, text)
        assert "SUMMARY:Haircut with Chair" in text
        assert "TZID=Europe/Madrid" in text
    assert "VEVENT" not in (await served.http("GET", foreign["path"]))[1]
    await salon.call("cancel_booking", client, booking_id=made["id"])
    assert "STATUS:CANCELLED" in (await served.http("GET", own["path"]))[1]
    assert (await served.http("GET", "/api/calendar/nobody-knows-this-secret-at-all.ics"))[0] == 404
    assert (await served.http("GET", "/api/booking/nobody-knows-this-token.ics"))[0] == 404


async def test_dashboards_hear_figures_that_follow_and_others_hear_none(served: Served) -> None:
    salon, [client] = served.salon, await served.salon.people(1)
    config = {"private": True}

    async def figures(socket: Any) -> Any:
        while (message := await socket.hear_event("broadcast"))[4]["event"] != "value":
            pass
        return message[4]["payload"]["rows"]

    async with AsyncExitStack() as stack:
        heard = {}
        for view in ("booking_figures", "event_volume", "webhook_figures"):
            socket = heard[view] = await stack.enter_async_context(served.project.connect())
            topic = f"realtime:view:{view}:{salon.organisation}"
            assert (await socket.join(topic, config, access_token=served.token(salon.owner)))[4]["status"] == "ok"
            refused = await socket.join(topic, config, access_token=served.token(client))
            assert refused[4]["status"] == "error"
            assert (await socket.join(topic, config, access_token=served.token(salon.owner)))[4]["status"] == "ok"
        [first] = await figures(heard["booking_figures"])
        assert (first["upcoming"], first["being_booked"]) == (0, 0)
        assert len(await figures(heard["event_volume"])) == 24
        assert (await figures(heard["webhook_figures"]))[0]["total_sent"] == 0
        await salon.book(client)
        while (await figures(heard["booking_figures"]))[0]["upcoming"] != 1:
            pass
        # Of all hours: the clock may strike between the booking and the run.
        while sum(hour["confirmed"] for hour in await figures(heard["event_volume"])) != 1:
            pass


async def test_who_may_see_a_change_is_decided_without_asking_postgresql(served: Served) -> None:
    ways = [one for one in ways_of(served.project.project.catalog.current) if one.table.startswith("public.")]
    assert {"public.bookings", "public.booking_events", "public.clients"} <= {one.table for one in ways}
    assert [one for one in ways if one.way not in {Way.FIXED, Way.INDEX, Way.IN_PROCESS}] == []
