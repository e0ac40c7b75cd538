-- The life of a booking: what may follow what, and by whom. Each step appends one row to `booking_events`.

select kit.state_machine('public.bookings',
  actor => 'public.actor_of_booking',
  log => 'public.booking_events',
  describe => 'public.describe_booking_event',
  transitions => '[
    {"from": null,         "to": "held",       "by": ["student", "staff", "system"], "event": "booking.held"},
    {"from": null,         "to": "confirmed",  "by": ["student", "staff", "system"], "event": "booking.created"},
    {"from": null,         "to": "checked_in", "by": ["staff", "system"],            "event": "booking.created"},
    {"from": "held",       "to": "confirmed",  "by": ["student", "staff", "system"], "event": "booking.created"},
    {"from": "held",       "to": "expired",    "by": ["system"],                     "event": "booking.expired"},
    {"from": "confirmed",  "to": "checked_in", "by": ["student", "staff", "system"], "event": "booking.checkin"},
    {"from": "confirmed",  "to": "no_show",    "by": ["staff", "system"],            "event": "booking.no_show"},
    {"from": "confirmed",  "to": "completed",  "by": ["system"],                     "event": "booking.checkout"},
    {"from": "checked_in", "to": "completed",  "by": ["student", "staff", "system"], "event": "booking.checkout"},
    {"from": ["held", "confirmed"], "to": "cancelled",
      "by": ["student", "staff", "system"], "event": "booking.cancelled"},
    {"from": "held",       "to": "held",       "changed": ["start_time", "end_time", "seat_id"],
      "by": ["student", "staff", "system"], "event": "booking.updated"},
    {"from": "confirmed",  "to": "confirmed",  "changed": ["start_time", "end_time", "seat_id"],
      "by": ["student", "staff", "system"], "event": "booking.updated"},
    {"from": "checked_in", "to": "checked_in", "changed": ["start_time", "end_time", "seat_id"],
      "by": ["student", "staff", "system"], "event": "booking.updated"}
  ]');
