"""What the Booking service takes and answers, as its OpenAPI text says it. Names are those of the table."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from millstream.kit.rest import JsonObject, Span
from millstream.kit.values import Code, Name, Notes, Reason
from millstream_apps.studyspot.operations.types import Gate

Status = Literal["held", "confirmed", "checked_in", "completed", "no_show", "cancelled", "expired"]


class Booking(BaseModel):
    """A booking as its student and the staff of the library see it."""

    id: UUID
    booking_number: str
    library_id: UUID
    zone_id: UUID
    seat_id: UUID
    user_id: UUID | None
    student_name: str
    library_name: str
    zone_name: str
    seat_label: str
    status: Status
    start_time: datetime
    end_time: datetime
    timezone: str
    hold_expires_at: datetime | None
    total_amount: float
    currency: str
    quote: JsonObject
    payment_status: str
    pass_id: UUID | None
    entry_code: str
    checked_in_at: datetime | None
    checked_in_gate: str | None
    checked_out_at: datetime | None
    cancellation_reason: str | None
    refund_amount: float | None
    notes: str
    source: str
    created_at: datetime
    updated_at: datetime
    version: int


class CheckedIn(Booking):
    """A booking whose student is there; `already` where that had been said before, with the time and gate of then."""

    already: bool = False


class Filters(Span):
    """Which bookings, and which page of them. A day is one by the clocks of the library."""

    user_id: UUID | None = Field(None, alias="userId")
    library_id: UUID | None = Field(None, alias="libraryId")
    status: Status | None = None


class NewBooking(BaseModel):
    """A booking to be made. Person, status, price and payment are the server's to say, whatever is sent."""

    seat_id: UUID
    start_time: AwareDatetime
    end_time: AwareDatetime
    library_id: UUID | None = None
    name: Name | None = None
    notes: Notes | None = None


class BookingChange(BaseModel):
    """What a booking is to be; what is left out stays."""

    start_time: AwareDatetime | None = None
    end_time: AwareDatetime | None = None
    seat_id: UUID | None = None


class Cancellation(BaseModel):
    """Why a booking is cancelled."""

    reason: Reason | None = None


class CheckIn(BaseModel):
    """The code that is posted at the seat, and which gate says so."""

    code: Code | None = None
    gate: Gate | None = None
