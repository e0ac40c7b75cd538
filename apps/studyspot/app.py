"""StudySpot, declared.

The story: a student finds a free seat on the plan of a library, holds it for some minutes, confirms it and checks in
with the code that is posted there. Each step of a booking is one row of `booking_events`, and rooms, plans, dashboards
and notifications follow from the rows. README.md has the tables and operations, sql/ the law.
"""

from __future__ import annotations

from pathlib import Path

from millstream import kit
from millstream.app import App, operations_of
from millstream.kit import room_trials, session
from millstream_apps.studyspot import calendars, demo, live_views, simulation
from millstream_apps.studyspot.errors import CONSTRAINTS
from millstream_apps.studyspot.operations import platform, staff, students
from millstream_apps.studyspot.rooms import ROOMS
from millstream_apps.studyspot.routes import bookings

app = App(
    name="studyspot",
    title="StudySpot",
    summary="Seats in libraries: find a free one on the plan, hold it, check in, and every screen shows it at once.",
    # Tables (migrations/), what the kit makes of them (claims.sql, states.sql), the law (functions/), who may see what
    # (policies.sql), what is followed (realtime.sql).
    sql=Path(__file__).with_name("sql"),
    operations=[
        *operations_of(students, staff, platform),
        calendars.share_calendar,
        room_trials.emit_event,
        session.session_status,
    ],
    errors=CONSTRAINTS,
    # While the server runs, as the service role.
    background=[*kit.housekeeping("public.bookings"), kit.call_every("settle_due_bookings", seconds=10)],
    # The Booking service, calendars, and what tries out the rooms.
    routes=[bookings.router, bookings.alias, calendars.router, room_trials.router],
    # Who hears which change, by Socket.IO.
    rooms=ROOMS,
    # Declared queries, run again when their tables change, for dashboards and the list of libraries.
    live_views=[
        live_views.OCCUPANCY,
        live_views.LIBRARY_FIGURES,
        live_views.OCCUPANCY_HEAT_MAP,
        live_views.PLATFORM_FIGURES,
    ],
    # Libraries, people and three months of bookings to look at; running it again changes nothing.
    demo=demo.load,
    demo_users=demo.USERS,
    # Traffic that makes every screen move: `millstream simulate studyspot`.
    simulation=simulation.SIMULATION,
)
