"""What people and the system do with tickets, one module a subject."""
