"""LodgeTix: tickets for lodge events, with counts that are true on every screen. Read README.md, then app.py."""
