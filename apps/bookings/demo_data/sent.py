"""The webhooks of the demo: endpoints of the companies, one of which has been gone since yesterday. Data alone."""

from __future__ import annotations

from millstream.app import Demo
from millstream.kit.demo_webhooks import DemoEndpoint, make_endpoints
from millstream_apps.bookings.demo_data.catalogue import demo_id

_EVENTS = """
  select id, event_type, created_at from booking_events
  where organisation_id = %(organisation)s and not internal and event_type <> 'booking.held'
"""


def _endpoint(company: str, name: str, *types: str, failing: int, ms: int, gone: bool = False) -> DemoEndpoint:
    return DemoEndpoint(demo_id("endpoint", name), demo_id(company), name, types or ("*",), failing, ms, gone)


ENDPOINTS = (
    _endpoint("studio-verde", "Make.com scenario: new bookings to the team chat", failing=20, ms=380),
    _endpoint("studio-verde", "Accounting", "booking.completed", "booking.cancelled", failing=35, ms=620),
    _endpoint("praxis-am-park", "Practice software", failing=20, ms=380),
    _endpoint(
        "praxis-am-park", "Old calendar bridge", "booking.confirmed", "booking.rescheduled",
        failing=60, ms=900, gone=True,
    ),
    _endpoint("ledger-and-lane", "CRM", failing=15, ms=240),
    _endpoint("northlight", "Gallery invitations", "booking.completed", failing=10, ms=310),
)  # fmt: skip


async def load_sent(demo: Demo) -> None:
    """Make the endpoints and what was sent to them in the last weeks."""
    await make_endpoints(demo, ENDPOINTS, events=_EVENTS)
