"""The payload for Make.com, field by field."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import orjson
import pytest
from pydantic import ValidationError

from millstream.app import MakeBooking, MakeClient, MakePayload, MakeProvider, MakeSystem

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ROW = {"id": 7, "booking_id": str(UUID(int=1)), "event_type": "booking.created", "description": None}


def payload(**more):
    system = MakeSystem(environment="production", timestamp=AT, user_agent="Browser", ip_address="192.0.2.1")
    known = {"event_id": "7", "event_type": "booking.created", "event_time": AT, "booking_event": ROW}
    return MakePayload(**known, system=system, **more)


def test_a_payload_has_every_field_and_is_json():
    whole = payload(
        booking_details=MakeBooking(
            id=str(UUID(int=1)), booking_number="B-1", client_id="2", provider_id="3", status="confirmed",
            total_price=Decimal("120.50"), room="Blue",
        ),
        client_info=MakeClient(id="2", name="Client", email="client@example.org"),
        provider_info=MakeProvider(id="3", name="Provider", email="provider@example.org", company_name="Company"),
    )  # fmt: skip
    data = whole.as_data()
    assert orjson.loads(orjson.dumps(data)) == {
        "event_id": "7",
        "event_type": "booking.created",
        "event_time": "2026-01-02T03:04:05Z",
        "source": "contract-management-system",
        "booking_event": ROW,
        "booking_details": {
            "id": str(UUID(int=1)),
            "booking_number": "B-1",
            "client_id": "2",
            "provider_id": "3",
            "status": "confirmed",
            "total_price": 120.5,
            "room": "Blue",
        },
        "client_info": {"id": "2", "name": "Client", "email": "client@example.org"},
        "provider_info": {
            "id": "3",
            "name": "Provider",
            "email": "provider@example.org",
            "company_name": "Company",
        },
        "system": {
            "environment": "production",
            "timestamp": "2026-01-02T03:04:05Z",
            "user_agent": "Browser",
            "ip_address": "192.0.2.1",
        },
    }


def test_what_is_not_known_is_left_out():
    assert set(payload().as_data()) == {"event_id", "event_type", "event_time", "source", "booking_event", "system"}


def test_rows_of_the_log_are_taken_as_they_are():
    row = {"id": 5, "booking_number": 12, "client_id": 2, "provider_id": 3, "status": "new", "total_price": "12.50"}
    booking = MakeBooking.model_validate(row)
    assert (booking.id, booking.booking_number, booking.total_price) == ("5", "12", Decimal("12.50"))


@pytest.mark.parametrize("missing", ["event_id", "event_type", "event_time", "booking_event", "system"])
def test_a_payload_without_a_required_field_is_refused(missing):
    given = payload().model_dump()
    del given[missing]
    with pytest.raises(ValidationError, match=missing):
        MakePayload.model_validate(given)
