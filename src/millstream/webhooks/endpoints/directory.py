"""The endpoints of a project, kept in memory until the log says that one has changed.

Read by the capture, which needs to know who wants an event, and by the worker, which needs to know how to send it.
`forget` is called when the log tells of a change; the next `load` reads anew. Health comes with every claim instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from millstream.errors import MillstreamError
from millstream.observe import Observer
from millstream.postgres.pool import SqlConnection
from millstream.sealing import Sealer
from millstream.webhooks.delivery.circuit_breaker import Health
from millstream.webhooks.delivery.retry_schedule import parse_schedule
from millstream.webhooks.endpoints.endpoint import Endpoint, EndpointState, WhenExhausted
from millstream.webhooks.endpoints.transport import DIRECT, Transport
from millstream.webhooks.observations import WebhookEndpointUnreadable
from millstream.webhooks.signing.secrets import Secret, parse_secret
from millstream.webhooks.signing.signatures import SignatureStyle

_ENDPOINTS = """
select e.*, coalesce(s.sealed, '{}') as secrets, extract(epoch from s.next_expiry - now()) as next_expiry_seconds
from webhooks.endpoints e
left join lateral (
  select array_agg(s.sealed order by s.created_at desc) as sealed, min(s.expires_at) as next_expiry
  from webhooks.secrets s where s.endpoint_id = e.id and (s.expires_at is null or s.expires_at > now())
) s on true
order by e.created_at, e.id
"""
# The log tells of every change; this is for what it was not followed for.
_LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What of an endpoint is sealed."""

    secrets: tuple[Secret, ...]
    headers: Mapping[str, str]
    transport: Transport


class EndpointDirectory:
    """Who receives what. All calls come from one event loop; `clock` counts seconds and never goes back."""

    def __init__(self, sealer: Sealer, clock: Callable[[], float], observe: Observer) -> None:
        self._sealer = sealer
        self._observe = observe
        self._clock = clock
        self._known: Sequence[Endpoint] | None = None
        self._good_until = 0.0
        self._changes = 0

    def forget(self) -> None:
        """Read anew at the next look: something has changed."""
        self._known = None
        self._changes += 1

    async def load(self, connection: SqlConnection, *, anew: bool = False) -> Sequence[Endpoint]:
        """Return all endpoints, in the order in which they were made; `anew` trusts nothing that was read before."""
        if not anew and self._known is not None and self._clock() < self._good_until:
            return self._known
        before = self._changes
        cursor = await connection.execute(_ENDPOINTS)
        rows = await cursor.fetchall()
        endpoints = tuple(self._endpoint(row) for row in rows)
        if self._changes == before:
            expiries = [float(row["next_expiry_seconds"]) for row in rows if row["next_expiry_seconds"] is not None]
            self._good_until = self._clock() + min([_LONGEST_SECONDS, *expiries])
            self._known = endpoints
        return endpoints

    def _endpoint(self, row: Mapping[str, Any]) -> Endpoint:
        """Return the row's endpoint; one that cannot be read harms no other, and its events are kept for it."""
        try:
            return self._read(row, _Sealed(self._secrets(row), self._headers(row), self._transport(row)))
        except (MillstreamError, ValueError, TypeError) as error:
            self._observe(WebhookEndpointUnreadable(str(row["id"]), type(error).__name__))
            readable = {**row, "signatures": (), "retry": "none", "state": EndpointState.DISABLED}
            return self._read(readable, _Sealed((), {}, DIRECT))

    def _secrets(self, row: Mapping[str, Any]) -> tuple[Secret, ...]:
        place = str(row["id"])
        return tuple(parse_secret(self._sealer.open(sealed, place=place)) for sealed in row["secrets"])

    def _headers(self, row: Mapping[str, Any]) -> Mapping[str, str]:
        sealed = row["sealed_headers"]
        return orjson.loads(self._sealer.open(sealed, place=str(row["id"]))) if sealed else {}

    def _transport(self, row: Mapping[str, Any]) -> Transport:
        sealed = row["sealed_transport"]
        return Transport.of(orjson.loads(self._sealer.open(sealed, place=str(row["id"])))) if sealed else DIRECT

    @staticmethod
    def _read(row: Mapping[str, Any], sealed: _Sealed) -> Endpoint:
        return Endpoint(
            id=row["id"],
            organisation_id=row["organisation_id"],
            url=row["url"],
            event_types=tuple(row["event_types"]),
            filter=row["filter"],
            preset=row["preset"],
            styles=tuple(SignatureStyle(style) for style in row["signatures"]),
            schedule=parse_schedule(row["retry"]),
            when_exhausted=WhenExhausted(row["when_exhausted"]),
            timeout_seconds=row["timeout_ms"] / 1000,
            max_in_flight=row["max_in_flight"],
            rate_per_second=row["rate_per_second"],
            headers=sealed.headers,
            secrets=sealed.secrets,
            transport=sealed.transport,
            state=EndpointState(row["state"]),
            health=Health(row["failures"], row["failing_since"], row["open_until"]),
        )
