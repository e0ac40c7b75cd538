"""One request as one transaction: what is sent to PostgreSQL in one write, and what comes of it."""
