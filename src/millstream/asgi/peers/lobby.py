"""Where connections wait that have not yet said what they want: bounded in number and in time.

Kept by `asgi.upgrade` for one server and all its projects. A connection enters when it is accepted and leaves when the
head of its request has come; until then nobody knows who it is, so that addresses are all that can be counted.

When full: a connection is closed at once, without an answer.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from dataclasses import dataclass
from typing import ClassVar, Protocol

from millstream.asgi.peers.settings import PeerSettings
from millstream.asgi.peers.trusted_proxies import TrustedProxies, is_this_machine
from millstream.auth.limits import network_of
from millstream.observe import Level, Observation, Observer, ignore
from millstream.pubsub import Deadlines

_RESOLUTION_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class ConnectionTurnedAway(Observation):
    """A connection was closed at once: as many wait for their first request as may, in all or of its address."""

    level: ClassVar[Level] = Level.INFO


@dataclass(frozen=True, slots=True)
class ConnectionTooSlow(Observation):
    """A connection was closed: its request did not come in time."""

    level: ClassVar[Level] = Level.INFO


class Visitor(Protocol):
    """A connection whose request is on its way. Compared by identity."""

    def __hash__(self) -> int:
        """Hash by identity."""
        ...

    def give_up(self) -> None:
        """End: the time is over."""
        ...


class Lobby:
    """The waiting connections of one server."""

    def __init__(self, settings: PeerSettings, loop: AbstractEventLoop, observe: Observer = ignore) -> None:
        self.proxies = TrustedProxies(settings.trusted_proxies)
        self._settings = settings
        self._observe = observe
        self._newcomers: dict[Visitor, str] = {}
        self._of_network: dict[str, int] = {}
        self._ticks: dict[Visitor, int] = {}
        self._deadlines: Deadlines[Visitor] = Deadlines(loop, _RESOLUTION_SECONDS, self._late)

    def __len__(self) -> int:
        return len(self._newcomers)

    def enter(self, visitor: Visitor, peer: str) -> bool:
        """Let a new connection wait for the head of its first request; return whether there is room."""
        exempt = is_this_machine(peer) or self.proxies.trust(peer)
        network = "" if exempt else network_of(peer)
        here = self._of_network.get(network, 0)
        settings = self._settings
        full = len(self._newcomers) >= settings.max_waiting_connections
        if full or (not exempt and here >= settings.max_waiting_connections_per_address):
            self._observe(ConnectionTurnedAway())
            return False
        self._newcomers[visitor] = network
        self._of_network[network] = here + 1
        self.await_head(visitor)
        return True

    def await_head(self, visitor: Visitor) -> None:
        """Have a connection that sends the head of a request end when it takes too long."""
        self._await(visitor, self._settings.head_timeout_seconds)

    def await_body(self, visitor: Visitor) -> None:
        """Have a connection that sends the body of a request end when it takes too long."""
        self._await(visitor, self._settings.body_timeout_seconds)

    def leave(self, visitor: Visitor) -> None:
        """Forget a connection: it has said what it wants, or is gone."""
        tick = self._ticks.pop(visitor, None)
        if tick is not None:
            self._deadlines.remove(visitor, tick)
        network = self._newcomers.pop(visitor, None)
        if network is None:
            return
        self._of_network[network] -= 1
        if not self._of_network[network]:
            del self._of_network[network]

    def _await(self, visitor: Visitor, seconds: float) -> None:
        if visitor not in self._ticks:
            self._ticks[visitor] = self._deadlines.add(visitor, seconds)

    def _late(self, visitor: Visitor) -> None:
        self._ticks.pop(visitor, None)
        self._observe(ConnectionTooSlow())
        visitor.give_up()
