"""What goes on by itself in any application: holds run out, and what nobody needs any more is forgotten."""

from __future__ import annotations

from millstream.app import BackgroundTask
from millstream.kit.holds import expire_holds
from millstream.kit.idempotency import forget_idempotency_keys
from millstream.kit.notifications import forget_notifications


def housekeeping(*claims: str) -> list[BackgroundTask]:
    """Return the tasks: `claims` are the tables with holds, such as `public.bookings`."""
    return [*map(expire_holds, claims), forget_idempotency_keys(), forget_notifications()]
