"""Paying: at the place, or with the demo's provider, which moves no money. A real provider would take its place."""

from __future__ import annotations

from secrets import token_hex
from uuid import UUID, uuid4

from fastapi import APIRouter, Request

from millstream.app import Caller, Context, operation
from millstream.kit.payments import ManualPayments, TestPayments, receive_notice, run_payments
from millstream_apps.bookings.errors import PaymentUnknown
from millstream_apps.bookings.operations.booking import Booking, call_for_booking

router = APIRouter()

_TEST = TestPayments(token_hex(32))
hand_over = run_payments([_TEST, ManualPayments()])


@operation
async def take_payment(context: Context, booking_id: UUID) -> Booking:
    """Say that a booking was paid at the place."""
    return await call_for_booking(context, "take_payment", booking_id)


@router.post("/payments/{payment_id}/pay")
async def pay(payment_id: UUID, caller: Caller) -> dict[str, str]:
    """Pay with the demo's provider, as the payer: it sends its notice at once."""
    async with caller.transaction(read_only=True) as context:
        cursor = await context.sql.execute(
            "select from payments where id = %s and provider = 'test' and payer_id = auth.uid()", (payment_id,)
        )
        if await cursor.fetchone() is None:
            raise PaymentUnknown
    body, headers = _TEST.notice(payment_id, notice_id=str(uuid4()))
    async with caller.service_transaction() as context:
        return {"status": await receive_notice(context, _TEST, body, headers)}


@router.post("/payments/test/notices")
async def take_notice(request: Request, caller: Caller) -> dict[str, str]:
    """Take a notice of the demo's provider; one that comes again changes nothing."""
    body = await request.body()
    async with caller.service_transaction() as context:
        return {"status": await receive_notice(context, _TEST, body, request.headers)}
