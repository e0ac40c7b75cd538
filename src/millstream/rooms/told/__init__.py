"""What is said in rooms: from a change of the log to one frame for all who hear it, and what is kept of it."""
