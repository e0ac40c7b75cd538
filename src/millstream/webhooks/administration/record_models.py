"""What is shown of the past and of what is due: events, deliveries, attempts, dead letters, figures by the minute."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from millstream.webhooks.administration.models import EventType

Most = Annotated[int, Field(ge=1, le=500, description="How many at most.")]


class _Search(BaseModel):
    model_config = ConfigDict(extra="forbid")

    event_type: Annotated[EventType, Field(description="A type; `*` is all, `booking.*` a branch.")] | None = None
    since: AwareDatetime | None = None
    until: Annotated[AwareDatetime, Field(description="Older than this; the last one's time gives the next page.")] | (
        None
    ) = None
    most: Most = 50


class AttemptSearch(_Search):
    """Which attempts are looked for; what is left out does not matter."""

    endpoint_id: UUID | None = None
    event_id: UUID | None = None
    status: Literal["delivered", "retrying", "failed"] | None = None


class EventSearch(_Search):
    """Which events are looked for."""

    key: Annotated[str, Field(max_length=1000, description="The ordering key, as an event shows it.")] | None = None


class Attempt(BaseModel):
    """One row of the log of attempts."""

    id: UUID
    attempted_at: datetime
    delivery_id: int
    endpoint_id: UUID
    event_id: UUID
    event_occurred_at: datetime
    event_type: str
    attempt: int
    status: str
    http_status: int | None
    error: str | None
    error_detail: str | None
    duration_ms: float
    dns_ms: float | None
    connect_ms: float | None
    wait_ms: float | None
    request_headers: dict[str, str]
    response_headers: dict[str, str]
    response_body: str | None


class EventSummary(BaseModel):
    """An event without its body."""

    id: UUID
    occurred_at: datetime
    captured_at: datetime
    type: str
    version: str
    organisation_id: UUID | None
    ordering_key: str
    source: str


class Delivery(BaseModel):
    """What is still to be sent to an endpoint."""

    id: int
    endpoint_id: UUID
    event_id: UUID
    event_type: str
    occurred_at: datetime
    sequence: int
    state: str
    run_at: datetime
    under_way: bool
    attempts: int
    cause: str


class DeadLetter(BaseModel):
    """What was given up; it can be put back."""

    id: int
    endpoint_id: UUID
    event_id: UUID
    event_type: str
    occurred_at: datetime
    attempts: int
    retries: int
    reason: str
    http_status: int | None
    died_at: datetime


class EventView(EventSummary):
    """An event as it is sent, and what became of it at the endpoints that the caller manages."""

    body: Any
    attempts: list[Attempt]
    deliveries: list[Delivery]
    dead_letters: list[DeadLetter]


class Minutes(BaseModel):
    """Attempts of a stretch of time that begins at `at`."""

    at: datetime
    delivered: int
    retrying: int
    failed: int
    average_response_ms: float | None
    average_latency_ms: float | None
