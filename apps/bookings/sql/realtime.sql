-- Which tables the log is followed for, each with its whole old rows: a change is checked against them, too.

select kit.follow(followed::regclass)
from unnest(array['providers', 'services', 'provider_services', 'working_hours', 'schedule_exceptions', 'clients', 'bookings',
  'booking_events', 'booking_viewers', 'slot_changes']) as followed;
