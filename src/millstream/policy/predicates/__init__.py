"""Conditions of policies as values: which callers and rows they let through, decided without the database. Pure."""
