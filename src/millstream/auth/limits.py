"""The rate limits of one project, by what they protect. Refuses with RateLimited, which edges answer as 429."""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable
from functools import lru_cache

from millstream.auth.errors import MailRateLimited, RateLimited
from millstream.auth.rate_limits import RateLimit
from millstream.auth.settings import AuthSettings

_TOKEN_BURST = 150
_FAILURE_BURST = 10
_LONGEST_WAIT_SECONDS = 3600


class Limits:
    """Counts what one network address and one account may do."""

    def __init__(self, settings: AuthSettings, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tokens = RateLimit(settings.token_requests_per_hour, burst=_TOKEN_BURST)
        self._sign_ups = RateLimit(settings.sign_ups_per_hour)
        self._anonymous = RateLimit(settings.anonymous_sign_ins_per_hour)
        self._verifications = RateLimit(settings.verifications_per_hour)
        self._digits = RateLimit(settings.failed_sign_ins_per_hour, burst=_FAILURE_BURST)
        self._failures = RateLimit(settings.failed_sign_ins_per_hour, burst=_FAILURE_BURST)
        self._mails = RateLimit(settings.mails_per_hour)
        self._mails_to = RateLimit(settings.mails_per_hour_to_one, burst=max(1, settings.mails_per_hour_to_one // 3))

    def count_token_request(self, ip: str | None) -> None:
        """Count a sign-in or a refresh of a network address."""
        self._take(self._tokens, network_of(ip))

    def count_sign_up(self, ip: str | None) -> None:
        """Count a sign-up of a network address."""
        self._take(self._sign_ups, network_of(ip))

    def count_anonymous_sign_in(self, ip: str | None) -> None:
        """Count a guest of a network address."""
        self._take(self._anonymous, network_of(ip))

    def count_verification(self, ip: str | None) -> None:
        """Count a one-time token that a network address presents."""
        self._take(self._verifications, network_of(ip))

    def count_mail(self, ip: str | None, address: str) -> None:
        """Count a mail by order of a network address, before it is known whether anybody has the mail's address."""
        self._take(self._mails, network_of(ip), MailRateLimited)
        self._take(self._mails_to, address, MailRateLimited)

    def count_digits_attempt(self, account: str) -> None:
        """Count digits typed for an account, right or wrong: a million guesses must take years."""
        self._take(self._digits, account)

    def count_password_attempt(self, account: str) -> None:
        """Count an attempt before its outcome is known, so that parallel guesses count too."""
        self._take(self._failures, account)

    def pardon(self, account: str) -> None:
        """Forget the attempts of an account whose password was right."""
        self._failures.forget(account)

    def _take(self, limit: RateLimit, key: str, error: type[RateLimited] = RateLimited) -> None:
        wait = limit.take(key, self._clock())
        if wait > 0:
            raise error(retry_after_seconds=math.ceil(min(wait, _LONGEST_WAIT_SECONDS)))


@lru_cache(maxsize=4096)
def network_of(ip: str | None) -> str:
    """Return what one subscriber of a provider holds: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        address = ipaddress.ip_address(ip or "")
    except ValueError:
        return ip or ""
    if address.version == 6 and address.ipv4_mapped is None:
        return str(ipaddress.IPv6Network((int(address) >> 64 << 64, 64)))
    return str(getattr(address, "ipv4_mapped", None) or address)
