"""What an operation is given: who calls, and the caller's transaction.

Made by `operations.call` for each attempt, never kept: the connection goes back to its pool with the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from millstream.identity import Claims, Role
from millstream.operations.errors import SignInRequired
from millstream.postgres.pool import SqlConnection

SERVICE = Claims.from_token({"role": Role.SERVICE})


@dataclass(frozen=True, slots=True)
class Context:
    """One run of an operation. All that it does through `sql` commits when it returns, or not at all when it raises.

    `sql` runs as the caller: policies and grants apply, rows are dictionaries. `now` is the server's clock in UTC.
    `idempotency_key` is the caller's `Idempotency-Key` header: the same key means the same call, repeated.
    """

    claims: Claims
    sql: SqlConnection
    now: datetime
    request_id: str
    idempotency_key: str | None = None

    @property
    def user_id(self) -> UUID:
        """Return the caller's user id; raise SignInRequired for a caller without an account."""
        if self.claims.subject is None:
            raise SignInRequired
        return UUID(self.claims.subject)
