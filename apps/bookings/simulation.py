"""Live traffic for `millstream simulate bookings`: guests who book and change their minds, staff who serve them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from millstream.app import Player, Simulation, act
from millstream_apps.bookings.demo import CLIENT, OWNER, PHYSIO, STAFF


@act(per_minute=6)
async def book(player: Player) -> None:
    """Hold a free slot of any service and, mostly, confirm it."""
    await _book(player, f"guest{player.random.randrange(1000)}@mail.example")


@act(per_minute=2, by="clients")
async def book_signed_in(player: Player) -> None:
    """Book as somebody with an account."""
    await _book(player, CLIENT.email)


@act(per_minute=2, by="clients")
async def change_mind(player: Player) -> None:
    """Move or cancel one of the own bookings."""
    booking = await player.pick("bookings", client_user_id=f"eq.{player.user_id}", status="eq.confirmed")
    if booking is None:
        return
    slots = await _slots(player, booking["service_id"])
    if slots and player.random.random() < 0.6:
        slot = player.random.choice(slots)
        await player.call("reschedule_booking", booking_id=booking["id"], **slot)
    else:
        await player.call("cancel_booking", booking_id=booking["id"], reason="Something came up")


@act(per_minute=4, by="staff")
async def decide(player: Player) -> None:
    """Approve what was asked for, now and then not."""
    booking = await player.pick("bookings", status="eq.pending")
    if booking is not None:
        decision = "approve_booking" if player.random.random() < 0.85 else "decline_booking"
        await player.call(decision, booking_id=booking["id"])


@act(per_minute=4, by="staff")
async def serve(player: Player) -> None:
    """Check in who is due, complete who is there."""
    here = await player.pick("bookings", status="eq.checked_in")
    if here is not None and player.random.random() < 0.5:
        await player.call("complete_booking", booking_id=here["id"])
        return
    soon = (player.now + timedelta(minutes=55)).isoformat()
    due = await player.pick("bookings", status="eq.confirmed", starts_at=f"lt.{soon}")
    if due is not None:
        await player.call("check_in_booking", booking_id=due["id"])


@act(per_minute=1, by="staff")
async def note(player: Player) -> None:
    """Write something into a timeline."""
    booking = await player.pick("bookings", status="in.(confirmed,checked_in)")
    if booking is not None:
        await player.call("add_booking_note", booking_id=booking["id"], text="Called, everything is fine.")


async def _book(player: Player, email: str) -> None:
    service = await player.pick("services", select="id", active="is.true")
    slots = await _slots(player, service["id"]) if service is not None else []
    if service is None or not slots:
        return
    slot = player.random.choice(slots)
    held = await player.call("hold_booking", service_id=service["id"], timezone="Europe/Madrid", **slot)
    if player.random.random() < 0.15:
        await player.call("release_booking", booking_id=held["id"])
    else:
        await player.call("confirm_booking", booking_id=held["id"], name="A guest", email=email)


async def _slots(player: Player, service: str) -> list[dict[str, Any]]:
    first = player.now.date() + timedelta(days=player.random.randrange(14))
    days = {"first_day": first.isoformat(), "last_day": (first + timedelta(days=2)).isoformat()}
    slots = await player.rpc("free_slots", service=service, **days)
    return [{"starts_at": slot["starts_at"], "provider_id": slot["provider_id"]} for slot in slots]


SIMULATION = Simulation(
    people={"clients": [CLIENT], "staff": [OWNER, STAFF, PHYSIO]},
    acts=[book, book_signed_in, change_mind, decide, serve, note],
)
