"""Names and values as SQL text, for the simple Query protocol, which has no parameters (replication has no other).

Correct under `standard_conforming_strings = on`, the default since PostgreSQL 9.1.
"""

from __future__ import annotations


def quote_identifier(name: str) -> str:
    """Render a name so that PostgreSQL takes it exactly."""
    return '"' + name.replace('"', '""') + '"'


def quote_literal(text: str) -> str:
    """Render a string constant."""
    return "'" + text.replace("'", "''") + "'"
