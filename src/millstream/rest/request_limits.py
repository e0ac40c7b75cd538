"""How often one caller and one network address may ask the data API.

Counts each request before it is planned; refuses with `RequestRateExceeded`, which the edge answers as 429 with
Retry-After. Pure: the clock is handed in.
"""

from __future__ import annotations

from collections.abc import Callable

from millstream.auth.caller_limits import CallerLimits
from millstream.identity import Claims
from millstream.postgrest.errors import RequestRateExceeded
from millstream.rest.settings import DataApiSettings


class RequestLimits:
    """Counts the requests of one project."""

    def __init__(self, settings: DataApiSettings, clock: Callable[[], float]) -> None:
        self._limits = CallerLimits(
            per_caller=settings.requests_per_minute_per_caller,
            per_address=settings.requests_per_minute_per_address,
            clock=clock,
        )

    def count(self, claims: Claims, address: str | None) -> None:
        """Count one request; raise RequestRateExceeded where a limit is reached."""
        wait = self._limits.count(claims, address)
        if wait:
            raise RequestRateExceeded(wait)
