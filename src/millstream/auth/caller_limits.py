"""How often one caller and one network address may ask for something: two token buckets, for any edge that wants them.

Receives each request's claims and address in the order of arrival and says how long its sender has to wait; what is
refused costs nothing more. A caller is a user with a token of their own; who has only a key of the project, the service
role's too, counts by address alone. Pure: the clock is handed in.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from millstream.auth.limits import network_of
from millstream.auth.rate_limits import RateLimit
from millstream.identity import Claims

_MINUTES_PER_HOUR = 60


class CallerLimits:
    """Counts requests by caller and by address, so many a minute each, all at once if need be. A limit of 0 is none."""

    def __init__(self, *, per_caller: int, per_address: int, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._callers = _limit(per_caller)
        self._addresses = _limit(per_address)

    def count(self, claims: Claims, address: str | None) -> int:
        """Count one request; return 0 when it is allowed, else the whole seconds after which the next one will be."""
        wait = 0.0
        if self._addresses is not None and address is not None:
            wait = self._addresses.take(network_of(address), self._clock())
        if wait == 0 and self._callers is not None and claims.subject:
            wait = self._callers.take(claims.subject, self._clock())
        return math.ceil(wait)


def _limit(per_minute: int) -> RateLimit | None:
    return RateLimit(per_minute * _MINUTES_PER_HOUR, burst=per_minute) if per_minute > 0 else None
