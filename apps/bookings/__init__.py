"""Bookings: appointments whose calendar, timeline and webhooks follow at once. Read README.md, then app.py."""
