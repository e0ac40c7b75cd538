"""Make.com by the names that its users know: send, send with retries, test, check the configuration, figures.

The settings name a scenario's address; `keep_make_endpoint` makes it an endpoint like any other at each start. A send
is a row of the outbox, and its result what came of its attempts: nothing goes past the log, and no secret leaves the
server.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg

from millstream.errors import MillstreamError
from millstream.identity import Claims, Role
from millstream.webhooks.administration.access import Administration
from millstream.webhooks.administration.endpoints import (
    create_endpoint,
    get_endpoint,
    get_secrets,
    rotate_secret,
    update_endpoint,
)
from millstream.webhooks.administration.errors import EndpointUnknown, WebhooksForbidden
from millstream.webhooks.administration.insight import statistics
from millstream.webhooks.administration.models import CallResult, EndpointChange, NewEndpoint, Rotation
from millstream.webhooks.administration.sending import call_for_test, first_attempt, last_attempt, send_to_endpoint
from millstream.webhooks.signing.secrets import SHARED_PREFIX, Secret, SecretInvalid, SignatureKind, parse_secret

MAKE_ENDPOINT = UUID("6d616b65-0000-4000-8000-000000000001")
"""The endpoint of MAKE_WEBHOOK_URL, the same in every project, so that two starts at once make one."""

_DESCRIPTION = "Make.com, by MAKE_WEBHOOK_URL"
_SERVICE = Claims.from_token({"role": Role.SERVICE})
_BYTES = range(24, 65)
_SUGGESTED_HOST = "make.com"


@dataclass(frozen=True, slots=True)
class MakeConfig:
    """Whereto, and how long to wait for what comes of it; a send goes on by itself when nobody waits any more."""

    endpoint_id: UUID = MAKE_ENDPOINT
    wait_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class MakeResult:
    """What came of the first attempt."""

    success: bool
    error: str | None


@dataclass(frozen=True, slots=True)
class MakeRetryResult:
    """What came of all attempts until it was delivered, given up, or nobody waited any more."""

    success: bool
    error: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class MakeTestResult:
    """What came of a test call; `response_time` in milliseconds."""

    success: bool
    response_time: float | None
    error: str | None


@dataclass(frozen=True, slots=True)
class MakeConfigCheck:
    """What is wrong with the settings, and what might be."""

    is_valid: bool
    errors: list[str]
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class MakeStats:
    """Attempts for as long as they are kept; `average_response_time` in milliseconds."""

    total_sent: int
    successful_sent: int
    average_response_time: float | None


async def send_to_make_webhook(
    admin: Administration, claims: Claims, event: str, data: Mapping[str, Any], config: MakeConfig | None = None
) -> MakeResult:
    """Send an event and wait for its first attempt; it is tried again all the same when that fails."""
    result = await _send(admin, claims, event, data, config or MakeConfig(), to_the_end=False)
    return MakeResult(result.success, result.error)


async def send_to_make_webhook_with_retry(
    admin: Administration, claims: Claims, event: str, data: Mapping[str, Any], config: MakeConfig | None = None
) -> MakeRetryResult:
    """Send an event and wait until it was delivered or given up, by the endpoint's schedule."""
    result = await _send(admin, claims, event, data, config or MakeConfig(), to_the_end=True)
    return MakeRetryResult(result.success, result.error, result.attempts)


async def test_make_webhook(
    admin: Administration,
    claims: Claims,
    config: MakeConfig | None = None,  # noqa: PT028 -- no test of ours: a test call, by the name that users know
) -> MakeTestResult:
    """Send an example and wait for the answer."""
    config = config or MakeConfig()
    try:
        result = await call_for_test(admin, claims, config.endpoint_id, seconds=config.wait_seconds)
    except EndpointUnknown:
        result = _without_endpoint()
    return MakeTestResult(result.success, result.response_time_ms, result.error)


def validate_make_webhook_config(admin: Administration, claims: Claims) -> MakeConfigCheck:
    """Look at the settings, for the secret key alone; nothing is sent, and no secret is repeated."""
    if claims.role != Role.SERVICE:
        raise WebhooksForbidden("The settings are shown to the secret key alone.")
    errors, warnings = [], []
    url, secret = admin.settings.make_url, admin.settings.make_secret
    if not url:
        errors.append("MAKE_WEBHOOK_URL is not set.")
    else:
        try:
            admin.guard.check_url(url)
        except MillstreamError as error:
            errors.append(f"MAKE_WEBHOOK_URL: {error.message}")
        host = urlsplit(url).hostname or ""
        if host != _SUGGESTED_HOST and not host.endswith(f".{_SUGGESTED_HOST}"):
            warnings.append("MAKE_WEBHOOK_URL is no address of make.com.")
    if not secret:
        warnings.append("MAKE_WEBHOOK_SECRET is not set: the endpoint signs with a secret that was made for it.")
    else:
        try:
            make_signing_secret(secret)
        except SecretInvalid as error:
            errors.append(f"MAKE_WEBHOOK_SECRET: {error.message}")
    if not admin.settings.inbound_secret:
        warnings.append(
            "SUPABASE_WEBHOOK_SECRET is not set: inbound webhooks without a secret of their own are closed."
        )
    return MakeConfigCheck(not errors, errors, warnings)


async def get_webhook_stats(admin: Administration, claims: Claims) -> MakeStats:
    """Return the figures of all endpoints that the caller manages."""
    found = await statistics(admin, claims, window=timedelta(days=admin.settings.keep_logs_days))
    return MakeStats(found.total_sent, found.successful_sent, found.average_response_ms)


async def keep_make_endpoint(admin: Administration) -> None:
    """Let the endpoint that the settings name exist, with that address and secret; do nothing where they name none.

    What an operator changed otherwise stays. An old secret signs beside the new one for a day.
    """
    url, text = admin.settings.make_url, admin.settings.make_secret
    if not url:
        return
    secret = make_signing_secret(text).text if text else None
    try:
        found = await get_endpoint(admin, _SERVICE, MAKE_ENDPOINT)
    except EndpointUnknown:
        wanted = NewEndpoint(url=url, preset="make", description=_DESCRIPTION, secret=secret)
        with suppress(psycopg.errors.UniqueViolation):  # another process made it a moment ago
            await create_endpoint(admin, _SERVICE, wanted, endpoint_id=MAKE_ENDPOINT)
        return
    if found.url != url:
        await update_endpoint(admin, _SERVICE, MAKE_ENDPOINT, EndpointChange(url=url))
    known = [one.secret for one in await get_secrets(admin, _SERVICE, MAKE_ENDPOINT)]
    if secret is not None and secret not in known:
        await rotate_secret(admin, _SERVICE, MAKE_ENDPOINT, Rotation(secret=secret))


def make_signing_secret(text: str) -> Secret:
    """Return the secret to sign with: `whsec_` and base64, or a text of 24 to 64 bytes taken as it is."""
    if text.startswith(SHARED_PREFIX):
        return parse_secret(text)
    if len(text.encode()) not in _BYTES:
        raise SecretInvalid("A secret that does not start with whsec_ has 24 to 64 bytes.")
    return Secret(SignatureKind.V1, text.encode())


async def _send(
    admin: Administration,
    claims: Claims,
    event: str,
    data: Mapping[str, Any],
    config: MakeConfig,
    *,
    to_the_end: bool,
) -> CallResult:
    try:
        event_id = await send_to_endpoint(admin, claims, config.endpoint_id, event, data)
    except EndpointUnknown:
        return _without_endpoint()
    wait = last_attempt if to_the_end else first_attempt
    return await wait(admin, event_id, config.endpoint_id, config.wait_seconds)


def _without_endpoint() -> CallResult:
    error = "There is no such endpoint: set MAKE_WEBHOOK_URL and start again, or name another one."
    return CallResult(success=False, response_time_ms=None, http_status=None, attempts=0, error=error)
