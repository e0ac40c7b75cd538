"""Relationships between relations: read from foreign keys, carried through views, found by the names of a request."""
