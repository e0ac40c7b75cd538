-- Which tables the log is followed for, each with its whole old rows: a change is checked against them, too.

select kit.follow(followed::regclass)
from unnest(array['libraries', 'zones', 'seats', 'opening_hours', 'closed_days', 'prices', 'price_changes', 'bookings',
  'booking_events', 'passes', 'seat_alerts', 'reviews', 'announcements']) as followed;
