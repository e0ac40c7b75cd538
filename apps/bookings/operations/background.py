"""What goes on by itself: holds run out, days end, clients are reminded, old traces go."""

from __future__ import annotations

from millstream import kit
from millstream.app import Context, every
from millstream.kit import demo_webhooks, notifications

expire_holds = kit.expire_holds("public.bookings")
forget_keys = kit.forget_idempotency_keys()
forget_notifications = notifications.forget_notifications()
forget_received_webhooks = demo_webhooks.forget_received_webhooks()


@every(seconds=20)
async def settle_due_bookings(context: Context) -> int:
    """Complete what is over and note who did not come; return how many bookings changed."""
    return await _count(context, "select settle_due_bookings() as changed")


@every(seconds=60)
async def remind_of_bookings(context: Context) -> int:
    """Remind clients of tomorrow; return how many were reminded."""
    return await _count(context, "select remind_of_bookings() as changed")


@every(seconds=3600)
async def remove_old_traces(context: Context) -> int:
    """Remove links, views and days that are over; return how many rows went."""
    return await _count(context, "select remove_old_traces() as changed")


async def _count(context: Context, statement: str) -> int:
    row = await (await context.sql.execute(statement.encode())).fetchone()
    return int(row["changed"]) if row else 0
