"""How an endpoint fares, and what follows: closed, open for a while, probed by one attempt, or disabled. Pure.

The state is four columns of the endpoint's row, so it survives restarts and is one for all processes. After
`FAILURES_UNTIL_OPEN` failures in a row the circuit opens: nothing is sent until `open_until`, then one probe; each
failed probe doubles the time. An endpoint that has failed for `disable_after` and often enough is disabled, once, with
one alert; its events are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

FAILURES_UNTIL_OPEN = 10
FEWEST_FAILURES_TO_DISABLE = 12
_FIRST_OPEN = timedelta(seconds=30)
_LONGEST_OPEN = timedelta(minutes=15)
_MOST_DOUBLINGS = 10


class Circuit(Enum):
    """What may be sent now: everything, nothing, or one probe."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Health:
    """The failures since the last success, when they began, and until when the circuit is open."""

    failures: int = 0
    failing_since: datetime | None = None
    open_until: datetime | None = None

    def circuit(self, now: datetime) -> Circuit:
        """Return what may be sent at this time."""
        if self.open_until is None:
            return Circuit.CLOSED
        return Circuit.OPEN if now < self.open_until else Circuit.HALF_OPEN

    def after_success(self) -> Health:
        """Return the health after an answer that was good."""
        return Health()

    def after_failure(self, now: datetime, *, retry_after: float | None = None) -> Health:
        """Return the health after a failure of the endpoint; `retry_after` opens the circuit for as many seconds."""
        failures = self.failures + 1
        failed = replace(self, failures=failures, failing_since=self.failing_since or now)
        if self.circuit(now) is Circuit.OPEN:
            return failed  # one of those that were under way when it opened
        pause = timedelta(0)
        if failures >= FAILURES_UNTIL_OPEN:
            doublings = min(failures - FAILURES_UNTIL_OPEN, _MOST_DOUBLINGS)
            pause = min(_FIRST_OPEN * 2**doublings, _LONGEST_OPEN)
        if retry_after is not None:
            pause = max(pause, timedelta(seconds=retry_after))
        return replace(failed, open_until=now + pause) if pause else failed

    def must_be_disabled(self, now: datetime, disable_after: timedelta) -> bool:
        """Tell whether it has failed for too long and often enough."""
        return (
            self.failing_since is not None
            and self.failures >= FEWEST_FAILURES_TO_DISABLE
            and now - self.failing_since >= disable_after
        )
