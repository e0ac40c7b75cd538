-- The life of a booking: what may follow what, and by whom. Each step appends one row to `booking_events`.

select kit.state_machine('public.bookings',
  actor => 'public.actor_of_booking',
  log => 'public.booking_events',
  describe => 'public.describe_booking_event',
  triggers => false,
  transitions => '[
    {"from": null,                "to": "held",       "by": ["client", "staff"],           "event": "booking.held"},
    {"from": null,                "to": "confirmed",  "by": ["staff", "system"],           "event": "booking.confirmed"},
    {"from": "held",              "to": "pending",    "by": ["client", "staff", "system"], "event": "booking.requested"},
    {"from": "held",              "to": "confirmed",  "by": ["client", "staff", "system"], "event": "booking.confirmed"},
    {"from": "pending",           "to": "confirmed",  "by": ["staff", "system"],           "event": "booking.confirmed"},
    {"from": "pending",           "to": "declined",   "by": ["staff"],                     "event": "booking.declined"},
    {"from": ["held", "pending"], "to": "expired",    "by": ["system"],                    "event": "booking.expired"},
    {"from": "expired",           "to": "confirmed",  "by": ["system"],                    "event": "booking.confirmed"},
    {"from": "confirmed",         "to": "checked_in", "by": ["staff"],                     "event": "booking.checked_in"},
    {"from": "confirmed",         "to": "no_show",    "by": ["staff", "system"],           "event": "booking.no_show"},
    {"from": "checked_in",        "to": "completed",  "by": ["staff", "system"],           "event": "booking.completed"},
    {"from": "confirmed",         "to": "completed",  "by": ["system"],                    "event": "booking.completed"},
    {"from": ["held", "pending", "confirmed"], "to": "cancelled",
      "by": ["client", "staff", "system"], "event": "booking.cancelled"},
    {"from": "held",      "to": "held",      "changed": ["starts_at", "ends_at", "provider_id"],
      "by": ["client", "staff", "system"], "event": "booking.rescheduled"},
    {"from": "pending",   "to": "pending",   "changed": ["starts_at", "ends_at", "provider_id"],
      "by": ["client", "staff", "system"], "event": "booking.rescheduled"},
    {"from": "confirmed", "to": "confirmed", "changed": ["starts_at", "ends_at", "provider_id"],
      "by": ["client", "staff", "system"], "event": "booking.rescheduled"}
  ]');
