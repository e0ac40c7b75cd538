"""What the demo is made of: libraries with their plans, and what was booked in them."""
