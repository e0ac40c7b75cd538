"""What the admin view shows of a project, as values for JSON: what is there at this moment, counted when asked.

Reads the live objects of one project on its event loop and changes none of them, but for `disconnect`. Shows names,
numbers and ids: no row, no payload, no token, no key. Long lists come in part: what fits the search, the most important
first, at most MOST_SHOWN, with the number of all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

from millstream.asgi.health import verdict_on
from millstream.asgi.realtime import RealtimeEndpoint
from millstream.asgi.realtime_protocol import RealtimeProtocol
from millstream.channels.joined.channel import Channel
from millstream.channels.topics.groups import Topic
from millstream.phoenix.connection import TOPIC_PREFIX
from millstream.policy.schema.catalog import Catalog
from millstream.policy.ways import ways_of
from millstream.server import metrics
from millstream.server.metrics_observer import Counts
from millstream.server.project_rooms import ProjectRooms
from millstream.server.readiness import Readiness
from millstream.server.room_views import show_connections, show_rooms
from millstream.server.view_parts import emails_of, part
from millstream.server.vitals import Vitals
from millstream.wal.slot import SlotStatus
from millstream.wal.tailer import Tailer

Json = dict[str, Any]
_NO_ROOMS: Json = {"total": 0, "fitting": 0, "shown": []}

_TOTALS = {
    "joins": metrics.JOINS,
    "transactions": metrics.LOG_TRANSACTIONS,
    "changes": metrics.LOG_CHANGES,
    "changes_told": metrics.CHANGES_TOLD,
    "data_requests": metrics.DATA_REQUESTS,
    "errors": metrics.ERRORS,
}
_SOCKET_ORDERS: Mapping[str, Callable[[RealtimeProtocol], Any]] = {
    "newest": lambda each: -each.number,
    "oldest": lambda each: each.number,
    "channels": lambda each: (-len(each.socket.channels), each.number),
    "unsent": lambda each: (-each.unsent_bytes, each.number),
    "quiet": lambda each: (each.heard_at, each.number),
    "address": lambda each: (each.address, each.number),
}


@dataclass(frozen=True, slots=True)
class AdminViews:
    """The views of one project."""

    name: str
    title: str
    counts: Counts
    vitals: Vitals
    readiness: Readiness
    tailer: Tailer
    catalog: Catalog
    endpoint: RealtimeEndpoint
    room_server: ProjectRooms | None
    started_at: float

    async def overview(self) -> Json:
        """Return the figures of the whole project."""
        problems = await self.readiness.problems()
        context, sockets = self.endpoint.context, self.endpoint.open_sockets()
        return {
            "name": self.name,
            "title": self.title,
            "version": version("millstream"),
            "now": time.time(),
            "started_at": self.started_at,
            "status": verdict_on(problems),
            "problems": [problem.as_map() for problem in problems],
            "sockets": len(sockets),
            "max_sockets": context.settings.max_sockets,
            "channels": sum(len(socket.channels) for socket in sockets),
            "subscriptions": sum(each.subscriptions for each in context.subscriptions.census()),
            "presences": len(context.presence),
            "room_connections": self.room_server.count_connections() if self.room_server is not None else 0,
            "totals": self._totals(),
            "log": await self.log(),
        }

    async def log(self) -> Json:
        """Return how far the log was read, the slot, the history, and how they were lately."""
        vital = await self.vitals.look()
        history = self.endpoint.context.subscriptions.history
        return {
            "state": self.tailer.state.value,
            "applied": str(self.tailer.applied),
            "lag_bytes": vital.lag_bytes,
            "lag_seconds": vital.lag_seconds,
            "delay_seconds": self.counts.log_delay_seconds,
            "slot": None if vital.slot is None else _slot(vital.slot),
            "history": None
            if history is None
            else {"log": history.log, "start": str(history.start), "bytes": history.held_bytes, "held": len(history)},
            "recent": [sample._asdict() for sample in self.vitals.recent],
        }

    def sockets(self, search: str, order: str) -> Json:
        """Return the open sockets; `order` is a key of _SOCKET_ORDERS."""
        now = self.endpoint.context.time()
        key = _SOCKET_ORDERS.get(order, _SOCKET_ORDERS["newest"])
        return part(self.endpoint.sockets, search, _words_of_socket, key, lambda each: _socket(each, now))

    def channels(self, search: str) -> Json:
        """Return the topics that somebody has joined, the fullest first."""
        topics: dict[Topic, list[Channel]] = {}
        for socket in self.endpoint.open_sockets():
            for channel in socket.channels.values():
                topics.setdefault(channel.home, []).append(channel)
        present = {topic: sum(keys.values()) for topic, keys in self.endpoint.context.presence.census()}
        return part(
            topics.items(),
            search,
            lambda each: (each[0].name,),
            lambda each: (-len(each[1]), each[0]),
            lambda each: _topic(each[0], each[1], present.get(each[0], 0)),
        )

    def subscriptions(self) -> Json:
        """Return who listens to which table."""
        return {"shown": [asdict(each) for each in self.endpoint.context.subscriptions.census()]}

    def presence(self, search: str) -> Json:
        """Return the keys that are present, by topic."""
        found = [
            (topic, key, number)
            for topic, keys in self.endpoint.context.presence.census()
            for key, number in keys.items()
        ]
        return part(found, search, lambda each: (each[0].name, each[1]), lambda each: each[:2], _present)

    def rooms(self, search: str) -> Json:
        """Return the rooms in which somebody is."""
        return _NO_ROOMS if self.room_server is None else show_rooms(self.room_server.endpoint, search)

    def room_connections(self, search: str) -> Json:
        """Return who is connected by Socket.IO, and in which rooms."""
        return _NO_ROOMS if self.room_server is None else show_connections(self.room_server.endpoint, search)

    def disconnect_room_connection(self, number: int) -> bool:
        """End one of them; return whether it was there."""
        return self.room_server is not None and self.room_server.endpoint.disconnect(number)

    def policies(self) -> Json:
        """Return which way the policies of each table take, and why."""
        return {"shown": [way.as_map() for way in ways_of(self.catalog.current)]}

    def disconnect(self, number: int) -> bool:
        """End one socket; return whether it was there."""
        return self.endpoint.disconnect(number)

    def _totals(self) -> Mapping[str, float]:
        context = self.endpoint.context
        counted = {name: sum(self.counts.totals.get(metric, {}).values()) for name, metric in _TOTALS.items()}
        traffic, hub = context.traffic, context.hub
        sent = {"messages_received": traffic.received, "messages_sent": traffic.sent + hub.deliveries}
        return {**counted, **sent}


def _slot(slot: SlotStatus) -> Json:
    return {
        "name": slot.name,
        "wal_status": slot.wal_status,
        "reader_pid": slot.reader_pid,
        "restart_lsn": None if slot.restart_lsn is None else str(slot.restart_lsn),
        "confirmed_lsn": None if slot.confirmed_lsn is None else str(slot.confirmed_lsn),
        "retained_bytes": slot.retained_bytes,
        "limit_bytes": slot.limit_bytes,
    }


def _socket(protocol: RealtimeProtocol, now: float) -> Json:
    socket = protocol.socket
    callers = {channel.claims.subject for channel in socket.channels.values()} - {None}
    return {
        "id": protocol.number,
        "address": protocol.address,
        "vsn": socket.vsn,
        "roles": sorted({socket.claims.role, *(channel.claims.role for channel in socket.channels.values())}),
        "callers": sorted(str(caller) for caller in callers),
        "emails": emails_of(channel.claims for channel in socket.channels.values()),
        "topics": sorted(channel.sub_topic for channel in socket.channels.values()),
        "channels": len(socket.channels),
        "open_seconds": now - protocol.opened_at,
        "quiet_seconds": now - protocol.heard_at,
        "unsent_bytes": protocol.unsent_bytes,
    }


def _topic(topic: Topic, channels: Sequence[Channel], present: int) -> Json:
    return {
        "topic": _name(topic),
        "private": topic.private,
        "channels": len(channels),
        "subscriptions": sum(channel.subscription is not None for channel in channels),
        "presences": present,
    }


def _name(topic: Topic) -> str:
    """Return the topic as users know it."""
    return topic.name.removeprefix(TOPIC_PREFIX)


def _present(entry: tuple[Topic, str, int]) -> Json:
    topic, key, number = entry
    return {"topic": _name(topic), "private": topic.private, "key": key, "connections": number}


def _words_of_socket(protocol: RealtimeProtocol) -> Iterator[str]:
    """Yield what a search for a socket looks through."""
    yield str(protocol.number)
    yield protocol.address
    yield protocol.socket.claims.role
    for channel in protocol.socket.channels.values():
        yield channel.topic
        yield channel.claims.role
        yield channel.claims.subject or ""
        yield from emails_of([channel.claims]).values()
