"""Shows the metrics of one project in Prometheus' text form: what was counted, and states read at this moment.

Each project has a registry of its own; nothing is kept in prometheus-client's global one. Reading walks through all
sockets and subscriptions once, in milliseconds for ten thousand, and only when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from millstream.asgi.realtime import RealtimeEndpoint
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.pool import Pool
from millstream.server import metrics
from millstream.server.metrics import METRICS, Kind, Metric
from millstream.server.metrics_observer import BUCKETS, Counts, Labels
from millstream.server.project_rooms import ProjectRooms
from millstream.server.readiness import of_slot
from millstream.server.vitals import Vital, Vitals
from millstream.socketio.handshake import Transport as TransportName
from millstream.wal.tailer import LogState, Tailer

SLOT_STATES = ("ok", "warning", "critical", "failed")
States = Iterator[tuple[Metric, Labels, float]]


class Exposition(Collector):
    """What one project shows."""

    def __init__(
        self,
        counts: Counts,
        vitals: Vitals,
        *,
        sockets: RealtimeEndpoint,
        rooms: ProjectRooms | None,
        tailer: Tailer,
        pipelines: Iterable[PipelinePool],
        sessions: Pool,
    ) -> None:
        self._counts = counts
        self._vitals = vitals
        self._sockets = sockets
        self._rooms = rooms
        self._tailer = tailer
        self._pipelines = tuple(pipelines)
        self._sessions = sessions
        self._vital: Vital | None = None
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    async def render(self, accept: str) -> tuple[bytes, str]:
        """Return the text that the Accept header asks for, and its media type."""
        self._vital = await self._vitals.look()
        encode, media_type = choose_encoder(accept)
        return encode(self._registry), media_type

    def collect(self) -> Iterator[Family]:
        """Yield every family, also one of which nothing is known yet."""
        states: dict[Metric, dict[Labels, float]] = {}
        for metric, labels, value in self._states():
            states.setdefault(metric, {})[labels] = value
        for metric in METRICS:
            if metric.kind is Kind.HISTOGRAM:
                yield self._histogram(metric)
            else:
                yield _family(metric, {**self._counts.totals.get(metric, {}), **states.get(metric, {})})

    def _states(self) -> States:
        yield metrics.BUILD_INFO, (version("millstream"),), 1
        yield from self._sockets_states()
        if self._rooms is not None:
            yield from _room_states(self._rooms)
        yield from self._log_states()
        if self._vital is not None and self._vital.trouble is None:
            yield from _vital_states(self._vital, lost=self._tailer.state is LogState.LOST)
        yield from self._pool_states()

    def _sockets_states(self) -> States:
        context, open_sockets = self._sockets.context, self._sockets.open_sockets()
        yield metrics.SOCKETS, (), len(open_sockets)
        yield metrics.CHANNELS, (), sum(len(socket.channels) for socket in open_sockets)
        yield metrics.PRESENCES, (), len(context.presence)
        for listeners in context.subscriptions.census():
            yield metrics.SUBSCRIPTIONS, (listeners.schema, listeners.table), listeners.subscriptions
        yield metrics.MESSAGES_RECEIVED, (), context.traffic.received
        yield metrics.MESSAGES_SENT, (), context.traffic.sent
        yield metrics.FRAMES, (), context.hub.frames
        yield metrics.DELIVERIES, (), context.hub.deliveries

    def _log_states(self) -> States:
        yield metrics.LOG_STREAMING, (), self._tailer.streaming
        yield metrics.LOG_DELAY_SECONDS, (), self._counts.log_delay_seconds
        history = self._sockets.context.subscriptions.history
        if history is not None:
            yield metrics.HISTORY_BYTES, (), history.held_bytes
            yield metrics.HISTORY_TRANSACTIONS, (), len(history)

    def _pool_states(self) -> States:
        for pool in self._pipelines:
            yield metrics.POOL_CONNECTIONS, (pool.name, "busy"), pool.busy_connections
            yield metrics.POOL_CONNECTIONS, (pool.name, "idle"), pool.open_connections - pool.busy_connections
            yield metrics.POOL_WAITING, (pool.name,), pool.waiting
        sessions = self._sessions.get_stats()
        size, idle = sessions.get("pool_size", 0), sessions.get("pool_available", 0)
        yield metrics.POOL_CONNECTIONS, ("sessions", "busy"), size - idle
        yield metrics.POOL_CONNECTIONS, ("sessions", "idle"), idle
        yield metrics.POOL_WAITING, ("sessions",), sessions.get("requests_waiting", 0)

    def _histogram(self, metric: Metric) -> Family:
        family = HistogramMetricFamily(metric.name, metric.doc, labels=metric.labels)
        bounds = [*map(str, BUCKETS), "+Inf"]
        for labels, found in self._counts.distributions.get(metric, {}).items():
            family.add_metric(labels, list(zip(bounds, accumulate(found.counts), strict=True)), found.sum)
        return family


def _room_states(rooms: ProjectRooms) -> States:
    context = rooms.context
    transports = [engine.transport.name.value for engine in rooms.endpoint.engines.values()]
    for transport in TransportName:
        yield metrics.ROOM_CONNECTIONS, (transport.value,), transports.count(transport.value)
    yield metrics.ROOMS, (), sum(1 for _ in context.members.census())
    yield metrics.ROOM_RECOVERY_BYTES, (), context.kept.held_bytes
    yield metrics.ROOM_RECOVERABLE, (), context.kept.lost_sessions


def _vital_states(vital: Vital, *, lost: bool) -> States:
    slot = vital.slot
    if vital.mails_due is not None:
        yield metrics.MAILS_DUE, (), vital.mails_due
    if vital.lag_bytes is not None:
        yield metrics.LOG_LAG_BYTES, (), vital.lag_bytes
        yield metrics.LOG_LAG_SECONDS, (), vital.lag_seconds
    if slot is not None:
        yield metrics.SLOT_RETAINED_BYTES, (), slot.retained_bytes
        if slot.limit_bytes is not None:
            yield metrics.SLOT_LIMIT_BYTES, (), slot.limit_bytes
    worst = max((problem.severity for problem in of_slot(slot)), default=0)
    state = "failed" if lost else SLOT_STATES[worst]
    for each in SLOT_STATES:
        yield metrics.SLOT_STATE, (each,), each == state


def _family(metric: Metric, series: dict[Labels, float]) -> Family:
    """Build a counter or a gauge; one without labels is 0 until something happens, if it can be known at all."""
    kind = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family = kind(metric.name, metric.doc, labels=metric.labels)
    if metric.kind is Kind.COUNTER and not metric.labels:
        series = {(): 0, **series}
    for labels, value in series.items():
        family.add_metric(labels, float(value))
    return family
