"""Live traffic for `millstream simulate studyspot`: students who come, go and change their minds, staff who serve."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from millstream.app import Player, Simulation, act
from millstream_apps.studyspot.demo import OWNER, SECOND, STAFF, STUDENT

_WISHES: Sequence[list[str]] = ([], [], ["socket"], ["window"], ["quiet", "socket"])


@act(per_minute=12)
async def come_and_go(player: Player) -> None:
    """Book a free seat; leave where there was one already, or cancel it."""
    own = {"user_id": f"eq.{player.user_id}", "status": "in.(confirmed,checked_in)"}
    booking = await player.pick("bookings", **own)
    if booking is None:
        await _book(player)
    elif booking["status"] == "checked_in":
        await player.call("check_out", booking_id=booking["id"])
    elif player.random.random() < 0.4:
        await player.call("cancel_booking", booking_id=booking["id"], reason="Something came up")


@act(per_minute=1)
async def wait_for_seat(player: Player) -> None:
    """Ask to be told when a seat is free."""
    await player.call("alert_me", **await _wish(player))


@act(per_minute=1.5, by="students")
async def change_mind(player: Player) -> None:
    """Stay longer, or not come at all."""
    mine = {"user_id": f"eq.{player.user_id}", "status": "eq.confirmed", "start_time": f"gt.{player.now.isoformat()}"}
    booking = await player.pick("bookings", **mine)
    if booking is None:
        await _book(player)
    elif player.random.random() < 0.6:
        later = datetime.fromisoformat(booking["end_time"]) + timedelta(minutes=30)
        await player.call("change_booking", booking_id=booking["id"], end_time=later.isoformat())
    else:
        await player.call("cancel_booking", booking_id=booking["id"], reason="Something came up")


@act(per_minute=8, by="staff")
async def let_in(player: Player) -> None:
    """Scan the code of somebody who has a seat now."""
    soon = (player.now + timedelta(minutes=10)).isoformat()
    due = {"status": "eq.confirmed", "start_time": f"lt.{soon}", "end_time": f"gt.{player.now.isoformat()}"}
    booking = await player.pick("bookings", **due)
    if booking is not None:
        await player.call("check_in_by_code", code=booking["entry_code"], gate="Front desk")


@act(per_minute=5, by="staff")
async def see_off(player: Player) -> None:
    """Check somebody out, who has paid."""
    booking = await player.pick("bookings", status="eq.checked_in")
    if booking is not None:
        if booking["payment_status"] == "at_place":
            await player.call("take_payment", booking_id=booking["id"])
        await player.call("check_out", booking_id=booking["id"])


@act(per_minute=2, by="staff")
async def seat_walk_in(player: Player) -> None:
    """Seat somebody who stands at the desk."""
    library = await _own_library(player)
    times = {"from_time": player.now.isoformat(), "until_time": (player.now + timedelta(hours=2)).isoformat()}
    seats = await player.rpc("seats_at", of_library=library, **times)
    free = [seat["seat_id"] for seat in seats if seat["status"] == "free"]
    if free:
        seat = player.random.choice(free)
        await player.call("book_walk_in", seat_id=seat, end_time=times["until_time"], name="Walk-in")


@act(per_minute=0.5, by="staff")
async def mend_seat(player: Player) -> None:
    """Say that a seat is out of order, or well again."""
    broken = await player.select("seats", select="id", out_of_order="not.is.null", limit="3")
    if broken:
        await player.update("seats", {"out_of_order": None}, id=f"eq.{broken[0]['id']}")
        return
    seat = await player.pick("seats", library_id=f"eq.{await _own_library(player)}")
    if seat is not None:
        await player.update("seats", {"out_of_order": "The lamp is broken."}, id=f"eq.{seat['id']}")


@act(per_minute=0.6, by="owners")
async def change_price(player: Player) -> None:
    """Set a price a little higher or lower."""
    price = await player.pick("prices", library_id=f"eq.{await _own_library(player)}")
    if price is not None:
        hourly = max(15, min(70, float(price["hourly_price"]) + player.random.choice((-5, 5))))
        same = {name: price[name] for name in ("library_id", "zone_id", "month_price", "version")}
        await player.call("set_price", **same, hourly_price=hourly, day_price=hourly * 6)


@act(per_minute=0.2, by="owners")
async def announce(player: Player) -> None:
    """Say something to all who are in a library."""
    said = {"title": "Fresh coffee", "body": "At the counter, for the next half hour.", "severity": "info"}
    await player.call("announce", library_id=await _own_library(player), **said)


async def _book(player: Player) -> None:
    held = await player.call("hold_any_seat", **await _wish(player))
    if player.random.random() < 0.12:
        await player.call("release_booking", booking_id=held["id"])
    else:
        await player.call("confirm_booking", booking_id=held["id"], name="A guest")


async def _wish(player: Player) -> dict[str, Any]:
    """Choose a library and a time, from now on where it is open."""
    library = player.random.choice(await player.rpc("library_occupancy"))
    now = player.now.replace(minute=player.now.minute // 30 * 30, second=0, microsecond=0)
    starts = now if library["open_now"] else datetime.fromisoformat(library["opens_next"])
    ends = starts + timedelta(minutes=30 * player.random.randint(2, 6))
    times = {"start_time": starts.isoformat(), "end_time": ends.isoformat()}
    return {"library_id": library["library_id"], **times, "attributes": player.random.choice(_WISHES)}


async def _own_library(player: Player) -> str:
    own = await player.select("bookings", select="organisation_id", limit="1")
    library = await player.pick("libraries", status="eq.approved", organisation_id=f"eq.{own[0]['organisation_id']}")
    return str(library["id"]) if library else ""


SIMULATION = Simulation(
    people={"students": [STUDENT, SECOND], "staff": [STAFF, OWNER], "owners": [OWNER]},
    acts=[come_and_go, wait_for_seat, change_mind, let_in, see_off, seat_walk_in, mend_seat, change_price, announce],
)
