"""What people do with bookings, one module a subject."""
