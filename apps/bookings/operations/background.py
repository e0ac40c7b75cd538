"""What goes on by itself: holds run out, days end, clients are reminded, old traces go."""

from __future__ import annotations

from millstream import kit
from millstream.kit import call_every, demo_webhooks, notifications

expire_holds = kit.expire_holds("public.bookings")
settle_due_bookings = call_every("settle_due_bookings", seconds=20)
remind_of_bookings = call_every("remind_of_bookings", seconds=60)
remove_old_traces = call_every("remove_old_traces", seconds=3600)
forget_keys = kit.forget_idempotency_keys()
forget_notifications = notifications.forget_notifications()
forget_received_webhooks = demo_webhooks.forget_received_webhooks()
