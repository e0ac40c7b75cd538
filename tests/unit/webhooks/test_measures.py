"""The promises of deliveries, at their limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from millstream.webhooks.measures import Figures, judge_measures


def broken(*figures: float | None) -> list[str]:
    return [measure.name for measure in judge_measures(Figures(*figures)) if not measure.holds]


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ((100.0, 50.0, 20.0), []),
        ((95.0, 2000.0, 500.0), []),
        ((94.9, 50.0, 20.0), ["success_rate"]),
        ((100.0, 2000.1, 20.0), ["average_response_ms"]),
        ((100.0, 50.0, 500.1), ["average_latency_ms"]),
        ((0.0, 9999.0, 9999.0), ["success_rate", "average_response_ms", "average_latency_ms"]),
        ((None, None, None), []),
        ((100.0, 50.0, None), []),
    ],
)
def test_a_promise_is_broken_beyond_its_limit_and_not_at_it(figures, expected):
    assert broken(*figures) == expected


@given(st.floats(0, 100), st.floats(0, 1e6), st.floats(0, 1e6))
def test_better_figures_never_break_more(rate, response, latency):
    assert set(broken(min(100.0, rate + 1), response / 2, latency / 2)) <= set(broken(rate, response, latency))
