"""The kit's SQL, applied after Millstream's own and before an application's."""

from __future__ import annotations

from importlib.resources import files

from millstream.postgres.migrations import MigrationSource


def kit_source() -> MigrationSource:
    """Return the SQL of schema `kit`."""
    return MigrationSource("kit", files("millstream.kit") / "sql")
