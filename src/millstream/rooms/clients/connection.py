"""One Socket.IO connection: carries out what its packets ask, and holds its sockets until it is gone.

Driven by `asgi.socketio` on the event loop, whatever the transport. Lets clients into namespaces: the token says who it
is, PostgreSQL which rooms are its own, and a lost session, presented by the same person, is gone on with: in the same
step in which the client begins to hear its rooms it gets what was said there since, so nothing is lost or comes twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from secrets import token_urlsafe
from typing import Any, Protocol

from millstream.auth.limits import network_of
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.pubsub import Disconnect, Mailbox, disconnect
from millstream.rooms.clients import requests
from millstream.rooms.clients.socket import RoomSocket
from millstream.rooms.context import RoomContext
from millstream.rooms.errors import NamespaceUnknown
from millstream.rooms.observations import NamespaceConnected, NamespaceRefused, RoomWorkFailed
from millstream.rooms.rights import Rights
from millstream.rooms.told.emission import NOWHERE, Place, frame_of, parse_place
from millstream.rooms.told.kept import LostSession
from millstream.socketio.effects import Answer, Break, Close, Connect, Effect, Event, Leave
from millstream.socketio.engine_packets import EnginePacket
from millstream.socketio.session import Limits, Session

_ID_BYTES = 15


class Carrier(Protocol):
    """Whoever holds the transport of a connection."""

    @property
    def address(self) -> str:
        """The peer's network address."""
        ...

    def disconnect(self, why: Disconnect) -> None:
        """End the connection; `Connection.close` is called when it is gone."""
        ...


class Connection:
    """The namespaces of one client. `token` is what its handshake said of who it is, None where that said nothing.

    It is judged each time that it counts: since the handshake it may have ended, and its session too.
    """

    __slots__ = (
        "_carrier",
        "_token",
        "closed",
        "context",
        "idle_since",
        "mailbox",
        "session",
        "sockets",
        "user_agent",
    )

    def __init__(
        self, context: RoomContext, carrier: Carrier, mailbox: Mailbox, token: str | None, user_agent: str
    ) -> None:
        settings = context.settings
        self.context = context
        self.mailbox = mailbox
        self.session = Session(Limits(settings.max_namespaces, settings.max_attachments))
        self.sockets: dict[str, RoomSocket] = {}
        self.idle_since = context.time()
        self.user_agent = user_agent
        self.closed = False
        self._carrier = carrier
        self._token = token

    @property
    def address(self) -> str:
        """The client's network address."""
        return self._carrier.address

    def receive(self, packet: EnginePacket) -> None:
        """Take one packet and do what it asks."""
        effect = self.session.receive(packet)
        if effect is not None:
            self._perform(effect)

    def move(self, mailbox: Mailbox) -> None:
        """Go on with another transport's mailbox, which holds already what the old one still had."""
        old, self.mailbox = self.mailbox, mailbox
        for socket in self.sockets.values():
            socket.move(old, mailbox)

    def end(self, why: Disconnect) -> None:
        """End the connection."""
        self._carrier.disconnect(why)

    def end_sessions(self, ended: Collection[str]) -> None:
        """Put out whoever is here by a session that was ended."""
        for socket in list(self.sockets.values()):
            if socket.claims.session_id in ended:
                socket.end("session_ended", "Session has ended")

    def forget(self, socket: RoomSocket) -> None:
        """Take a socket off; called when it is closed."""
        if self.sockets.get(socket.namespace) is socket:
            del self.sockets[socket.namespace]
            self.idle_since = self.context.time()

    def close(self, *, recoverable: bool = True) -> None:
        """Close every socket: the connection is gone."""
        self.closed = True
        for socket in list(self.sockets.values()):
            socket.close(recoverable=recoverable)

    def _perform(self, effect: Effect) -> None:
        if isinstance(effect, Event):
            requests.receive(self.sockets[effect.namespace], effect, self.address)
        elif isinstance(effect, Connect):
            self._connect(effect)
        elif isinstance(effect, Answer):
            self.sockets[effect.namespace].take_answer(effect)
        elif isinstance(effect, Leave):
            self.sockets[effect.namespace].close(recoverable=False)
        elif isinstance(effect, Break):
            self._carrier.disconnect(disconnect.PROTOCOL_ERROR)
        elif isinstance(effect, Close):
            self._carrier.disconnect(disconnect.NORMAL)

    def _connect(self, connect: Connect) -> None:
        try:
            if connect.namespace not in self.context.declared.namespaces:
                raise NamespaceUnknown("Invalid namespace")
            claims = self._caller(connect.auth)
        except MillstreamError as error:
            self._refuse(connect.namespace, error)
            return
        self.context.tasks.create_task(self._admit(connect, claims))

    def _caller(self, auth: Mapping[str, Any]) -> Claims:
        """Return who connects: by the token that it gives now, else by what its handshake said."""
        token = auth.get("token")
        given = token.removeprefix("Bearer ") if isinstance(token, str) and token else self._token
        return self.context.authenticate(given, self.user_agent)

    async def _admit(self, connect: Connect, claims: Claims) -> None:
        """Ask what the caller may, and let it in."""
        try:
            known = self._known(connect, claims)
            rights = await self._ask(claims, known.rooms if known is not None else ())
            self._caller(connect.auth)  # whose session ended meanwhile is in no namespace that could be told
        except MillstreamError as error:
            if self._waits(connect):
                self._refuse(connect.namespace, error)
            return
        except Exception as error:  # noqa: BLE001 -- a fault in one connection must not end the project
            self.context.observe(RoomWorkFailed(type(error).__name__))
            self._carrier.disconnect(disconnect.INTERNAL_ERROR)
            return
        if self._waits(connect):
            self._let_in(connect, claims, rights)

    async def _ask(self, claims: Claims, rooms: Collection[str]) -> Rights:
        """Ask what a caller may, until nothing has changed while it was asked: changes reach only who is in."""
        while True:
            changes = self.context.rights_changes
            rights = await self.context.rights.ask(claims, rooms)
            if changes == self.context.rights_changes:
                return rights

    def _waits(self, connect: Connect) -> bool:
        """Tell whether the client still wants in."""
        return not self.closed and self.session.is_connecting(connect.namespace)

    def _let_in(self, connect: Connect, claims: Claims, rights: Rights) -> None:
        namespace, context = connect.namespace, self.context
        lost = self._recover(connect, claims)
        sid, pid = (lost.sid, lost.pid) if lost is not None else (token_urlsafe(_ID_BYTES), token_urlsafe(_ID_BYTES))
        socket = RoomSocket(self, namespace, claims, sid=sid, pid=pid)
        self.sockets[namespace] = socket
        self.mailbox.put(frame_of(self.session.accept(namespace, sid, pid if context.kept.enabled else None)))
        socket.settle(rights, lost.rooms if lost is not None else {})
        missed = 0 if lost is None else socket.replay(_offset(connect.auth.get("offset"), lost) or NOWHERE)
        context.observe(NamespaceConnected(recovered=lost is not None, missed=missed))

    def _known(self, connect: Connect, claims: Claims) -> LostSession | None:
        """Return the session that the client presents, if it is this caller's, as far as it is known now."""
        pid = connect.auth.get("pid")
        alive = self.context.roster.of_session(pid)
        session = alive.as_lost() if alive is not None else self.context.kept.session(pid)
        if session is None or session.namespace != connect.namespace:
            return None
        return session if (session.subject, session.role) == (claims.subject, claims.role) else None

    def _recover(self, connect: Connect, claims: Claims) -> LostSession | None:
        """Take over the session that the client presents, as long as everything since is kept; else None."""
        session = self._known(connect, claims)
        if session is None:
            return None
        place = _offset(connect.auth.get("offset"), session)
        if place is None or not self.context.kept.start <= place <= self.context.reached:
            return None
        alive = self.context.roster.of_session(session.pid)
        if alive is not None:
            # Its old connection is dead, and the server has not noticed yet.
            alive.client.end(disconnect.SUPERSEDED)
            alive.close(recoverable=False)
        self.context.kept.forget(session.pid)
        return session

    def _refuse(self, namespace: str, error: MillstreamError) -> None:
        data = {"code": error.code}
        self.mailbox.put(frame_of(self.session.refuse(namespace, error.message, data)))
        self.context.observe(NamespaceRefused(error.code))
        if self.context.refusals.take(network_of(self.address), self.context.time()) > 0:
            self._carrier.disconnect(disconnect.TOO_MANY_REFUSALS)


def _offset(offset: object, session: LostSession) -> Place | None:
    """Return up to where the client has heard: never further back than its session, whose start it may not know.

    Clients keep the offset of an earlier session until they hear something in the new one.
    """
    place = session.since if offset is None else parse_place(offset)
    return None if place is None else max(place, session.since)
