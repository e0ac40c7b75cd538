"""`millstream token`: mint an access token of this project, to try what a role or a user may do."""

from __future__ import annotations

import time
import uuid
from typing import Annotated, Any

import typer

from millstream.auth.keys import load_key_ring
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenSigner
from millstream.cli.console import output
from millstream.cli.database import command_database, connect
from millstream.errors import MillstreamError
from millstream.identity import Role
from millstream.server.settings import read_settings


class UserUnknown(MillstreamError):
    """Raised when no account has the given address."""

    code = "user_unknown"


class ClaimMalformed(MillstreamError):
    """Raised when a claim is not given as name=value."""

    code = "claim_malformed"


def token(
    *,
    role: Annotated[str, typer.Option(help="Database role that the bearer takes.")] = Role.AUTHENTICATED,
    user: Annotated[str | None, typer.Option(help="User id, or the e-mail address of an account.")] = None,
    claim: Annotated[list[str] | None, typer.Option(help="Another claim, as name=value. Repeatable.")] = None,
    expires_in: Annotated[int, typer.Option(help="Seconds until the token expires.")] = 3600,
) -> None:
    """Print an access token, signed with this project's key."""
    now = int(time.time())
    payload: dict[str, Any] = {"role": role, "aud": role, "iat": now, "exp": now + expires_in}
    payload |= {"iss": "millstream token"} | dict(_claim(text) for text in claim or ())
    if user is not None:
        payload |= _who(user)
    signer = TokenSigner(load_key_ring(read_settings(AuthSettings)))
    output().print(signer.sign(payload))


def _who(user: str) -> dict[str, str]:
    """Return the claims that say who it is; an address is looked up among the accounts."""
    if "@" not in user:
        try:
            return {"sub": str(uuid.UUID(user))}
        except ValueError:
            raise UserUnknown(f"{user} is neither a user id nor an e-mail address.") from None
    with command_database() as database, connect(database.url) as connection:
        found = connection.execute("select id::text from auth.users where email = lower(%s)", (user,)).fetchone()
    if found is None:
        raise UserUnknown(f"No account has the address {user}.", hint="Sign up first, or give a user id.")
    return {"sub": str(found[0]), "email": user.lower()}


def _claim(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ClaimMalformed(f"{text!r} is no claim.", hint="Write it as --claim name=value.")
    return name, value
