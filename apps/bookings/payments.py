"""Paying: at the place, or with the demo's provider, which moves no money. A real provider would take its place.

A real one sends notices to a route of its own, which hands them to `millstream.kit.payments.receive_notice`.
"""

from __future__ import annotations

from secrets import token_hex
from uuid import UUID

from millstream.app import Context, operation
from millstream.kit.payments import ManualPayments, TestPayments, run_payments
from millstream_apps.bookings.operations.booking import Booking, call_for_booking

hand_over = run_payments([TestPayments(token_hex(32)), ManualPayments()])


@operation
async def pay_booking(context: Context, booking_id: UUID) -> Booking:
    """Pay what is awaited with the demo's provider, as the client; elsewhere there is no such provider."""
    return await call_for_booking(context, "pay_booking", booking_id)


@operation
async def take_payment(context: Context, booking_id: UUID) -> Booking:
    """Say that a booking was paid at the place, as staff."""
    return await call_for_booking(context, "take_payment", booking_id)
