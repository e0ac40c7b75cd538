"""What goes in and out of the administration, as values that check themselves; also the source of the OpenAPI text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from millstream.webhooks.administration.transport_models import TransportGiven, TransportView
from millstream.webhooks.delivery.presets import PRESETS
from millstream.webhooks.endpoints.endpoint import EndpointState, WhenExhausted
from millstream.webhooks.measures import Measure
from millstream.webhooks.signing.signatures import SignatureStyle

_TYPE_PATTERN = r"^(\*|[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*(\.\*)?)$"


def _known_preset(name: str) -> str:
    if name not in PRESETS:
        raise ValueError(f"known presets are {', '.join(sorted(PRESETS))}")
    return name


EventType = Annotated[str, Field(pattern=_TYPE_PATTERN, max_length=200)]
PresetName = Annotated[str, AfterValidator(_known_preset), Field(examples=sorted(PRESETS))]
Headers = Annotated[dict[str, str], Field(max_length=20)]
Retry = str | list[float] | dict[str, float]


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EndpointChange(_Input):
    """What may be changed of an endpoint; what is left out stays as it is."""

    url: Annotated[str, Field(max_length=2048, description="Where events are sent: https, on the public internet.")] = (
        ""
    )
    description: Annotated[str, Field(max_length=500)] = ""
    event_types: Annotated[
        list[EventType], Field(min_length=1, max_length=100, description="Types; `*` is all, `booking.*` a branch.")
    ] = ["*"]
    filter: Annotated[dict[str, Any], Field(max_length=20, description="Conditions on the data, by dotted path.")] = {}
    signatures: Annotated[list[SignatureStyle], Field(min_length=1)] = [SignatureStyle.STANDARD]
    ordering: Annotated[Literal["key", "endpoint", "none"], Field(description="What is sent one after the other.")] = (
        "key"
    )
    retry: Annotated[Retry, Field(description="A schedule's name, waits in seconds, or a rule.")] = "standard"
    when_exhausted: WhenExhausted = WhenExhausted.PARK
    timeout_ms: Annotated[int, Field(ge=100, le=60000)] = 15000
    max_in_flight: Annotated[int, Field(ge=1, le=1000)] = 10
    rate_per_second: Annotated[float, Field(gt=0, le=10000)] | None = None
    headers: Annotated[Headers, Field(description="Headers of your own; their values are never shown again.")] = {}
    transport: TransportGiven | None = None


class NewEndpoint(EndpointChange):
    """An endpoint to be made; what is left out follows from the preset."""

    url: Annotated[str, Field(max_length=2048, description="Where events are sent: https, on the public internet.")]
    organisation_id: UUID | None = None
    preset: PresetName = "standard"
    secret: Annotated[str, Field(description="A whsec_ or whsk_ secret of your own; one is made otherwise.")] | None = (
        None
    )


class EndpointHealth(BaseModel):
    """How the endpoint fares: failures since the last success, and until when its circuit is open."""

    failures: int
    failing_since: datetime | None
    open_until: datetime | None


class EndpointView(BaseModel):
    """An endpoint, without what is secret."""

    id: UUID
    organisation_id: UUID | None
    url: str
    description: str
    event_types: list[str]
    filter: dict[str, Any]
    preset: str
    signatures: list[str]
    ordering: str
    retry: Any
    when_exhausted: str
    timeout_ms: int
    max_in_flight: int
    rate_per_second: float | None
    transport: TransportView
    state: EndpointState
    state_reason: str | None
    state_since: datetime
    health: EndpointHealth
    due: int
    dead: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> EndpointView:
        """Make it of a row."""
        health = EndpointHealth(**{name: row[name] for name in ("failures", "failing_since", "open_until")})
        return cls(health=health, **{name: row[name] for name in cls.model_fields if name != "health"})


class SecretView(BaseModel):
    """A secret of an endpoint; `public` is what a receiver verifies a v1a signature with."""

    kind: str
    secret: str
    public: str | None
    expires_at: datetime | None


class CreatedEndpoint(BaseModel):
    """A new endpoint and its secrets."""

    endpoint: EndpointView
    secrets: list[SecretView]


class Rotation(_Input):
    """A change of the secret: the old one goes on signing for as long, so that the receiver can change in peace."""

    overlap_hours: Annotated[float, Field(ge=0, le=168)] = 24
    kind: Literal["v1", "v1a"] = "v1"
    secret: str | None = None


class Replay(_Input):
    """Which stored events are sent again to an endpoint, at the end of their lanes, with their own ids."""

    since: AwareDatetime
    until: AwareDatetime | None = None
    event_types: Annotated[list[EventType], Field(min_length=1, max_length=100)] = ["*"]
    key: str | None = None
    only_failed: bool = False
    dry_run: bool = False
    most: Annotated[int, Field(ge=1, le=100_000)] = 10_000


class Replayed(BaseModel):
    """How many events a replay means; with `dry_run` nothing was queued."""

    events: int
    dry_run: bool


class CallResult(BaseModel):
    """What came of a test call, or of a send that was waited for: the first attempt's outcome."""

    success: bool
    response_time_ms: float | None
    http_status: int | None
    error: str | None
    attempts: int


class Statistics(BaseModel):
    """Attempts of a time, and whether the promises hold."""

    total_sent: int
    successful_sent: int
    failed_sent: int
    success_rate: float | None
    average_response_ms: float | None
    average_latency_ms: float | None
    p95_response_ms: float | None
    due: int
    oldest_due_seconds: float | None
    dead: int
    measures: list[Measure]
