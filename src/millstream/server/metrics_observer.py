"""Counts observations into the metrics of one project. Nothing here is shared between projects or with a library.

An `Observer`; `metrics_state` reads what was counted. Counting is a look-up and an addition: fan-outs say once a batch
what happened, so that no recipient costs anything here. When full: past MOST_SERIES of one metric, new label values
count together as `other`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Any

from millstream.app.background import BackgroundFailed, BackgroundRan
from millstream.asgi.auth.outcomes import AuthAnswered
from millstream.channels import observations as channels
from millstream.kit.push import observations as push
from millstream.live_views.observations import LiveViewFailed, LiveViewRan
from millstream.mail.delivery import MailGivenUp, MailPostponed, MailSent
from millstream.observe import Observation
from millstream.operations.observations import OperationAnswered
from millstream.policy.observations import PolicyCheckFailed, TopicCheckFailed
from millstream.postgres.pipeline import PoolExhausted, PoolWaited
from millstream.rest.observations import DataRequestAnswered
from millstream.rooms import observations as rooms
from millstream.server import metrics
from millstream.server.metrics import Metric
from millstream.subscriptions import observations as subscriptions
from millstream.wal import observations as wal
from millstream.webhooks import observations as webhooks

MOST_SERIES = 1000
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds in seconds."""

Labels = tuple[str, ...]
RoomRefusal = rooms.RoomConnectionRefused | rooms.NamespaceRefused | rooms.RoomRequestRefused
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Distribution:
    """How often a duration fell into each bucket."""

    __slots__ = ("counts", "sum")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(BUCKETS, seconds)] += 1
        self.sum += seconds


class Counts:
    """What was counted since the project started."""

    def __init__(self) -> None:
        self.totals: dict[Metric, dict[Labels, float]] = {}
        self.distributions: dict[Metric, dict[Labels, Distribution]] = {}
        self.log_delay_seconds = 0.0

    def add(self, metric: Metric, *labels: str, by: float = 1) -> None:
        """Add to a counter."""
        series = self.totals.get(metric)
        if series is None:
            series = self.totals[metric] = {}
        key = labels if labels in series else _within_limits(series, labels)
        series[key] = series.get(key, 0) + by

    def time(self, metric: Metric, seconds: float, *labels: str) -> None:
        """Add a duration to a histogram."""
        series = self.distributions.setdefault(metric, {})
        found = series.get(labels)
        if found is None:
            found = series.setdefault(_within_limits(series, labels), Distribution())
        found.add(seconds)

    def observe(self, observation: Observation) -> None:
        """Count an observation, if there is anything to count of its kind."""
        count = _COUNTING.get(type(observation))
        if count is not None:
            count(self, observation)


def _within_limits(series: Mapping[Labels, Any], labels: Labels) -> Labels:
    return labels if len(series) < MOST_SERIES else ("other",) * len(labels)


def _log_progress(counts: Counts, said: wal.LogProgress) -> None:
    counts.add(metrics.LOG_TRANSACTIONS, by=said.transactions)
    counts.add(metrics.LOG_CHANGES, by=said.changes)
    counts.log_delay_seconds = max(0.0, said.seconds_behind)


def _judged(counts: Counts, said: subscriptions.ChangesJudged) -> None:
    for way, verdicts in (("fixed", said.fixed), ("in_process", said.in_process), ("asked", said.asked)):
        if verdicts:
            counts.add(metrics.VERDICTS, way, by=verdicts)
    if said.asked:
        counts.time(metrics.VISIBILITY_SECONDS, said.seconds)


def _data_request(counts: Counts, said: DataRequestAnswered) -> None:
    method = said.method if said.method in _METHODS else "other"
    counts.add(metrics.DATA_REQUESTS, method, str(said.status))
    counts.time(metrics.DATA_SECONDS, said.seconds, method)
    if said.error is not None:
        counts.add(metrics.ERRORS, "data_api", said.error)


def _operation(counts: Counts, said: OperationAnswered) -> None:
    counts.add(metrics.OPERATION_CALLS, said.operation, said.code)
    counts.time(metrics.OPERATION_SECONDS, said.seconds, said.operation)
    if said.code != "ok":
        counts.add(metrics.ERRORS, "operations", said.code)


def _live_view_ran(counts: Counts, said: LiveViewRan) -> None:
    counts.add(metrics.LIVE_VIEW_RUNS, said.view, "changed" if said.changed else "unchanged")
    counts.time(metrics.LIVE_VIEW_SECONDS, said.seconds, said.view)


def _live_view_failed(counts: Counts, said: LiveViewFailed) -> None:
    counts.add(metrics.LIVE_VIEW_RUNS, said.view, "failed")
    counts.add(metrics.ERRORS, "live_views", said.error)


def _auth_answered(counts: Counts, said: AuthAnswered) -> None:
    counts.add(metrics.AUTH_REQUESTS, said.endpoint, str(said.status))
    if said.sign_in is not None:
        counts.add(metrics.SIGN_INS, said.sign_in, said.error or ("ok" if said.status < 400 else str(said.status)))
    if said.error is not None:
        counts.add(metrics.ERRORS, "auth", said.error)


def _handshake_refused(counts: Counts, said: channels.HandshakeRefused) -> None:
    counts.add(metrics.HANDSHAKES_REFUSED, said.code)
    counts.add(metrics.ERRORS, "sockets", said.code)


def _join_refused(counts: Counts, said: channels.JoinRefused) -> None:
    counts.add(metrics.JOINS_REFUSED, said.code)
    counts.add(metrics.ERRORS, "channels", said.code)


def _room_refused(counts: Counts, said: RoomRefusal) -> None:
    counts.add(metrics.ROOM_REFUSED, said.code)
    counts.add(metrics.ERRORS, "rooms", said.code)


def _room_events(counts: Counts, said: rooms.RoomEventsEmitted) -> None:
    counts.add(metrics.ROOM_EVENTS, by=said.events)
    counts.add(metrics.ROOM_DELIVERIES, by=said.deliveries)


def _interrupted(counts: Counts, said: wal.LogInterrupted) -> None:
    counts.add(metrics.LOG_INTERRUPTIONS, said.code)
    counts.add(metrics.ERRORS, "log", said.code)


def _webhook_attempted(counts: Counts, said: webhooks.WebhookAttempted) -> None:
    counts.add(metrics.WEBHOOK_ATTEMPTS, said.status)
    counts.time(metrics.WEBHOOK_SECONDS, said.seconds)
    if said.latency_seconds is not None:
        counts.time(metrics.WEBHOOK_LATENCY_SECONDS, said.latency_seconds)


def _measures_broken(counts: Counts, said: webhooks.WebhookMeasuresBroken) -> None:
    for measure in said.broken:
        counts.add(metrics.WEBHOOK_MEASURES_BROKEN, measure)


def _waited(counts: Counts, said: PoolWaited) -> None:
    counts.time(metrics.POOL_WAIT_SECONDS, said.seconds, said.pool)


_COUNTING: dict[type[Observation], Callable[[Counts, Any], None]] = {
    channels.SocketOpened: lambda counts, said: counts.add(metrics.SOCKETS_OPENED, said.vsn),
    channels.SocketClosed: lambda counts, _: counts.add(metrics.SOCKETS_CLOSED),
    channels.SocketDisconnected: lambda counts, said: counts.add(metrics.SOCKETS_ENDED, str(said.code), said.reason),
    channels.HandshakeRefused: _handshake_refused,
    channels.ChannelJoined: lambda counts, _: counts.add(metrics.JOINS),
    channels.JoinRefused: _join_refused,
    channels.ChannelClosed: lambda counts, _: counts.add(metrics.CHANNELS_CLOSED),
    channels.ChannelCrashed: lambda counts, _: counts.add(metrics.CHANNELS_CRASHED),
    rooms.RoomConnectionOpened: lambda counts, said: counts.add(metrics.ROOM_OPENED, said.transport),
    rooms.RoomConnectionUpgraded: lambda counts, _: counts.add(metrics.ROOM_UPGRADES),
    rooms.RoomConnectionClosed: lambda counts, _: counts.add(metrics.ROOM_CLOSED),
    rooms.RoomConnectionEnded: lambda counts, said: counts.add(metrics.ROOM_ENDED, str(said.code), said.reason),
    rooms.RoomConnectionRefused: _room_refused,
    rooms.NamespaceRefused: _room_refused,
    rooms.RoomRequestRefused: _room_refused,
    rooms.NamespaceConnected: lambda counts, said: counts.add(
        metrics.ROOM_CONNECTS, "recovered" if said.recovered else "new"
    ),
    rooms.RoomEventsEmitted: _room_events,
    rooms.RoomEventFailed: lambda counts, said: counts.add(metrics.ROOM_EVENTS_FAILED, said.event),
    LiveViewRan: _live_view_ran,
    LiveViewFailed: _live_view_failed,
    wal.LogProgress: _log_progress,
    wal.LogInterrupted: _interrupted,
    wal.LogGap: lambda counts, _: counts.add(metrics.LOG_GAPS),
    subscriptions.ChangesJudged: _judged,
    subscriptions.ChangesDelivered: lambda counts, said: counts.add(metrics.CHANGES_TOLD, by=said.changes),
    subscriptions.ChangeNotDelivered: lambda counts, _: counts.add(metrics.CHANGES_NOT_TOLD),
    subscriptions.ChangesReplayed: lambda counts, said: counts.add(metrics.CHANGES_REPLAYED, by=said.changes),
    PolicyCheckFailed: lambda counts, _: counts.add(metrics.CHECKS_FAILED),
    TopicCheckFailed: lambda counts, _: counts.add(metrics.CHECKS_FAILED),
    DataRequestAnswered: _data_request,
    OperationAnswered: _operation,
    AuthAnswered: _auth_answered,
    PoolWaited: _waited,
    PoolExhausted: lambda counts, said: counts.add(metrics.POOL_EXHAUSTED, said.pool),
    MailSent: lambda counts, _: counts.add(metrics.MAILS, "sent"),
    MailPostponed: lambda counts, _: counts.add(metrics.MAILS, "postponed"),
    MailGivenUp: lambda counts, _: counts.add(metrics.MAILS, "given_up"),
    push.PushSent: lambda counts, _: counts.add(metrics.PUSH_MESSAGES, "sent"),
    push.PushPostponed: lambda counts, _: counts.add(metrics.PUSH_MESSAGES, "postponed"),
    push.PushGivenUp: lambda counts, _: counts.add(metrics.PUSH_MESSAGES, "given_up"),
    push.PushDeviceRemoved: lambda counts, _: counts.add(metrics.PUSH_MESSAGES, "device_removed"),
    webhooks.WebhookEventsCaptured: lambda counts, said: counts.add(metrics.WEBHOOK_EVENTS, by=said.events),
    webhooks.WebhookAttempted: _webhook_attempted,
    webhooks.WebhookGapFound: lambda counts, _: counts.add(metrics.WEBHOOK_GAPS),
    webhooks.WebhookMeasuresBroken: _measures_broken,
    webhooks.WebhookEndpointDisabled: lambda counts, said: counts.add(metrics.WEBHOOK_ENDPOINTS_DISABLED, said.reason),
    webhooks.WebhookPayloadFailed: lambda counts, _: counts.add(metrics.WEBHOOK_FAILURES, "payload"),
    webhooks.WebhookOutboxUnavailable: lambda counts, _: counts.add(metrics.WEBHOOK_FAILURES, "outbox"),
    webhooks.WebhookQueueUnreachable: lambda counts, _: counts.add(metrics.WEBHOOK_FAILURES, "queue"),
    BackgroundRan: lambda counts, said: counts.add(metrics.BACKGROUND_ROUNDS, said.task, "ok"),
    BackgroundFailed: lambda counts, said: counts.add(metrics.BACKGROUND_ROUNDS, said.task, "failed"),
}
