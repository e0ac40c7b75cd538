"""Bookings: appointments whose calendar, timeline and webhooks follow each step at once. Read README.md, then app.py."""
