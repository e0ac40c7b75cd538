"""What goes on by itself: holds run out, who did not come loses the seat, days end, old traces go."""

from __future__ import annotations

from millstream import kit
from millstream.kit import notifications

expire_holds = kit.expire_holds("public.bookings")
settle_due_bookings = kit.call_every("settle_due_bookings", seconds=10)
forget_keys = kit.forget_idempotency_keys()
forget_notifications = notifications.forget_notifications()
