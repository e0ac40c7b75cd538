"""Connections and pools to PostgreSQL, the caller's transaction, migrations, and Millstream's own SQL."""
