"""HTTP beside operations: the Booking service by its eleven routes, and what tries out its rooms."""
