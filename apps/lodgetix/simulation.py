"""Live traffic: people hold tickets, change their minds, and look around. `millstream simulate lodgetix` plays it."""

from __future__ import annotations

from millstream.app import Player, Simulation, act
from millstream_apps.lodgetix import demo

MOST_AT_ONCE = 4


@act(per_minute=20)
async def hold_some_tickets(player: Player) -> None:
    """Hold a few tickets of one kind that still has some."""
    chosen = await player.pick("event_tickets", select="id,available_count", available_count="gt.0")
    if chosen is not None:
        quantity = min(player.random.randint(1, MOST_AT_ONCE), chosen["available_count"])
        await player.call("hold_tickets", ticket_id=chosen["id"], quantity=quantity)


@act(per_minute=6)
async def give_tickets_back(player: Player) -> None:
    """Release a hold of one's own."""
    held = await player.pick("orders", select="id", status="eq.held")
    if held is not None:
        await player.call("release_hold", order_id=held["id"])


@act(per_minute=3, by="buyer")
async def buyer_holds_one(player: Player) -> None:
    """Hold one ticket, as somebody whose orders can be looked at by signing in as him."""
    await hold_some_tickets.function(player)


@act(per_minute=30)
async def look_at_events(player: Player) -> None:
    """Read what the first page shows."""
    await player.select("events", select="*,event_tickets(*)", order="starts_at")


simulation = Simulation(
    people={"buyer": demo.USERS},
    acts=[hold_some_tickets, give_tickets_back, buyer_holds_one, look_at_events],
)
