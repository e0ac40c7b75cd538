"""Demo data: three events, with tickets that are plenty, few, nearly gone and sold out, and people who bought them.

Everything that people do is done by the same operations as users use. Each step is named by a slug, an id or an
idempotency key of its own, so running it again changes nothing, and finishes what a broken-off run began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from uuid import NAMESPACE_URL, UUID, uuid5

from millstream.app import Demo, DemoUser, Person
from millstream_apps.lodgetix.operations.holds import Selection, hold_tickets

PASSWORD = "lodgetix-demo"  # noqa: S105 -- shown on the sign-in page of the demo
SIGN_IN = ("ticket.buyer@lodgetix.example", "second.buyer@lodgetix.example")
USERS = [
    DemoUser(label, email, PASSWORD) for label, email in zip(("Ticket buyer", "Second buyer"), SIGN_IN, strict=True)
]
BUYERS = 8
CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Ticket:
    """One kind of ticket, and how many of it are sold from the start."""

    name: str
    description: str
    price: str
    capacity: int
    sold: int


@dataclass(frozen=True, slots=True)
class Event:
    """One event; it begins `days` from now at `hour`, by the clocks of its place."""

    slug: str
    title: str
    description: str
    venue: str
    timezone: str
    days: int
    hour: int
    hours: int
    tickets: Sequence[Ticket]


EVENTS = (
    Event(
        "grand-installation-gala",
        "Grand Installation Gala",
        "The installation of the new Grand Master, followed by a dinner of five courses and dancing until midnight.",
        "Grand Hall, Temple Street",
        "America/New_York",
        24,
        18,
        6,
        (
            Ticket("General Admission", "Ceremony and reception", "45.00", 240, 38),
            Ticket("Gala Dinner", "Ceremony, reception and dinner", "120.00", 60, 53),
            Ticket("Head Table", "Dinner beside the Grand Master", "350.00", 10, 8),
            Ticket("Early Bird", "Ceremony and reception, at the price of last year", "30.00", 40, 40),
        ),
    ),
    Event(
        "winter-charity-concert",
        "Winter Charity Concert",
        "A choir, an organ and a brass band play for the children's hospital. Every ticket goes to the ward.",
        "Harbour Concert House",
        "America/Chicago",
        38,
        19,
        3,
        (
            Ticket("Stalls", "Rows A to M", "38.00", 180, 21),
            Ticket("Balcony", "Rows A to D, a clear view of the organ", "52.00", 48, 39),
            Ticket("Box for Two", "Two seats, a small table and programmes", "140.00", 6, 6),
        ),
    ),
    Event(
        "lodge-leadership-conference",
        "Lodge Leadership Conference",
        "Three days for officers: workshops on mentoring, treasury and the history of the craft, and time to talk.",
        "Cedar Lake Conference Centre",
        "America/Denver",
        61,
        9,
        57,
        (
            Ticket("All Three Days", "Workshops, meals and the closing dinner", "290.00", 150, 27),
            Ticket("Single Day", "Workshops and lunch of one day", "110.00", 80, 12),
            Ticket("Mentoring Workshop", "Twelve places at one table", "60.00", 12, 11),
        ),
    ),
)


async def load(demo: Demo) -> None:
    """Make what is missing of the demo data."""
    await demo.people(USERS)
    buyers = [await demo.person(f"guest{n}@lodgetix.example", full_name=f"Guest {n}") for n in range(1, BUYERS + 1)]
    for event in EVENTS:
        event_id = await _announce(demo, event)
        for place, ticket in enumerate(event.tickets):
            ticket_id = await _offer(demo, event_id, ticket, place)
            await _sell(demo, ticket_id, ticket, buyers)


async def _announce(demo: Demo, event: Event) -> UUID:
    event_id = uuid5(NAMESPACE_URL, f"lodgetix/{event.slug}")
    async with demo.as_service() as sql:
        await sql.execute(
            """
            insert into events (id, slug, title, description, venue, timezone, starts_at, ends_at)
            select %(id)s, %(slug)s, %(title)s, %(description)s, %(venue)s, %(timezone)s,
                starts_at, starts_at + make_interval(hours => %(hours)s)
            from timezone(
                %(timezone)s,
                date_trunc('day', timezone(%(timezone)s, %(now)s)) + make_interval(days => %(days)s, hours => %(hour)s)
            ) as starts_at
            on conflict (slug) do nothing
            """,
            {**asdict(event), "id": event_id, "now": demo.now},
        )
        await sql.execute("update events set status = 'published' where id = %s and status = 'draft'", (event_id,))
    return event_id


async def _offer(demo: Demo, event_id: UUID, ticket: Ticket, place: int) -> UUID:
    ticket_id = uuid5(event_id, ticket.name)
    async with demo.as_service() as sql:
        await sql.execute(
            """
            insert into event_tickets (id, event_id, name, description, price, currency, capacity, sort_order)
            values (%s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (id) do nothing
            """,
            (
                ticket_id,
                event_id,
                ticket.name,
                ticket.description,
                Decimal(ticket.price),
                CURRENCY,
                ticket.capacity,
                place,
            ),
        )
    return ticket_id


async def _sell(demo: Demo, ticket_id: UUID, ticket: Ticket, buyers: Sequence[Person]) -> None:
    """Let the buyers who have none yet hold equal shares of what is sold, and confirm their orders."""
    async with demo.as_service() as sql:
        cursor = await sql.execute(
            "select owner_id, order_id, occupies from order_items where ticket_id = %s and occupies <> 'nothing'",
            (ticket_id,),
        )
        found = {row["owner_id"]: row for row in await cursor.fetchall()}
    for n, buyer in enumerate(buyers):
        quantity = ticket.sold // len(buyers) + (n < ticket.sold % len(buyers))
        if not quantity or found.get(buyer.id, {}).get("occupies") == "sold":
            continue
        order_id = found.get(buyer.id, {}).get("order_id")
        if order_id is None:
            items = [Selection(ticket_id=ticket_id, quantity=quantity)]
            order_id = (await demo.call(hold_tickets, buyer, items=items))["id"]
        async with demo.as_service() as sql:
            await sql.execute("select confirm_order(%s)", (order_id,))
