"""What came of one attempt, and what follows from it: delivered, tried again, or given up. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from millstream.webhooks.delivery.retry_schedule import RetrySchedule

_GONE = 410
# The receiver, or what stands before it, has too much to do: all its deliveries wait, not only this one.
_SLOW_DOWN = frozenset({429, 502, 503, 504})
# Answers of a receiver that speaks to us (`webhook-delivery`): give up this message, or all of them.
ABORT_MESSAGE, DISABLE_ENDPOINT = "abort-message", "disable"


PROXY = "proxy"
"""The word for an attempt that came no further than its proxy."""


class AttemptStatus(StrEnum):
    """What the log of attempts says of an attempt."""

    DELIVERED = "delivered"
    RETRYING = "retrying"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Timing:
    """Milliseconds of an attempt, and of its parts where they happened: a kept connection needs no name and no dial."""

    total_ms: float
    dns_ms: float | None = None
    connect_ms: float | None = None
    wait_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came back, or why nothing did: `error` is a word, `detail` a sentence, and neither where all went well."""

    started_at: datetime
    timing: Timing
    http_status: int | None = None
    error: str | None = None
    detail: str | None = None
    retry_after: float | None = None
    control: str | None = None
    request_headers: Mapping[str, str] = field(default_factory=dict)
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str | None = None

    @property
    def is_success(self) -> bool:
        """Tell whether the receiver took it: any 2xx."""
        return self.http_status is not None and 200 <= self.http_status < 300 and self.error is None

    @property
    def slows_endpoint(self) -> bool:
        """Tell whether the endpoint as a whole should be left alone for a while."""
        return self.http_status in _SLOW_DOWN

    @property
    def disables_endpoint(self) -> bool:
        """Tell whether the receiver wants nothing any more."""
        return self.http_status == _GONE or self.control == DISABLE_ENDPOINT

    @property
    def says_nothing_of_endpoint(self) -> bool:
        """Tell whether a proxy was at fault, so that the endpoint's health stays as it was."""
        return self.error == PROXY

    @property
    def reason(self) -> str:
        """Return why it failed, in one word."""
        return self.error or f"http_{self.http_status}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows: the status of the attempt, and the seconds until the next one where there is one."""

    status: AttemptStatus
    wait_seconds: float | None = None


def judge(outcome: Outcome, schedule: RetrySchedule, attempt: int, chance: float) -> Verdict:
    """Return what follows from the outcome of an attempt, counted from 1."""
    if outcome.is_success:
        return Verdict(AttemptStatus.DELIVERED)
    if outcome.control in (ABORT_MESSAGE, DISABLE_ENDPOINT) or outcome.http_status == _GONE:
        return Verdict(AttemptStatus.FAILED)
    wait = schedule.wait_after(attempt, chance=chance, retry_after=outcome.retry_after)
    return Verdict(AttemptStatus.FAILED) if wait is None else Verdict(AttemptStatus.RETRYING, wait)
