"""Who listens to what: postgres_changes subscriptions, their filters and payloads, and the router of changes."""
