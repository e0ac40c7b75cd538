"""The SQLSTATE codes that Millstream tests, by the condition names of PostgreSQL's Appendix A."""

from __future__ import annotations

from typing import Final

CONNECTION_FAILURE: Final = "08006"
READ_ONLY_SQL_TRANSACTION: Final = "25006"
INVALID_AUTHORIZATION_SPECIFICATION: Final = "28000"
INVALID_PASSWORD: Final = "28P01"  # noqa: S105 -- a code, not a password
INVALID_TEXT_REPRESENTATION: Final = "22P02"
NOT_NULL_VIOLATION: Final = "23502"
FOREIGN_KEY_VIOLATION: Final = "23503"
UNIQUE_VIOLATION: Final = "23505"
CHECK_VIOLATION: Final = "23514"
EXCLUSION_VIOLATION: Final = "23P01"
INVALID_CATALOG_NAME: Final = "3D000"
SERIALIZATION_FAILURE: Final = "40001"
DEADLOCK_DETECTED: Final = "40P01"
INSUFFICIENT_PRIVILEGE: Final = "42501"
UNDEFINED_COLUMN: Final = "42703"
UNDEFINED_FUNCTION: Final = "42883"
UNDEFINED_TABLE: Final = "42P01"
UNDEFINED_OBJECT: Final = "42704"
DUPLICATE_OBJECT: Final = "42710"
INFINITE_RECURSION: Final = "42P17"
TOO_MANY_CONNECTIONS: Final = "53300"
CONFIGURATION_LIMIT_EXCEEDED: Final = "53400"
OBJECT_NOT_IN_PREREQUISITE_STATE: Final = "55000"
OBJECT_IN_USE: Final = "55006"
LOCK_NOT_AVAILABLE: Final = "55P03"
QUERY_CANCELED: Final = "57014"
ADMIN_SHUTDOWN: Final = "57P01"
CANNOT_CONNECT_NOW: Final = "57P03"
RAISE_EXCEPTION: Final = "P0001"

# The caller may try the same transaction again: nothing of it happened.
RETRYABLE: Final = frozenset({SERIALIZATION_FAILURE, DEADLOCK_DETECTED})

# Connection, resources, operator intervention, transaction rollback, system: trouble that passes, and no decision.
PASSING_CLASSES: Final = ("08", "53", "57", "40", "58")
