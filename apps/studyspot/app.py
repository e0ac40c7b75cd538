"""StudySpot, declared.

The story: a student finds a free seat on the plan of a library, holds it for some minutes, confirms it and checks in
with the code that is posted there. Each step of a booking is one row of `booking_events`, and rooms, plans, dashboards
and notifications follow from the rows. README.md has the tables and operations, sql/ the law.
"""

from __future__ import annotations

from pathlib import Path

from millstream.app import App
from millstream_apps.studyspot.errors import CONSTRAINTS

app = App(
    name="studyspot",
    title="StudySpot",
    summary="Seats in libraries: find a free one on the plan, hold it, check in, and every screen shows it at once.",
    # Tables (migrations/), what the kit makes of them (claims.sql, states.sql), the law (functions/), who may see what
    # (policies.sql), what is followed (realtime.sql).
    sql=Path(__file__).with_name("sql"),
    errors=CONSTRAINTS,
)
