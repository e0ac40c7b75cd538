"""Every metric that a project shows to Prometheus, by name, kind, labels and meaning. Pure declarations.

`metrics_observer` counts events into them, `metrics_state` reads states when somebody asks; `docs/reference/metrics.md`
is generated from here. Names follow Prometheus' conventions: base units, `_total` for what only grows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What Prometheus may do with the values."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """One family, compared by identity. Labels have few values each, none of which a client chooses."""

    kind: Kind
    name: str
    doc: str
    labels: tuple[str, ...] = ()


def _counter(name: str, doc: str, *labels: str) -> Metric:
    return Metric(Kind.COUNTER, f"millstream_{name}_total", doc, labels)


def _gauge(name: str, doc: str, *labels: str) -> Metric:
    return Metric(Kind.GAUGE, f"millstream_{name}", doc, labels)


def _histogram(name: str, doc: str, *labels: str) -> Metric:
    return Metric(Kind.HISTOGRAM, f"millstream_{name}", doc, labels)


BUILD_INFO = _gauge("build_info", "Always 1; the label says which version runs.", "version")

SOCKETS = _gauge("sockets", "Sockets that are open.")
CHANNELS = _gauge("channels", "Channels that are joined or being joined.")
SUBSCRIPTIONS = _gauge("subscriptions", "Channels that follow changes, by table; `*` is any.", "schema", "table")
PRESENCES = _gauge("presences", "Presences in all topics.")
SOCKETS_OPENED = _counter("sockets_opened", "Sockets that were opened, by version of the wire form.", "vsn")
SOCKETS_CLOSED = _counter("sockets_closed", "Sockets that are gone, whoever ended them.")
SOCKETS_ENDED = _counter("sockets_ended", "Sockets that the server ended, by close code.", "code", "reason")
HANDSHAKES_REFUSED = _counter("handshakes_refused", "Sockets that were not opened, by error code.", "code")
JOINS = _counter("joins", "Channels that were joined.")
JOINS_REFUSED = _counter("joins_refused", "Joins that were refused, by error code.", "code")
CHANNELS_CLOSED = _counter("channels_closed", "Channels that the server closed.")
CHANNELS_CRASHED = _counter("channels_crashed", "Channels that ended by a fault of Millstream.")
MESSAGES_RECEIVED = _counter("messages_received", "Messages that clients sent over sockets.")
MESSAGES_SENT = _counter("messages_sent", "Messages to one socket alone: replies, states, replays.")
FRAMES = _counter("fan_out_frames", "Frames built for any number of sockets: changes, broadcasts, presence.")
DELIVERIES = _counter("fan_out_deliveries", "Sockets that such frames were given to.")

ROOM_CONNECTIONS = _gauge("room_connections", "Connections by Socket.IO, by transport.", "transport")
ROOMS = _gauge("rooms", "Rooms in which somebody is.")
ROOM_RECOVERY_BYTES = _gauge("room_recovery_bytes", "Memory of the events that lost connections can recover.")
ROOM_RECOVERABLE = _gauge("room_recoverable", "Lost connections that can still be recovered.")
ROOM_OPENED = _counter("room_connections_opened", "Connections that were opened, by transport.", "transport")
ROOM_UPGRADES = _counter("room_upgrades", "Connections that moved from polling to a WebSocket.")
ROOM_CLOSED = _counter("room_connections_closed", "Connections that are gone, whoever ended them.")
ROOM_ENDED = _counter("room_connections_ended", "Connections that the server ended, by close code.", "code", "reason")
ROOM_REFUSED = _counter("room_requests_refused", "Handshakes, connects and joins that were refused, by code.", "code")
ROOM_CONNECTS = _counter("room_connects", "Clients let into a namespace: as new, or recovered.", "how")
ROOM_EVENTS = _counter("room_events", "Events that were told in rooms.")
ROOM_DELIVERIES = _counter("room_deliveries", "Connections that they were given to.")
ROOM_EVENTS_FAILED = _counter("room_events_failed", "Events whose declaration failed for a change.", "event")

LOG_STREAMING = _gauge("log_streaming", "1 while the log is being read.")
LOG_LAG_BYTES = _gauge("log_lag_bytes", "Log that PostgreSQL has written and Millstream has not yet applied.")
LOG_LAG_SECONDS = _gauge("log_lag_seconds", "For how long that has been so; 0 when everything is applied.")
LOG_DELAY_SECONDS = _gauge("log_delay_seconds", "Age of the last transaction when it had been applied.")
LOG_TRANSACTIONS = _counter("log_transactions", "Transactions that were read and applied.")
LOG_CHANGES = _counter("log_changes", "Row changes within them.")
LOG_INTERRUPTIONS = _counter("log_interruptions", "Times that reading the log was broken off, by error code.", "code")
LOG_GAPS = _counter("log_gaps", "Times that the log went on after a part of it that was never read.")
SLOT_RETAINED_BYTES = _gauge("slot_retained_bytes", "Log that the slot keeps PostgreSQL from removing.")
SLOT_LIMIT_BYTES = _gauge("slot_limit_bytes", "How much that may be; absent without max_slot_wal_keep_size.")
SLOT_STATE = _gauge("slot_state", "1 for the state of the slot: ok, warning, critical or failed.", "state")
HISTORY_BYTES = _gauge("history_bytes", "Memory of the changes that clients can resume over.")
HISTORY_TRANSACTIONS = _gauge("history_transactions", "Transactions held for that.")

CHANGES_TOLD = _counter("changes_told", "Changes that somebody was told of.")
CHANGES_NOT_TOLD = _counter("changes_not_told", "Changes that could not be told, for a fault of Millstream.")
CHANGES_REPLAYED = _counter("changes_replayed", "Changes looked through for channels that resumed.")
VERDICTS = _counter(
    "visibility_verdicts",
    "Verdicts on one row and all who share claims: fixed by role, in process, or asked of PostgreSQL.",
    "way",
)
VISIBILITY_SECONDS = _histogram("visibility_check_seconds", "How long PostgreSQL took to judge a batch of changes.")
CHECKS_FAILED = _counter("visibility_checks_failed", "Policies that PostgreSQL could not evaluate: the answer was no.")

DATA_REQUESTS = _counter("data_api_requests", "Requests of the data API.", "method", "status")
DATA_SECONDS = _histogram("data_api_request_seconds", "How long they took.", "method")
OPERATION_CALLS = _counter(
    "operation_calls", "Calls of operations; the code is ok or the error's.", "operation", "code"
)
OPERATION_SECONDS = _histogram("operation_seconds", "How long they took.", "operation")
LIVE_VIEW_RUNS = _counter(
    "live_view_runs", "Times a live view was computed: changed and sent, unchanged, or failed.", "view", "outcome"
)
LIVE_VIEW_SECONDS = _histogram("live_view_seconds", "How long it took, the wait for a turn included.", "view")
AUTH_REQUESTS = _counter("auth_requests", "Requests of the auth API.", "endpoint", "status")
SIGN_INS = _counter(
    "auth_sign_ins", "Attempts to get a session; the outcome is ok or the error's code.", "method", "outcome"
)
ERRORS = _counter("errors", "Refusals and failures, wherever they happened, by error code.", "area", "code")

POOL_CONNECTIONS = _gauge("pool_connections", "Connections to the database, by pool.", "pool", "state")
POOL_WAITING = _gauge("pool_waiting", "Who waits for a connection.", "pool")
POOL_WAIT_SECONDS = _histogram("pool_wait_seconds", "How long those waited who had to; most never have to.", "pool")
POOL_EXHAUSTED = _counter("pool_exhausted", "Requests refused because no connection became free.", "pool")

MAILS_DUE = _gauge("mails_due", "Mails in the outbox that are still to be sent; absent while it cannot be read.")
MAILS = _counter("mails", "Attempts to send a mail.", "outcome")
PUSH_MESSAGES = _counter(
    "push_messages", "Attempts to send to a device: sent, postponed, given up, or the device removed.", "outcome"
)
WEBHOOK_EVENTS = _counter("webhook_events", "Events that were written to the outbox of webhooks.")
WEBHOOK_ATTEMPTS = _counter(
    "webhook_attempts", "Attempts to deliver one: delivered, retrying, or failed and given up.", "status"
)
WEBHOOK_SECONDS = _histogram("webhook_attempt_seconds", "How long receivers took to answer, or not to.")
WEBHOOK_LATENCY_SECONDS = _histogram("webhook_latency_seconds", "From the commit of a change to the first attempt.")
WEBHOOK_ENDPOINTS_DISABLED = _counter(
    "webhook_endpoints_disabled", "Endpoints that were disabled for failing.", "reason"
)
WEBHOOK_MEASURES_BROKEN = _counter(
    "webhook_measures_broken", "Windows in which deliveries broke a promise, by measure.", "measure"
)
WEBHOOK_GAPS = _counter("webhook_gaps", "Times the slot was found gone, so that changes were not captured.")
WEBHOOK_FAILURES = _counter("webhook_failures", "Payloads that failed, and times the outbox was out of reach.", "kind")
BACKGROUND_ROUNDS = _counter("background_rounds", "Rounds of an application's background tasks.", "task", "outcome")

METRICS: tuple[Metric, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Metric))

PROCESS = {
    "process_cpu_seconds_total": "Processor time of the whole process.",
    "process_max_fds": "File descriptors that it may have open.",
    "process_open_fds": "File descriptors that it has open, sockets among them.",
    "process_resident_memory_bytes": "Memory that it occupies.",
    "process_start_time_seconds": "When it started, in seconds since 1970.",
    "process_virtual_memory_bytes": "Memory that it has mapped.",
}
"""What prometheus-client tells of the process, for several projects of one process alike."""
