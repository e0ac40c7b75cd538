"""Bookings, declared.

The story: a visitor finds a free slot of a provider, holds it for some minutes and confirms it; staff approve, move,
check in and complete. Each step of a booking is one row of `booking_events`, and calendar, timeline, notifications and
webhooks follow from the rows. README.md has the tables and operations, sql/ the law.
"""

from __future__ import annotations

from pathlib import Path

from millstream import kit
from millstream.app import App
from millstream.kit import demo_webhooks, session
from millstream.kit.webhook_figures import WEBHOOK_FIGURES
from millstream_apps.bookings import calendars, demo, live_views, payments, routes, simulation, webhooks
from millstream_apps.bookings.errors import CONSTRAINTS
from millstream_apps.bookings.operations import clients, events, staff

app = App(
    name="bookings",
    title="Bookings",
    summary="Appointments with people: a free time is yours once you hold it, and every calendar shows it at once.",
    # Tables (migrations/), what the kit makes of them (claims.sql, states.sql), the law (functions/), who may see what
    # (policies.sql), what is followed (realtime.sql).
    sql=Path(__file__).with_name("sql"),
    operations=[
        clients.hold_booking,
        clients.release_booking,
        clients.confirm_booking,
        clients.open_booking_link,
        clients.reschedule_booking,
        clients.cancel_booking,
        clients.cancellation_terms,
        staff.book_for_client,
        staff.approve_booking,
        staff.decline_booking,
        staff.check_in_booking,
        staff.complete_booking,
        staff.mark_no_show,
        staff.add_booking_note,
        staff.forget_client,
        events.booking_event_webhook,
        events.booking_statistics,
        session.session_status,
        demo_webhooks.receiver_behaviour,
        calendars.share_calendar,
        payments.pay_booking,
        payments.take_payment,
    ],
    errors=CONSTRAINTS,
    # While the server runs, as the service role.
    background=[
        *kit.housekeeping("public.bookings"),
        kit.call_every("settle_due_bookings", seconds=20),
        kit.call_every("remind_of_bookings", seconds=60),
        kit.call_every("remove_old_traces", seconds=3600),
        demo_webhooks.forget_received_webhooks(),
        payments.hand_over,
    ],
    # The rows of `booking_events`, and what other systems may add to them.
    webhooks=webhooks.EVENTS,
    inbound_webhooks=[webhooks.BOOKING_EVENTS],
    # Files of the event log, calendars, and the receiver of the demo.
    routes=[routes.router, calendars.router, demo_webhooks.router],
    # Declared queries, run again when their tables change, for dashboards.
    live_views=[live_views.BOOKING_FIGURES, live_views.EVENT_VOLUME, WEBHOOK_FIGURES],
    # Companies, people and months of bookings to look at; running it again changes nothing.
    demo=demo.load,
    demo_users=demo.USERS,
    # Traffic that makes every screen move: `millstream simulate bookings`.
    simulation=simulation.SIMULATION,
)
