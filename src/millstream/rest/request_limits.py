"""How often one caller and one network address may ask the data API.

Counts each request before it is planned, in the order of arrival; refuses with `RequestRateExceeded`, which the edge
answers as 429 with Retry-After. A caller is a user with a token of their own; who has only a key of the project, the
service role's too, counts by address alone. Pure: the clock is handed in.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from millstream.auth.limits import network_of
from millstream.auth.rate_limits import RateLimit
from millstream.identity import Claims
from millstream.postgrest.errors import RequestRateExceeded
from millstream.rest.settings import DataApiSettings

_MINUTES_PER_HOUR = 60


class RequestLimits:
    """Counts the requests of one project. A limit of 0 is none."""

    def __init__(self, settings: DataApiSettings, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._callers = _limit(settings.requests_per_minute_per_caller)
        self._addresses = _limit(settings.requests_per_minute_per_address)

    def count(self, claims: Claims, address: str | None) -> None:
        """Count one request; raise RequestRateExceeded where a limit is reached. What is refused costs nothing more."""
        if self._addresses is not None and address is not None:
            _take(self._addresses, network_of(address), self._clock())
        if self._callers is not None and claims.subject:
            _take(self._callers, claims.subject, self._clock())


def _limit(per_minute: int) -> RateLimit | None:
    return RateLimit(per_minute * _MINUTES_PER_HOUR, burst=per_minute) if per_minute > 0 else None


def _take(limit: RateLimit, key: str, now: float) -> None:
    wait = limit.take(key, now)
    if wait > 0:
        raise RequestRateExceeded(math.ceil(wait))
