"""The schema cache: read from PostgreSQL's catalog, and read again whenever the schema changes."""
