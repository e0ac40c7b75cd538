"""How often a caller and an address may ask, on a clock of the test's own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from millstream.identity import ANONYMOUS, Claims
from millstream.postgrest.errors import RequestRateExceeded
from millstream.postgrest.response import error_response
from millstream.rest.request_limits import RequestLimits
from millstream.rest.settings import DataApiSettings

ADA = Claims.from_token({"role": "authenticated", "sub": "ada"})
BOB = Claims.from_token({"role": "authenticated", "sub": "bob"})
HERE, THERE = "192.0.2.1", "192.0.2.2"


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def limits(clock: Clock, *, caller: int = 0, address: int = 0) -> RequestLimits:
    settings = DataApiSettings(requests_per_minute_per_caller=caller, requests_per_minute_per_address=address)
    return RequestLimits(settings, clock)


def test_a_caller_is_refused_wherever_they_ask_from_and_told_when_to_come_back():
    clock = Clock()
    counted = limits(clock, caller=2)
    counted.count(ADA, HERE)
    counted.count(ADA, THERE)
    with pytest.raises(RequestRateExceeded) as refused:
        counted.count(ADA, HERE)
    assert refused.value.retry_after_seconds == 30
    counted.count(BOB, HERE)
    clock.now = 30
    counted.count(ADA, HERE)


def test_an_address_is_refused_whoever_asks():
    counted = limits(Clock(), address=2)
    counted.count(ADA, "2001:db8::1")
    counted.count(ANONYMOUS, "2001:db8::2")
    with pytest.raises(RequestRateExceeded):
        counted.count(BOB, "2001:db8::3")
    counted.count(BOB, "2001:db8:1::1")


def test_zero_is_no_limit_and_guests_share_none():
    clock = Clock()
    unlimited = limits(clock)
    counted = limits(clock, caller=1)
    for _ in range(1000):
        unlimited.count(ADA, HERE)
        counted.count(ANONYMOUS, HERE)


def test_the_answer_is_429_with_retry_after():
    answer = error_response(RequestRateExceeded(7))
    assert answer.status == 429
    assert ("Retry-After", "7") in answer.headers
