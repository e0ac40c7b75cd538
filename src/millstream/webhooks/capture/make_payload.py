"""The payload that scenarios of Make.com get of a booking: who, what, and from which system. Pure.

A payload function of a `WebhookEvent` fills it from what it reads; `as_data` gives the values that are sent. Money is a
number there, and what is not known is left out.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer

SOURCE = "contract-management-system"

Money = Annotated[Decimal, PlainSerializer(float, when_used="json-unless-none")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)


class MakeBooking(_Part):
    """The booking; columns beyond these are sent too."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True, extra="allow")

    id: str
    booking_number: str
    client_id: str
    provider_id: str
    status: str
    total_price: Money


class MakeClient(_Part):
    """Who booked."""

    id: str
    name: str
    email: str


class MakeProvider(_Part):
    """Whom was booked with."""

    id: str
    name: str
    email: str
    company_name: str | None = None


class MakeSystem(_Part):
    """Where the event was made, and for whose request where that is known."""

    environment: str
    timestamp: datetime
    user_agent: str | None = None
    ip_address: str | None = None


class MakePayload(_Part):
    """One event as a scenario sees it; `booking_event` is the row of the event log."""

    event_id: str
    event_type: str
    event_time: datetime
    source: str = SOURCE
    booking_event: dict[str, Any]
    booking_details: MakeBooking | None = None
    client_info: MakeClient | None = None
    provider_info: MakeProvider | None = None
    system: MakeSystem

    def as_data(self) -> dict[str, Any]:
        """Return plain JSON values, without what is not known; the row of the event log stays whole."""
        data = self.model_dump(mode="json", exclude_none=True, exclude={"booking_event"})
        return data | {"booking_event": self.model_dump(mode="json", include={"booking_event"})["booking_event"]}
