"""The sweep that expires holds nobody asks about; what somebody asks about expires inside his own claim.

An application declares it beside its other background tasks; the rules are `kit.holds` and `kit.expire_due`.
"""

from __future__ import annotations

from millstream.app import BackgroundTask, Context


def expire_holds(table: str, *, seconds: float = 1) -> BackgroundTask:
    """Return the task that expires what is due of a table with holds, such as `public.bookings`."""

    async def sweep(context: Context) -> int:
        cursor = await context.sql.execute("select kit.expire_due(%s::regclass) as expired", (table,))
        row = await cursor.fetchone()
        return int(row["expired"]) if row else 0

    return BackgroundTask(f"expire holds of {table}", seconds, sweep)
