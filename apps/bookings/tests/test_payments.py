"""Paying before a booking is confirmed, too late, twice, and getting money back."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest

from tests.fixtures.application import as_superuser


@pytest.fixture
async def asked(salon: Any) -> Any:
    """A booking that waits for its payment, with the id of that."""
    await salon.arrange("update services set payment = 'online' where id = %s", salon.haircut)
    [client] = await salon.people(1)
    made = await salon.book(client)
    assert (made["status"], made["payment_status"]) == ("pending", "awaiting")
    [payment] = await salon.rows("select * from payments", claims=client)
    return client, made, payment


async def outcome(salon: Any, payment: Any) -> tuple[str, str, str, str]:
    row = await salon.row(
        "select p.status as paid, p.outcome, b.status, b.payment_status"
        " from payments p join bookings b on b.id = p.booking_id where p.id = %s",
        payment["id"],
    )
    return row["paid"], row["outcome"], row["status"], row["payment_status"]


async def test_a_paid_booking_is_confirmed_once_however_often_the_notice_comes(salon: Any, asked: Any) -> None:
    _, made, payment = asked
    for _ in range(3):
        await salon.rows("select kit.confirm_payment(%s, 'r')", payment["id"])
    assert await outcome(salon, payment) == ("confirmed", "kept", "confirmed", "paid")
    assert await salon.events(made) == ["held", "requested", "confirmed"]


async def test_a_late_payment_claims_the_time_again_or_goes_back(salon: Any, asked: Any) -> None:
    _, made, payment = asked
    await salon.make_due(made)
    await salon.rows("select kit.expire_due('public.bookings')")
    await salon.rows("select kit.confirm_payment(%s, 'r')", payment["id"])
    assert await outcome(salon, payment) == ("confirmed", "kept", "confirmed", "paid")


async def test_a_late_payment_for_a_time_that_somebody_else_has_goes_back(salon: Any, asked: Any) -> None:
    _, made, payment = asked
    await salon.make_due(made)
    [other] = await salon.people(1)
    assert (await salon.hold(other))["status"] == "held"
    await salon.rows("select kit.confirm_payment(%s, 'r')", payment["id"])
    assert (await outcome(salon, payment))[:3] == ("confirmed", "refunded", "expired")
    [refund] = await salon.rows("select amount from kit.refunds")
    assert refund["amount"] == payment["amount"]


async def test_cancelling_in_time_gives_the_money_back(salon: Any, asked: Any) -> None:
    client, made, payment = asked
    await salon.rows("select kit.confirm_payment(%s, 'r')", payment["id"])
    assert (await salon.call("cancellation_terms", client, booking_id=made["id"]))["refund"] == 40
    cancelled = await salon.call("cancel_booking", client, booking_id=made["id"])
    assert (cancelled["refund_amount"], cancelled["payment_status"]) == (40, "refunded")
    [refund] = await salon.rows("select amount from kit.refunds")
    assert refund["amount"] == 40


async def test_staff_take_money_at_the_place_once(salon: Any) -> None:
    [client] = await salon.people(1)
    made = await salon.book(client)
    assert (await salon.call("take_payment", client, booking_id=made["id"])).code == "booking_unknown"
    assert (await salon.call("take_payment", salon.staff, booking_id=made["id"]))["payment_status"] == "paid"
    assert (await salon.call("take_payment", salon.staff, booking_id=made["id"])).code == "already_paid"
    assert len(await salon.rows("select id from payments", claims=salon.owner)) == 1


async def test_the_demo_pays_without_money_and_nobody_else_does(salon: Any, asked: Any) -> None:
    client, made, payment = asked
    refused = await salon.call("pay_booking", client, booking_id=made["id"])
    assert (refused.status, refused.code) == (409, "payment_unknown")
    await salon.arrange('update auth.organisations set settings = \'{"environment": "demo"}\'')
    assert (await salon.call("pay_booking", salon.staff, booking_id=made["id"])).code == "booking_unknown"
    paid = await salon.call("pay_booking", client, booking_id=made["id"])
    assert (paid["status"], paid["payment_status"]) == ("confirmed", "paid")
    assert await outcome(salon, payment) == ("confirmed", "kept", "confirmed", "paid")


async def test_cancelling_again_leaves_what_was_paid_back(salon: Any, asked: Any) -> None:
    client, made, payment = asked
    await salon.rows("select kit.confirm_payment(%s, 'r')", payment["id"])
    once = await salon.call("cancel_booking", client, booking_id=made["id"], reason="ill")
    again = await salon.call("cancel_booking", salon.staff, booking_id=made["id"], reason="whatever")
    assert (again["refund_amount"], again["cancellation_reason"]) == (once["refund_amount"], "ill")
    assert len(await salon.rows("select id from kit.refunds")) == 1


async def test_nobody_cancels_past_the_refund(salon: Any, asked: Any) -> None:
    _, made, payment = asked
    await salon.rows("select kit.confirm_payment(%s, 'r')", payment["id"])
    with pytest.raises(psycopg.Error, match="cannot become cancelled") as refused:
        await salon.rows("select settle_booking_as_staff(%s, 'cancelled')", made["id"], claims=salon.staff)
    assert refused.value.sqlstate == "PT409"
    assert await outcome(salon, payment) == ("confirmed", "kept", "confirmed", "paid")


async def test_paying_and_a_notice_of_the_payment_wait_for_each_other_in_one_order(salon: Any, asked: Any) -> None:
    client, made, payment = asked
    await salon.arrange('update auth.organisations set settings = \'{"environment": "demo"}\'')
    waiting = "select from pg_locks where locktype = 'advisory' and not granted"
    waiting += " and database = (select oid from pg_database where datname = current_database())"
    async with as_superuser(salon.database) as sql, asyncio.TaskGroup() as tasks, sql.transaction():
        # As a notice does: the payment, and then what it is for.
        await sql.execute("select pg_advisory_xact_lock(hashtextextended('kit.payments ' || %s, 0))", (payment["id"],))
        paying = tasks.create_task(salon.call("pay_booking", client, booking_id=made["id"]))
        async with asyncio.timeout(20):
            while (await sql.execute(waiting)).rowcount == 0:
                pass
        free = "select pg_try_advisory_xact_lock(kit.resource_lock('public.bookings', %s))"
        assert await (await sql.execute(free, (made["provider_id"],))).fetchone() == (True,)
    assert paying.result()["payment_status"] == "paid"
