"""Errors that PostgreSQL would raise for a name it does not know, raised before any SQL is made. Pure.

Clients see the same code and message; the difference is that the name never reaches the database.
"""

from __future__ import annotations

from millstream.postgrest.errors import DialectError


class ColumnUndefined(DialectError):
    """The relation has neither a column nor a computed field of that name."""

    code = "42703"
    status = 400

    def __init__(self, relation: str, column: str) -> None:
        super().__init__(f"column {relation}.{column} does not exist")


class TypeUndefined(DialectError):
    """A cast names a type that does not exist."""

    code = "42704"
    status = 400

    def __init__(self, name: str) -> None:
        super().__init__(f'type "{name}" does not exist')
