"""The SQLSTATE codes that Millstream tests, by the condition names of PostgreSQL's Appendix A."""

from __future__ import annotations

from typing import Final

CHECK_VIOLATION: Final = "23514"
SERIALIZATION_FAILURE: Final = "40001"
DEADLOCK_DETECTED: Final = "40P01"
INSUFFICIENT_PRIVILEGE: Final = "42501"
TOO_MANY_CONNECTIONS: Final = "53300"
OBJECT_NOT_IN_PREREQUISITE_STATE: Final = "55000"
LOCK_NOT_AVAILABLE: Final = "55P03"
QUERY_CANCELED: Final = "57014"
CANNOT_CONNECT_NOW: Final = "57P03"

# Connection, resources, operator intervention, transaction rollback, system: trouble that passes, and no decision.
PASSING_CLASSES: Final = ("08", "53", "57", "40", "58")
