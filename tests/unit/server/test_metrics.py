"""Counting: observations become figures, within bounds, and say what a slot is worth."""

from __future__ import annotations

import pytest

from millstream.asgi.health import Severity, verdict_on
from millstream.channels.observations import ChannelClosed, JoinRefused, SocketDisconnected
from millstream.live_views.observations import LiveViewFailed, LiveViewRan
from millstream.observe import Observation
from millstream.postgres.pipeline import PoolWaited
from millstream.rest.observations import DataRequestAnswered
from millstream.server import metrics
from millstream.server.metrics import METRICS, Kind
from millstream.server.metrics_observer import BUCKETS, MOST_SERIES, Counts
from millstream.server.readiness import of_slot
from millstream.subscriptions.observations import ChangesJudged
from millstream.wal.observations import LogProgress
from millstream.wal.slot import SlotStatus


def counted(*observations: Observation) -> Counts:
    counts = Counts()
    for each in observations:
        counts.observe(each)
    return counts


def test_names_follow_the_conventions_and_are_each_there_once():
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names)) > 40
    for metric in METRICS:
        assert metric.name.startswith("millstream_")
        assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER), metric
        assert (metric.kind is not Kind.HISTOGRAM) or metric.name.endswith("_seconds")
        assert metric.doc.endswith(".")


def test_a_socket_that_was_ended_counts_by_its_code():
    counts = counted(*[SocketDisconnected(4000, "slow consumer")] * 2, SocketDisconnected(1012, "server restarts"))
    assert counts.totals[metrics.SOCKETS_ENDED] == {("4000", "slow consumer"): 2, ("1012", "server restarts"): 1}


def test_verdicts_count_by_way_and_only_asking_takes_time():
    counts = counted(ChangesJudged(3, 2, 0, 0.0), ChangesJudged(0, 1, 4, 0.02))
    assert counts.totals[metrics.VERDICTS] == {("fixed",): 3, ("in_process",): 3, ("asked",): 4}
    assert counts.distributions[metrics.VISIBILITY_SECONDS][()].counts[BUCKETS.index(0.025)] == 1


def test_runs_of_live_views_count_by_what_came_of_them():
    ran = [LiveViewRan("sales", 0.02, changed, 3) for changed in (True, False, False)]
    counts = counted(*ran, LiveViewFailed("sales", "22012"))
    assert counts.totals[metrics.LIVE_VIEW_RUNS] == {
        ("sales", "changed"): 1,
        ("sales", "unchanged"): 2,
        ("sales", "failed"): 1,
    }
    assert counts.totals[metrics.ERRORS] == {("live_views", "22012"): 1}
    assert counts.distributions[metrics.LIVE_VIEW_SECONDS][("sales",)].counts[BUCKETS.index(0.025)] == 3


def test_progress_of_the_log_adds_up():
    counts = counted(LogProgress("s", "0/1", 3, 7, 0.5), LogProgress("s", "0/2", 1, 1, -0.1))
    assert counts.totals[metrics.LOG_TRANSACTIONS] == {(): 4}
    assert counts.totals[metrics.LOG_CHANGES] == {(): 8}
    assert counts.log_delay_seconds == 0, "clocks differ; nothing is applied before it is committed"


def test_what_a_client_chooses_is_no_label():
    counts = counted(DataRequestAnswered("BREW", "/pots", 405, 0.001, "PGRST117"))
    assert counts.totals[metrics.DATA_REQUESTS] == {("other", "405"): 1}
    assert counts.totals[metrics.ERRORS] == {("data_api", "PGRST117"): 1}


def test_there_are_never_more_series_than_that():
    counts = counted(*[JoinRefused(f"code{n}") for n in range(MOST_SERIES + 5)], JoinRefused("code1"))
    series = counts.totals[metrics.JOINS_REFUSED]
    assert len(series) == MOST_SERIES + 1
    assert series[("other",)] == 5
    assert series[("code1",)] == 2


def test_a_duration_falls_into_the_first_bucket_that_holds_it():
    counts = counted(*[PoolWaited("requests", seconds) for seconds in (0.0, 0.001, 0.0011, 99.0)])
    found = counts.distributions[metrics.POOL_WAIT_SECONDS][("requests",)]
    assert (found.counts[0], found.counts[1], found.counts[-1]) == (2, 1, 1)
    assert found.sum == pytest.approx(99.0021)


def test_a_reason_in_words_is_no_label():
    assert counted(ChannelClosed("Token has expired 3 seconds ago")).totals[metrics.CHANNELS_CLOSED] == {(): 1}


def slot(retained: int, limit: int | None = 1000, wal_status: str = "reserved") -> SlotStatus:
    return SlotStatus("s", "pgoutput", "d", 1, None, None, wal_status, retained, "d", limit)


@pytest.mark.parametrize(
    ("status", "code", "severity"),
    [
        (slot(499), None, None),
        (slot(500), "slot_filling", Severity.WARNING),
        (slot(799, wal_status="extended"), "slot_filling", Severity.WARNING),
        (slot(800), "slot_nearly_lost", Severity.CRITICAL),
        (slot(10, wal_status="unreserved"), "slot_nearly_lost", Severity.CRITICAL),
        (slot(0, wal_status="lost"), "slot_lost", Severity.FAILED),
        (slot(10**12, limit=None), None, None),
        (None, None, None),
    ],
    ids=["low", "half", "below_four_fifths", "four_fifths", "unreserved", "lost", "unlimited", "none"],
)
def test_a_slot_is_warned_of_before_it_is_lost(status, code, severity):
    problems = list(of_slot(status))
    assert [(each.code, each.severity) for each in problems] == ([] if code is None else [(code, severity)])
    assert verdict_on(problems) == ("ready" if severity is None else severity.name.lower())
