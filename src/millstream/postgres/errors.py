"""What goes wrong between Millstream and its database, told apart by who has to act.

Raised by the connections of this package; `sqlstate` decides elsewhere what an HTTP client hears of a `DatabaseError`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from millstream.errors import MillstreamError


class DatabaseUnreachable(MillstreamError):
    """No connection to the database can be made."""

    code: ClassVar[str] = "database_unreachable"
    status: ClassVar[int] = 503


class TlsUnavailable(DatabaseUnreachable):
    """The address demands TLS and the server does not offer it, or its certificate is not the right one."""

    code: ClassVar[str] = "database_tls_unavailable"


class ConnectionLost(DatabaseUnreachable):
    """The connection ended before the answer was complete: nobody knows whether the statements took effect."""

    code: ClassVar[str] = "database_connection_lost"


class PoolWaitTimeout(MillstreamError):
    """Every connection of the pool stayed busy for longer than a request may wait."""

    code: ClassVar[str] = "database_busy"
    status: ClassVar[int] = 503


class RunTimeout(MillstreamError):
    """The statements took longer than their caller allowed; the server was told to stop and rolled back."""

    code: ClassVar[str] = "database_timeout"
    status: ClassVar[int] = 504


class DatabaseError(MillstreamError):
    """PostgreSQL's own refusal, with the fields of its ErrorResponse.

    `statement_index` is the place of the failed statement in the run, None outside one.
    """

    code: ClassVar[str] = "database_error"
    status: ClassVar[int] = 500

    def __init__(self, fields: Mapping[str, str], statement_index: int | None = None) -> None:
        super().__init__(fields.get("M", "unknown error"), details=fields.get("D"), hint=fields.get("H"))
        self.sqlstate = fields.get("C", "XX000")
        self.severity = fields.get("V", fields.get("S", "ERROR"))
        self.detail = self.details
        self.schema = fields.get("s")
        self.table = fields.get("t")
        self.column = fields.get("c")
        self.constraint = fields.get("n")
        self.statement_index = statement_index


class StalePlan(DatabaseError):
    """A prepared statement no longer fits the schema; it is forgotten, and the run may be tried again."""

    @staticmethod
    def is_meant_by(fields: Mapping[str, str]) -> bool:
        """Tell a stale plan from any other feature that is not supported: only the routine's name differs."""
        return fields.get("C") == "26000" or (fields.get("C") == "0A000" and fields.get("R") == "RevalidateCachedQuery")


def error_of(fields: Mapping[str, str], statement_index: int | None = None) -> DatabaseError:
    """Build the error that an ErrorResponse means."""
    kind = StalePlan if StalePlan.is_meant_by(fields) else DatabaseError
    return kind(fields, statement_index)
