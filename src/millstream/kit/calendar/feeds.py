"""Calendar feeds behind a secret address: whoever knows it reads as its owner, for as long as the owner may.

The secret is all that a calendar application can send, so it is unguessable, kept as a hash, and revoked by deleting
its row of `kit.calendar_feeds`. What it shows is decided by the policies, which see the owner as the caller.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from psycopg import AsyncRawCursor

from millstream.app import Context, OperationError
from millstream.app.routes import RouteCaller
from millstream.identity import Claims, Role
from millstream.postgres.transaction import become_caller


class FeedUnknown(OperationError):
    """No feed has this secret, or its owner may not sign in any more."""

    code = "feed_unknown"
    status = 404
    text = "There is no such calendar."


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed that was found. `context` is a transaction as its owner; `subject` is what it is to show."""

    context: Context
    owner_id: UUID
    subject: str


async def open_feed(context: Context, subject: str) -> str:
    """Make a feed of the caller's and return its secret, for its address; it cannot be read again."""
    cursor = await context.sql.execute("select kit.open_calendar_feed(%s) as secret", (subject,))
    row = await cursor.fetchone()
    return str(row["secret"]) if row else ""


@asynccontextmanager
async def feed_transaction(caller: RouteCaller, secret: str) -> AsyncIterator[Feed]:
    """Open a transaction as the owner of the feed with this secret. Raises FeedUnknown."""
    async with caller.service_transaction() as context:
        cursor = await context.sql.execute("select * from kit.calendar_feed(%s)", (secret,))
        row = await cursor.fetchone()
        if row is None:
            raise FeedUnknown
        owner = Claims.from_token({"role": Role.AUTHENTICATED, "sub": str(row["owner_id"]), "aud": "authenticated"})
        become = become_caller(owner)
        await context.sql.execute("select set_config('transaction_read_only', 'on', true)")
        await AsyncRawCursor(context.sql).execute(become.sql.encode(), become.parameters)
        yield Feed(replace(context, claims=owner), row["owner_id"], row["subject"])
