"""What the database says of itself: tables, policies and grants, as of one place in the log."""
