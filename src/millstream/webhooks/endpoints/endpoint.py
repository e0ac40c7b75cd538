"""An endpoint as the engine knows it, and which events it wants. Pure: values only.

Wants are patterns of types (`booking.*`, `*`) and conditions on the data; an endpoint of an organisation gets that
organisation's events and no others, one of the project gets all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from millstream.webhooks.delivery.circuit_breaker import Health
from millstream.webhooks.delivery.retry_schedule import RetrySchedule
from millstream.webhooks.endpoints.transport import DIRECT, Transport
from millstream.webhooks.signing.secrets import Secret
from millstream.webhooks.signing.signatures import SignatureStyle


class EndpointState(StrEnum):
    """Paused by its owner, disabled by failures or by its owner; events are kept for it in either case."""

    ENABLED = "enabled"
    PAUSED = "paused"
    DISABLED = "disabled"


class WhenExhausted(StrEnum):
    """What follows the last failed attempt: the event is parked and its key goes on, or its key is blocked."""

    PARK = "park"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One receiver. `secrets` are those that are valid, the newest first."""

    id: UUID
    organisation_id: UUID | None
    url: str
    event_types: tuple[str, ...]
    filter: Mapping[str, Any]
    preset: str
    styles: tuple[SignatureStyle, ...]
    schedule: RetrySchedule
    when_exhausted: WhenExhausted
    timeout_seconds: float
    max_in_flight: int
    rate_per_second: float | None
    headers: Mapping[str, str] = field(repr=False)
    secrets: tuple[Secret, ...] = field(repr=False)
    transport: Transport = DIRECT
    state: EndpointState
    health: Health

    def wants(self, event_type: str, organisation_id: UUID | None, data: Mapping[str, Any]) -> bool:
        """Tell whether an event is for this endpoint."""
        return (
            (self.organisation_id is None or self.organisation_id == organisation_id)
            and any(matches_type(pattern, event_type) for pattern in self.event_types)
            and matches_filter(self.filter, data)
        )


def matches_type(pattern: str, event_type: str) -> bool:
    """Tell whether a type is meant: `*` is all, `booking.*` everything below `booking`, else the type itself."""
    if pattern == "*":
        return True
    if pattern.endswith(".*"):
        return event_type.startswith(pattern[:-1])
    return pattern == event_type


def matches_filter(wanted: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    """Tell whether the data has all that is wanted, by dotted path.

    A value is wanted as it is; a list means one of its values; an object has one condition: `{"ne": …}`, `{"gt": …}`,
    `{"gte": …}`, `{"lt": …}`, `{"lte": …}`, `{"exists": true}`.
    """
    return all(_holds(condition, _at(data, path.split("."))) for path, condition in wanted.items())


class _Missing:
    """What is not there; equal to nothing."""


_MISSING = _Missing()


def _at(value: Any, path: Sequence[str]) -> Any:
    for step in path:
        if not isinstance(value, Mapping) or step not in value:
            return _MISSING
        value = value[step]
    return value


def _holds(condition: Any, value: Any) -> bool:
    if isinstance(condition, list):
        return value in condition
    if not isinstance(condition, Mapping):
        return bool(value == condition)
    return all(_compares(operator, value, operand) for operator, operand in condition.items())


def _compares(operator: str, value: Any, operand: Any) -> bool:
    if operator == "exists":
        return (value is not _MISSING) is bool(operand)
    if value is _MISSING:
        return False
    if operator == "ne":
        return bool(value != operand)
    return _is_ordered(operator, value, operand)


def _is_ordered(operator: str, value: Any, operand: Any) -> bool:
    try:
        ordered: bool = {
            "gt": lambda: value > operand,
            "gte": lambda: value >= operand,
            "lt": lambda: value < operand,
            "lte": lambda: value <= operand,
        }[operator]()
    except (KeyError, TypeError):
        return False
    return ordered
