"""`millstream token`: mint an access token of this project, to try what a role or a user may do; or print its keys."""

from __future__ import annotations

import contextlib
import time
from typing import Annotated, Any

import typer

from millstream.auth.api_keys import ApiKeys
from millstream.auth.keys import load_key_ring
from millstream.auth.settings import AuthSettings
from millstream.auth.tokens import TokenSigner
from millstream.cli.caller import caller_payload
from millstream.cli.console import output
from millstream.cli.database import command_database, command_settings
from millstream.errors import MillstreamError
from millstream.identity import Role


class ClaimMalformed(MillstreamError):
    """Raised when a claim is not given as name=value."""

    code = "claim_malformed"


def token(
    *,
    role: Annotated[str, typer.Option(help="Database role that the bearer takes.")] = Role.AUTHENTICATED,
    user: Annotated[str | None, typer.Option(help="User id, or the e-mail address of an account.")] = None,
    claim: Annotated[list[str] | None, typer.Option(help="Another claim, as name=value. Repeatable.")] = None,
    expires_in: Annotated[int, typer.Option(help="Seconds until the token expires.")] = 3600,
    keys: Annotated[bool, typer.Option("--keys", help="Print the project's API keys instead.")] = False,
) -> None:
    """Print an access token, signed with this project's key."""
    settings = command_settings().auth
    if keys:
        _print_keys(settings)
        return
    with command_database() if user is not None and "@" in user else contextlib.nullcontext() as database:
        payload = caller_payload(role, user, database)
    now = int(time.time())
    payload |= {"iss": "millstream token", "iat": now, "exp": now + expires_in}
    payload |= dict(_claim(text) for text in claim or ())
    output().print(TokenSigner(load_key_ring(settings)).sign(payload))


def _print_keys(settings: AuthSettings) -> None:
    legacy = ApiKeys(settings)
    named: list[tuple[str, Any]] = [
        *(("publishable", key) for key in settings.publishable_keys),
        *(("secret", key) for key in settings.secret_keys),
        ("anon", legacy.anon_key),
        ("service_role", legacy.service_role_key),
    ]
    for name, key in named:
        output().print(f"{name:13}{key}")


def _claim(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise ClaimMalformed(f"{text!r} is no claim.", hint="Write it as --claim name=value.")
    return name, value
