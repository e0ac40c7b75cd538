"""Who a command acts as: the claims of a role, or of a user named by id or e-mail address."""

from __future__ import annotations

import uuid
from typing import Any

from millstream.cli.database import CommandDatabase, connect
from millstream.errors import MillstreamError
from millstream.identity import Claims


class UserUnknown(MillstreamError):
    """Raised when no account has the given address."""

    code = "user_unknown"


def caller_claims(role: str, user: str | None, database: CommandDatabase | None = None) -> Claims:
    """Return the claims of a caller; an e-mail address is looked up in the database."""
    return Claims.from_token(caller_payload(role, user, database))


def caller_payload(role: str, user: str | None, database: CommandDatabase | None = None) -> dict[str, Any]:
    """Return the claims as a token's payload has them."""
    payload: dict[str, Any] = {"role": role, "aud": role}
    if user is None:
        return payload
    if database is not None and "@" in user:
        return payload | {"sub": _id_of(user, database), "email": user.lower()}
    try:
        return payload | {"sub": str(uuid.UUID(user))}
    except ValueError:
        raise UserUnknown(f"{user} is neither a user id nor an e-mail address.") from None


def _id_of(address: str, database: CommandDatabase) -> str:
    with connect(database.url) as connection:
        found = connection.execute("select id::text from auth.users where email = lower(%s)", (address,)).fetchone()
    if found is None:
        raise UserUnknown(f"No account has the address {address}.", hint="Sign up first, or give a user id.")
    return str(found[0])
