"""What the demo is made of: who offers what, what was booked with them, what was sent of it."""
