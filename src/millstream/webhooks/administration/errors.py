"""What the administration of webhooks refuses."""

from __future__ import annotations

from typing import ClassVar

from millstream.errors import MillstreamError


class EndpointUnknown(MillstreamError):
    """Raised for an endpoint that is not there, or not the caller's."""

    code: ClassVar[str] = "webhook_endpoint_unknown"
    status: ClassVar[int] = 404


class EventUnknown(MillstreamError):
    """Raised for an event that is not there, is not kept any more, or is not the caller's."""

    code: ClassVar[str] = "webhook_event_unknown"
    status: ClassVar[int] = 404


class GapUnknown(MillstreamError):
    """Raised for a gap that is not there."""

    code: ClassVar[str] = "webhook_gap_unknown"
    status: ClassVar[int] = 404


class BackfillImpossible(MillstreamError):
    """Raised for a gap that is not over yet, or whose tables cannot be read by a column's times."""

    code: ClassVar[str] = "webhook_backfill_impossible"
    status: ClassVar[int] = 409


class WebhooksForbidden(MillstreamError):
    """Raised for a caller who manages no webhooks, or not those of this organisation."""

    code: ClassVar[str] = "webhooks_forbidden"
    status: ClassVar[int] = 403


class TooManyEndpoints(MillstreamError):
    """Raised when an organisation has as many endpoints as it may: each multiplies what is sent."""

    code: ClassVar[str] = "webhook_too_many_endpoints"
    status: ClassVar[int] = 409


class TooManySecrets(MillstreamError):
    """Raised when as many secrets of an endpoint are valid as may be: each signs every request."""

    code: ClassVar[str] = "webhook_too_many_secrets"
    status: ClassVar[int] = 409


class HeaderRefused(MillstreamError):
    """Raised for a header that is ours to set, or that would break the request."""

    code: ClassVar[str] = "webhook_header_refused"
    status: ClassVar[int] = 422


class ValueRefused(MillstreamError):
    """Raised for a value that cannot be stored: characters that are none, too large, nested too deeply."""

    code: ClassVar[str] = "webhook_value_refused"
    status: ClassVar[int] = 422


class TooManyCalls(MillstreamError):
    """Raised for test calls and replays beyond what is allowed: they make us send."""

    code: ClassVar[str] = "webhook_rate_limited"
    status: ClassVar[int] = 429
