"""The sweep that expires holds nobody asks about; what somebody asks about expires inside his own claim.

An application declares it beside its other background tasks; the rules are `kit.holds` and `kit.expire_due`.
"""

from __future__ import annotations

from millstream.app import BackgroundTask
from millstream.kit.upkeep import call_every


def expire_holds(table: str, *, seconds: float = 1) -> BackgroundTask:
    """Return the task that expires what is due of a table with holds, such as `public.bookings`."""
    return call_every("kit.expire_due", table, seconds=seconds, name=f"expire holds of {table}")
