"""What deliveries are measured by, and whether they keep it. Pure: figures in, verdicts out.

The three promises: more than 95 % of attempts succeed, an answer takes less than 2 s in the mean, and a change is on
its way within 500 ms of its commit. That nothing is lost is not measured here: the log tells of gaps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

LEAST_SUCCESS_RATE = 95.0
MOST_RESPONSE_MS = 2000.0
MOST_LATENCY_MS = 500.0

MeasureName = Literal["success_rate", "average_response_ms", "average_latency_ms"]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was attempted in a time; None where nothing was."""

    success_rate: float | None
    average_response_ms: float | None
    average_latency_ms: float | None


@dataclass(frozen=True, slots=True)
class Measure:
    """One promise: its figure, what it may be at worst, and whether it holds. None of no attempts breaks none."""

    name: MeasureName
    value: float | None
    limit: float
    holds: bool


def judge_measures(figures: Figures) -> Sequence[Measure]:
    """Return each promise with its verdict."""
    rate, response, latency = figures.success_rate, figures.average_response_ms, figures.average_latency_ms
    return (
        Measure("success_rate", rate, LEAST_SUCCESS_RATE, rate is None or rate >= LEAST_SUCCESS_RATE),
        Measure("average_response_ms", response, MOST_RESPONSE_MS, response is None or response <= MOST_RESPONSE_MS),
        Measure("average_latency_ms", latency, MOST_LATENCY_MS, latency is None or latency <= MOST_LATENCY_MS),
    )
