"""LodgeTix, declared.

The story: an event has kinds of tickets, each with a capacity. A person holds some of them for a few minutes
(`hold_tickets`), gives them back (`release_hold`) or pays; what is held too long goes back by itself. Every screen
shows what is left now: the counts are columns of `event_tickets`, and PostgreSQL's log brings each change to everybody
who may see it.

Reads go through REST and policies; an operation is what one person does, in one transaction, as that person.
"""

from __future__ import annotations

from pathlib import Path

from millstream.app import App
from millstream.kit import housekeeping
from millstream_apps.lodgetix import demo, simulation, webhooks
from millstream_apps.lodgetix.errors import CONSTRAINTS
from millstream_apps.lodgetix.operations import holds

app = App(
    name="lodgetix",
    title="LodgeTix",
    summary="Tickets for events that are never sold twice: hold one in one browser and watch the count in another.",
    # Tables (migrations/), who may see what (policies.sql), the law of tickets (functions.sql), what is followed
    # (realtime.sql).
    sql=Path(__file__).with_name("sql"),
    # Each is called by its name, as supabase-js does with `functions.invoke`.
    operations=[
        holds.hold_tickets,
        holds.release_hold,
    ],
    # Names of constraints and the errors that callers get for them.
    errors=CONSTRAINTS,
    # While the server runs, as the service role.
    background=[
        holds.expire_due_holds,
        *housekeeping(),
    ],
    # What receivers outside are told; `millstream webhooks endpoints create` makes one.
    webhooks=[webhooks.ORDER_CREATED, webhooks.ORDER_STATUS_CHANGED],
    # Events, people and orders to look at; running it again changes nothing.
    demo=demo.load,
    demo_users=demo.USERS,
    # Traffic for a look at screens that move: `millstream simulate lodgetix`.
    simulation=simulation.simulation,
)
