"""Money is never lost between a payment and what it is for: kept, or paid back; never both, never neither."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest

from millstream.app.background import BackgroundRan, run_round
from millstream.kit import KIT_ERRORS, expire_holds
from millstream.kit.payments import (
    ManualPayments,
    NoticeRefused,
    NoticeStatus,
    TestPayments,
    receive_notice,
    run_payments,
)
from millstream.operations import SERVICE, Caller, OperationError, Operations
from tests.postgres.kit.conftest import Office

NINE = datetime(2030, 3, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORGANISATION = UUID(int=7)
PROVIDER = TestPayments("a secret of the test")
SETTLE = """
create function public.settle_booking(id text) returns boolean
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform kit.lock_resources('public.bookings', array(select room::text from bookings b where b.id = $1::uuid));
  update bookings b set status = 'confirmed' where b.id = $1::uuid and b.status in ('held', 'expired');
  return (select status = 'confirmed' from bookings b where b.id = $1::uuid);
end $$;
select kit.payable('public.bookings', settle => 'public.settle_booking');
"""


class Till:
    """What the tests do with money."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.operations = Operations([], pool=office.pool, errors=KIT_ERRORS)

    async def start(self, booking: UUID, provider: str = "test") -> UUID:
        return UUID(
            str(
                await self.office.value(
                    "select id from kit.start_payment('public.bookings', %s, %s, 40, 'EUR', null)",
                    str(booking),
                    provider,
                )
            )
        )

    async def notify(self, payment: UUID, **named: Any) -> str:
        body, headers = PROVIDER.notice(payment, notice_id=f"n-{payment}", **named)
        async with self.operations.transaction("notice", Caller(SERVICE, "r")) as context:
            return await receive_notice(context, PROVIDER, body, headers)

    async def run(self) -> int | None:
        seen: list[Any] = []
        await run_round(run_payments([PROVIDER, ManualPayments()]), pool=self.office.pool, observe=seen.append)
        assert isinstance(seen[0], BackgroundRan), seen
        return seen[0].result

    async def sweep(self) -> None:
        await run_round(expire_holds("public.bookings"), pool=self.office.pool)

    async def payment(self, payment: UUID) -> tuple[str, str | None, Decimal]:
        """Return its status, its outcome and what is paid back of it."""
        [row] = await self.office.rows(
            "select status, outcome, coalesce((select sum(r.amount) from kit.refunds r where r.payment_id = p.id), 0)"
            " as back from kit.payments p where id = %s",
            payment,
        )
        return row["status"], row["outcome"], row["back"]

    async def events(self) -> Sequence[str]:
        return [row["event"] for row in await self.office.rows("select event from kit.payment_events order by id")]


@pytest.fixture
def till(office: Office) -> Till:
    office.database.run_as_server(SETTLE)
    return Till(office)


async def booked(office: Office, room: int = 1, **more: Any) -> UUID:
    return await office.book(room, NINE, NINE + HOUR, **more)


async def test_a_payment_in_time_keeps_what_it_is_for(office: Office, till: Till) -> None:
    booking = await booked(office)
    payment = await till.start(booking)
    assert await till.run() == 1
    [row] = await office.rows("select reference, page from kit.payments")
    assert row == {"reference": f"test-{payment}", "page": f"/pay/{payment}"}
    assert await till.notify(payment) == "confirmed"
    assert await till.payment(payment) == ("confirmed", "kept", 0)
    assert await office.statuses() == {booking: "confirmed"}
    assert await till.events() == ["payment.created", "payment.pending", "payment.confirmed"]


async def test_a_notice_that_is_repeated_confirms_once(office: Office, till: Till) -> None:
    payment = await till.start(await booked(office))
    async with asyncio.timeout(30):
        answers = await asyncio.gather(*(till.notify(payment) for _ in range(5)))
    assert answers == ["confirmed"] * 5
    assert (await till.events()).count("payment.confirmed") == 1
    assert await office.value("select times from kit.payment_notices") == 5
    assert await office.value("select count(*) from booking_events where event_type = 'booking.confirmed'") == 1


async def test_a_late_payment_claims_again_where_the_time_is_still_free(office: Office, till: Till) -> None:
    booking = await booked(office, minutes=0)
    payment = await till.start(booking)
    await till.sweep()
    assert await office.statuses() == {booking: "expired"}
    await till.notify(payment)
    assert await till.payment(payment) == ("confirmed", "kept", 0)
    assert await office.statuses() == {booking: "confirmed"}


async def test_a_late_payment_for_what_somebody_else_has_is_paid_back_once(office: Office, till: Till) -> None:
    booking = await booked(office, minutes=0)
    payment = await till.start(booking)
    other = await booked(office)
    for _ in range(5):
        await till.notify(payment)
    assert await till.payment(payment) == ("confirmed", "refunded", 40)
    assert await office.statuses() == {booking: "expired", other: "held"}
    assert await till.run() == 1
    assert await till.run() == 0
    assert await till.events() == [
        "payment.created",
        "payment.confirmed",
        "refund.created",
        "refund.done",
    ]


@pytest.mark.parametrize("first", ["payment", "expiry"])
async def test_paying_expiring_and_claiming_at_once_end_in_one_of_two_ways(
    office: Office, till: Till, first: str
) -> None:
    bookings = [await booked(office, room, minutes=0) for room in range(8)]
    payments = [await till.start(booking) for booking in bookings]

    async def claim(room: int) -> bool:
        try:
            await booked(office, room)
        except psycopg.Error as error:
            return error.sqlstate != "PT409"
        return True

    async with asyncio.timeout(60):
        paying = [till.notify(payment) for payment in payments for _ in range(2)]
        claiming = [claim(room) for room in range(8)]
        sweeping = [till.sweep() for _ in range(3)]
        order = [*paying, *claiming, *sweeping] if first == "payment" else [*sweeping, *claiming, *paying]
        await asyncio.gather(*order)
    statuses = await office.statuses()
    for booking, payment in zip(bookings, payments, strict=True):
        outcome = (statuses[booking], *await till.payment(payment))
        assert outcome in [("confirmed", "confirmed", "kept", 0), ("expired", "confirmed", "refunded", 40)]
    held = await office.value("select count(*) from bookings where status in ('held', 'confirmed')")
    assert held == 8


async def test_too_little_money_goes_back(office: Office, till: Till) -> None:
    booking = await booked(office)
    payment = await till.start(booking)
    await till.notify(payment, paid=Decimal("39.99"))
    assert await till.payment(payment) == ("confirmed", "refunded", Decimal("39.99"))
    assert await office.statuses() == {booking: "held"}


async def test_a_failed_payment_may_still_be_paid(office: Office, till: Till) -> None:
    payment = await till.start(await booked(office))
    assert await till.notify(payment, status=NoticeStatus.FAILED) == "failed"
    assert await till.notify(payment) == "confirmed"
    assert await till.notify(payment, status=NoticeStatus.CANCELLED) == "confirmed"


async def test_no_more_is_paid_back_than_was_paid(office: Office, till: Till) -> None:
    payment = await till.start(await booked(office))
    await till.notify(payment)
    await office.rows("select kit.refund_payment(%s, 15)", payment)

    async def refund() -> str | None:
        try:
            await office.rows("select kit.refund_payment(%s, 10)", payment)
        except psycopg.Error as error:
            return error.diag.constraint_name
        return None

    async with asyncio.timeout(30):
        refused = await asyncio.gather(*(refund() for _ in range(5)))
    assert sorted(map(str, refused)) == ["None", "None", *["refunds_are_of_what_was_paid"] * 3]
    assert await till.payment(payment) == ("confirmed", "kept", 35)


async def test_at_the_place_staff_confirm_and_pay_back(office: Office, till: Till) -> None:
    payment = await till.start(await booked(office), "manual")
    await till.run()
    await office.rows("select kit.confirm_payment(%s)", payment)
    refund = await office.value("select id from kit.refund_payment(%s)", payment)
    await till.run()
    assert await office.value("select status from kit.refunds") == "in_transit"
    await office.rows("select kit.refund_ended(%s, 'done')", refund)
    assert await till.payment(payment) == ("confirmed", "kept", 40)


async def test_a_notice_of_somebody_else_is_refused(till: Till) -> None:
    body, headers = TestPayments("another secret").notice(UUID(int=1), notice_id="n")
    for forged in (headers, {}):
        with pytest.raises(NoticeRefused):
            PROVIDER.read_notice(body, forged)
    with pytest.raises(NoticeRefused):
        ManualPayments().read_notice(body, headers)
    with pytest.raises(OperationError) as refused:
        await till.notify(UUID(int=7))
    assert (refused.value.code, refused.value.status) == ("payment_unknown", 404)


async def test_people_see_their_own_payments_and_start_none(office: Office, till: Till) -> None:
    payer, stranger = await office.person(), await office.person()
    booking = await booked(office)
    await office.rows(
        "select kit.start_payment('public.bookings', %s, 'test', 40, 'EUR', %s::uuid)", str(booking), payer.subject
    )
    for person, seen in [(payer, 1), (stranger, 0)]:
        assert await office.value("select count(*) from kit.payments", claims=person) == seen
        assert await office.value("select count(*) from kit.payment_events", claims=person) == seen
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await office.rows("select kit.confirm_payment(%s)", UUID(int=1), claims=person)


async def test_a_demo_pays_without_money_and_its_payments_show_the_row(office: Office, till: Till) -> None:
    payer = await office.person()
    booking = await booked(office)
    async with office.owner() as sql:
        await sql.execute("select kit.show_payments('public.bookings', id => 'booking_id')")
        await sql.execute(
            "insert into auth.organisations (id, slug, name) values (%s, 'place', 'Place')", (ORGANISATION,)
        )
    await office.rows(
        "select kit.start_payment('public.bookings', %s, 'test', 40, 'EUR', %s, %s)",
        str(booking),
        payer.subject,
        ORGANISATION,
    )
    pay = "select kit.pay_in_demo('public.bookings', %s) as paid"
    answers = []
    for settings in ("{}", '{"environment": "demo"}', '{"environment": "demo"}'):
        async with office.owner() as sql:
            await sql.execute("update auth.organisations set settings = %s", (settings,))
            [row] = await (await sql.execute(pay, (str(booking),))).fetchall()
            answers.append(row["paid"])
    assert answers == [False, True, False]
    shown = "select booking_id, status, outcome from payments"
    assert await office.rows(shown, claims=payer) == [{"booking_id": booking, "status": "confirmed", "outcome": "kept"}]
    assert await office.rows(shown, claims=await office.person()) == []
    assert not await office.value("select has_table_privilege('anon', 'public.payments', 'select')")
    assert not await office.value("select has_table_privilege('authenticated', 'public.payments', 'update')")
