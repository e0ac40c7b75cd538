"""Why a join is refused, in the codes that clients know (section 5 of the protocol). Pure.

Clients show `Code: text` to people and test the code for how long to wait before they join again.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode
from typing import NamedTuple

import orjson

from millstream.auth.errors import (
    TokenClaimMissing,
    TokenExpired,
    TokenRefused,
    TokenSignatureInvalid,
    TokenTimeInvalid,
)
from millstream.errors import MillstreamError
from millstream.policy.topic_access import MessagesPartitionMissing, TopicPolicyFailed
from millstream.postgres import sqlstate
from millstream.postgres.errors import DatabaseError, PoolWaitTimeout, RunTimeout
from millstream.subscriptions.bindings.binding import SubscriptionRefused


class Refusal(NamedTuple):
    """One reason, as `response.reason` of the reply carries it."""

    code: str
    text: str

    @property
    def reason(self) -> str:
        """Render for the wire."""
        return f"{self.code}: {self.text}"


TOO_MANY_CHANNELS = Refusal("ChannelRateLimitReached", "Too many channels")
TOO_MANY_JOINS = Refusal("ClientJoinRateLimitReached", "Too many joins per second")
PRIVATE_ONLY = Refusal("PrivateOnly", "This project only allows private channels")
TOO_MANY_WAITING = Refusal(
    "DatabaseConnectionRateLimitReached", "Too many joins wait for the database, please try again later"
)
DATABASE_UNREACHABLE = Refusal("UnableToConnectToProject", "Realtime was unable to connect to the project database")


UNAUTHORIZED = "Unauthorized"
TOO_MANY_MESSAGES = "Too many messages per second"


class Trouble(NamedTuple):
    """What keeps a question from being answered: as the code of a failed message, and as the refusal of a join."""

    code: str
    refusal: Refusal


_UNREACHABLE = Trouble("unable_to_connect_to_project", DATABASE_UNREACHABLE)
_CANCELED = Trouble("query_canceled", Refusal("QueryCanceled", "Query was cancelled, please try again"))
_BUSY = Trouble(
    "increase_connection_pool", Refusal("IncreaseConnectionPool", "Please increase your connection pool size")
)
_NO_PARTITION = Trouble(
    "missing_partition",
    Refusal("MissingPartition", "Realtime was unable to find the expected messages partition"),
)
_POLICY_FAILED = Trouble("rls_policy_error", Refusal(UNAUTHORIZED, "A policy on realtime.messages failed"))
_BY_SQLSTATE = {
    sqlstate.QUERY_CANCELED: _CANCELED,
    sqlstate.TOO_MANY_CONNECTIONS: Trouble(
        "unable_to_connect_to_project",
        Refusal("DatabaseLackOfConnections", "Database can't accept more connections, Realtime won't connect"),
    ),
    sqlstate.CANNOT_CONNECT_NOW: Trouble(
        "unable_to_connect_to_project",
        Refusal("InitializingProjectConnection", "Connecting to the project database"),
    ),
}


def not_subscribed(error: SubscriptionRefused) -> Refusal:
    """Refuse a join that waits for changes which cannot be followed, or not now."""
    if error.may_pass and isinstance(error.__cause__, MillstreamError):
        return trouble_of(error.__cause__).refusal
    return Refusal("RealtimeDisabledForConfiguration", error.message)


def trouble_of(error: MillstreamError) -> Trouble:
    """Say what an error of the database means to somebody who waits for its answer."""
    if isinstance(error, DatabaseError):
        return _BY_SQLSTATE.get(error.sqlstate, _UNREACHABLE)
    if isinstance(error, PoolWaitTimeout):
        return _BUSY
    if isinstance(error, RunTimeout):
        return _CANCELED
    if isinstance(error, TopicPolicyFailed):
        return _POLICY_FAILED
    return _NO_PARTITION if isinstance(error, MessagesPartitionMissing) else _UNREACHABLE


def not_readable(sub_topic: str) -> Refusal:
    """Refuse a private topic that policies do not let the caller read."""
    return Refusal(UNAUTHORIZED, f"You do not have permissions to read from this Channel topic: {sub_topic}")


def subscribe_timeout(milliseconds: int) -> Refusal:
    """Refuse because the changes did not flow in time."""
    text = f"Timed out after {milliseconds}ms waiting for the postgres_changes subscription"
    return Refusal("PostgresChangesSubscribeTimeout", text)


def expired(seconds_ago: float) -> Refusal:
    """Refuse a token that was good once."""
    return Refusal("InvalidJWTToken", f"Token has expired {max(0, int(seconds_ago))} seconds ago")


def token_refused(error: TokenRefused, token: str, now: float) -> Refusal:
    """Refuse a token for what the verifier found wrong."""
    if isinstance(error, TokenExpired):
        return expired(now - _expiry_of(token))
    if isinstance(error, TokenSignatureInvalid):
        return Refusal("JwtSignatureError", "Failed to validate JWT signature")
    if isinstance(error, TokenClaimMissing):
        return Refusal("InvalidJWTToken", "Fields `role` and `exp` are required in JWT")
    if isinstance(error, TokenTimeInvalid):
        return Refusal("InvalidJWTToken", "Token expiration time is invalid")
    return Refusal("MalformedJWT", f"The token provided is not a valid JWT: {error.message}")


def _expiry_of(token: str) -> float:
    """Read the claim again that the verifier judged: its signature is right, so its form is too."""
    payload = token.split(".")[1]
    return float(orjson.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
