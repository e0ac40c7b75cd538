"""What webhooks tell those who watch: captures, attempts, and what needs somebody to look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from millstream.observe import Level, Observation


@dataclass(frozen=True, slots=True)
class WebhookEventsCaptured(Observation):
    """Events were written to the outbox, with their deliveries."""

    level: ClassVar[Level] = Level.DEBUG
    events: int
    deliveries: int


@dataclass(frozen=True, slots=True)
class WebhookPayloadFailed(Observation):
    """A payload function or condition raised; the event was kept, with the whole row as its payload."""

    level: ClassVar[Level] = Level.ERROR
    event_type: str
    error: str


@dataclass(frozen=True, slots=True)
class WebhookOutboxUnavailable(Observation):
    """Events could not be written; the log waits, and it is tried again."""

    level: ClassVar[Level] = Level.WARNING
    error: str
    retry_seconds: float


@dataclass(frozen=True, slots=True)
class WebhookAttempted(Observation):
    """A request was sent, or could not be: `status` is delivered, retrying or failed.

    `latency_seconds` lies between the commit and the first attempt, for first attempts only.
    """

    level: ClassVar[Level] = Level.DEBUG
    endpoint_id: str
    event_type: str
    attempt: int
    status: str
    http_status: int | None
    seconds: float
    latency_seconds: float | None


@dataclass(frozen=True, slots=True)
class WebhookEndpointDisabled(Observation):
    """An endpoint was disabled: it failed for too long, or answered 410. Its events are kept."""

    level: ClassVar[Level] = Level.ERROR
    endpoint_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class WebhookEndpointUnreadable(Observation):
    """An endpoint's row cannot be read, such as after a change of keys: nothing is sent there, its events are kept."""

    level: ClassVar[Level] = Level.ERROR
    endpoint_id: str
    error: str


@dataclass(frozen=True, slots=True)
class WebhookQueueUnreachable(Observation):
    """The database did not answer when the queue was looked through or outcomes were recorded; it is tried again."""

    level: ClassVar[Level] = Level.WARNING
    error: str


@dataclass(frozen=True, slots=True)
class WebhookGapFound(Observation):
    """The slot is gone: changes after `after` were not captured, until a new one begins. A backfill may send them."""

    level: ClassVar[Level] = Level.ERROR
    slot: str
    after: str
    event_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WebhookGapClosed(Observation):
    """A new slot is read: what was committed between the two places was not captured."""

    level: ClassVar[Level] = Level.WARNING
    slot: str
    after: str
    before: str


@dataclass(frozen=True, slots=True)
class WebhookMeasuresBroken(Observation):
    """Deliveries of a window broke a promise: too many failed, or answers or first attempts took too long."""

    level: ClassVar[Level] = Level.ERROR
    broken: tuple[str, ...]
    attempts: int
    success_rate: float | None
    average_response_ms: float | None
    average_latency_ms: float | None
