"""All Engine.IO sessions of one project: opens them, finds them by their id, and answers polls.

Takes upgrade requests from `asgi.upgrade` and every other request as an ASGI application. A session id is a secret of
120 bits; whoever presents one has to come as the caller that the handshake was, where requests carry a token at all.
Refusals are JSON of a code and a message, as clients know them.

When full: a session above the limits, in all or of its address, is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count
from secrets import token_urlsafe
from typing import ClassVar
from urllib.parse import parse_qs

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from millstream.asgi.peers.trusted_proxies import is_this_machine
from millstream.asgi.reply import reply_of
from millstream.asgi.socketio.engine import Engine, Transport
from millstream.asgi.socketio.polling import Polling, body_of
from millstream.asgi.socketio.websocket import EngineProtocol
from millstream.asgi.upgrade import Upgrade
from millstream.auth.limits import network_of
from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.pubsub import Deadlines, Disconnect, disconnect
from millstream.pubsub.disconnect import SERVER_REQUEST
from millstream.rooms.clients.connection import Connection
from millstream.rooms.context import RoomContext
from millstream.rooms.observations import RoomConnectionOpened, RoomConnectionRefused
from millstream.socketio.engine_packets import decode_body
from millstream.socketio.errors import EngineRequestRefused, HandshakeFault, MalformedPacket
from millstream.socketio.handshake import EngineRequest, parse_request
from millstream.socketio.handshake import Transport as TransportName
from millstream.socketio.session import encode_open
from millstream.websocket.errors import HandshakeRefused
from millstream.websocket.handshake import accept_upgrade, refusal

_SID_BYTES = 15
_LONGEST_RESOLUTION_SECONDS = 1.0
_VISITS_PER_INTERVAL = 10
_TEXT = "text/plain; charset=UTF-8"
_HEADERS = {"cache-control": "no-store"}

Headers = Mapping[bytes, bytes]
Query = Mapping[str, Sequence[str]]


class ConnectionsFull(MillstreamError):
    """The project has as many Socket.IO connections as it may have, in all or of one address."""

    code: ClassVar[str] = "too_many_room_connections"
    status: ClassVar[int] = 429


class EngineForbidden(MillstreamError):
    """The page's origin is not listed, or the request comes as another caller than the session's handshake."""

    code: ClassVar[str] = "engine_forbidden"
    status: ClassVar[int] = 403


class BodyRefused(MillstreamError):
    """What a client posted is longer than a message may be."""

    code: ClassVar[str] = "engine_body_too_large"
    status: ClassVar[int] = 413


class SocketIoEndpoint:
    """The edge of one project's rooms."""

    def __init__(self, context: RoomContext) -> None:
        settings = context.settings
        self.context = context
        self.engines: dict[str, Engine] = {}
        self.probing: set[str] = set()
        self.numbers = count(1)
        interval = min(settings.ping_interval_seconds, settings.ping_timeout_seconds, settings.connect_timeout_seconds)
        resolution = min(interval / _VISITS_PER_INTERVAL, _LONGEST_RESOLUTION_SECONDS)
        self.visits: Deadlines[Engine] = Deadlines(context.loop, resolution, _visit)
        self._of_network: dict[str, int] = {}
        origins = frozenset(origin.lower().rstrip("/") for origin in settings.origins)
        self._origins = None if "*" in origins else origins

    def connections(self) -> list[Connection]:
        """Return every connection that is open now."""
        return [engine.connection for engine in self.engines.values()]

    def discard(self, engine: Engine) -> None:
        """Forget a session that is over."""
        del self.engines[engine.sid]
        network = network_of(engine.address)
        self._of_network[network] -= 1
        if not self._of_network[network]:
            del self._of_network[network]

    def disconnect(self, number: int) -> bool:
        """End one session at an operator's wish; its client may come back. Return whether it was there."""
        for engine in self.engines.values():
            if engine.number == number:
                engine.disconnect(SERVER_REQUEST)
                return True
        return False

    def close_all(self, why: Disconnect) -> None:
        """End every session."""
        for engine in list(self.engines.values()):
            engine.disconnect(why)

    def open(self, upgrade: Upgrade) -> None:
        """Answer an upgrade request at once, whichever way."""
        headers, query = dict(upgrade.headers), parse_qs(upgrade.query.decode("latin-1"))
        try:
            response = accept_upgrade(upgrade.method, upgrade.http_version, upgrade.headers)
            request = parse_request(query, upgrade=True)
            self._require_origin(headers)
            token = _token(headers, query)
            claims = self._caller(token, headers)
            engine = self._engine_to_move(request, claims) if request.sid else self._new(upgrade.address, claims, token)
        except MillstreamError as error:
            status, body = self._refused(error, upgrade.address)
            more = error.headers if isinstance(error, HandshakeRefused) else ()
            upgrade.transport.write(refusal(status, body, headers=more))
            upgrade.transport.close()
            return
        transport = upgrade.transport
        transport.set_write_buffer_limits(high=self.context.hub.limits.high_water_bytes)
        protocol = EngineProtocol(self, transport, upgrade.connections, engine, probes=bool(request.sid))
        transport.set_protocol(protocol)
        transport.write(response)
        if request.sid:
            self.probing.add(engine.sid)
        else:
            self._start(engine, protocol, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of long polling."""
        request = Request(scope, receive)
        address = request.client.host if request.client else ""
        try:
            response = await self._answer(request, address)
        except ClientDisconnect:
            return
        except MillstreamError as error:
            status, body = self._refused(error, address)
            response = Response(body, status, _HEADERS, "application/json")
        await response(scope, receive, send)

    async def _answer(self, request: Request, address: str) -> Response:
        headers = dict(request.scope["headers"])
        query = parse_qs(request.scope["query_string"].decode("latin-1"))
        asked = parse_request(query, upgrade=False)
        self._require_origin(headers)
        token = _token(headers, query)
        claims = self._caller(token, headers)
        if asked.sid is None:
            if request.method != "GET":
                raise EngineRequestRefused(HandshakeFault.BAD_HANDSHAKE_METHOD)
            return self._open_polling(self._new(address, claims, token), headers)
        engine = self._find(asked.sid, claims)
        polling = engine.transport
        if not isinstance(polling, Polling) or request.method not in {"GET", "POST"}:
            raise EngineRequestRefused(HandshakeFault.BAD_REQUEST)
        if polling.polling if request.method == "GET" else polling.posting:
            engine.disconnect(disconnect.PROTOCOL_ERROR)
            raise EngineRequestRefused(HandshakeFault.BAD_REQUEST)
        return await (self._poll if request.method == "GET" else self._post)(request, engine, polling)

    def _open_polling(self, engine: Engine, headers: Headers) -> Response:
        polling = Polling(self.context.hub, engine, self.context.loop)
        self._start(engine, polling, headers)
        return Response(body_of(polling.mailbox.take()), 200, {**_HEADERS, "content-type": _TEXT})

    async def _poll(self, request: Request, engine: Engine, polling: Polling) -> Response:
        reply = reply_of(request.scope)
        if reply is not None:
            reply.when_gone(partial(_lose, engine, polling))
        try:
            body = await polling.until_something()
        finally:
            if reply is not None:
                reply.when_gone(None)
        return Response(body, 200, {**_HEADERS, "content-type": _TEXT})

    async def _post(self, request: Request, engine: Engine, polling: Polling) -> Response:
        if request.headers.get("content-type") == "application/octet-stream":
            raise EngineRequestRefused(HandshakeFault.BAD_REQUEST)
        polling.posting = True
        try:
            packets = decode_body(await self._body(request))
        except MalformedPacket:
            engine.disconnect(disconnect.PROTOCOL_ERROR)
            raise EngineRequestRefused(HandshakeFault.BAD_REQUEST) from None
        finally:
            polling.posting = False
        engine.receive(packets)
        return Response(b"ok", 200, {**_HEADERS, "content-type": "text/html"})

    async def _body(self, request: Request) -> bytes:
        most, body = self.context.settings.max_message_bytes, bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise BodyRefused(f"A body may have {most} bytes.")
        return bytes(body)

    def _new(self, address: str, claims: Claims | None, token: str | None) -> Engine:
        settings = self.context.settings
        network = network_of(address)
        here = self._of_network.get(network, 0)
        if len(self.engines) >= settings.max_connections:
            raise ConnectionsFull("Too many connections")
        if here >= settings.max_connections_per_address and not is_this_machine(address):
            raise ConnectionsFull("Too many connections of this address")
        engine = Engine(self, token_urlsafe(_SID_BYTES), address, claims, token)
        self._of_network[network] = here + 1
        self.engines[engine.sid] = engine
        return engine

    def _start(self, engine: Engine, transport: Transport, headers: Headers) -> None:
        settings = self.context.settings
        first = encode_open(
            engine.sid,
            upgrades=["websocket"] if transport.name is TransportName.POLLING else [],
            ping_interval_ms=round(settings.ping_interval_seconds * 1000),
            ping_timeout_ms=round(settings.ping_timeout_seconds * 1000),
            max_payload=settings.max_message_bytes,
        )
        engine.start(transport, first, _user_agent(headers))
        self.context.observe(RoomConnectionOpened(transport.name.value))

    def _find(self, sid: str, claims: Claims | None) -> Engine:
        engine = self.engines.get(sid)
        if engine is None:
            raise EngineRequestRefused(HandshakeFault.UNKNOWN_SID)
        if _identity(claims) != _identity(engine.handshake):
            raise EngineForbidden("Forbidden")
        return engine

    def _engine_to_move(self, request: EngineRequest, claims: Claims | None) -> Engine:
        """Return the session that wants to move to a WebSocket; one attempt at a time."""
        engine = self._find(request.sid or "", claims)
        if engine.sid in self.probing or not isinstance(engine.transport, Polling):
            raise EngineRequestRefused(HandshakeFault.BAD_REQUEST)
        return engine

    def _caller(self, token: str | None, headers: Headers) -> Claims | None:
        """Return who a request says it is; None where it says nothing."""
        return None if token is None else self.context.authenticate(token, _user_agent(headers))

    def _require_origin(self, headers: Headers) -> None:
        """Let only pages of listed origins in. Who sends no Origin is no browser, and can claim any."""
        origin = headers.get(b"origin")
        if self._origins is not None and origin is not None and origin.decode("latin-1").lower() not in self._origins:
            raise EngineForbidden("This origin may not connect")

    def _refused(self, error: MillstreamError, address: str) -> tuple[int, bytes]:
        """Return status and body of a refusal, and count it against the address."""
        context = self.context
        context.observe(RoomConnectionRefused(error.code))
        if context.refusals.take(network_of(address), context.time()) > 0:
            return 429, _fault(HandshakeFault.FORBIDDEN, "Too many refused requests from this address")
        if isinstance(error, EngineRequestRefused):
            return error.status, _fault(error.fault, error.message)
        return error.status, _fault(HandshakeFault.FORBIDDEN, error.message)


def _visit(engine: Engine) -> None:
    engine.visit()


def _lose(engine: Engine, polling: Polling) -> None:
    """Give up a session whose client went away while it waited."""
    engine.gone(polling)
    polling.close(disconnect.NORMAL)


def _fault(fault: HandshakeFault, message: str) -> bytes:
    return orjson.dumps({"code": fault.value, "message": message})


def _identity(claims: Claims | None) -> tuple[str | None, str] | None:
    """Return by what a caller is recognised: a person may come with a newer token."""
    return None if claims is None else (claims.subject, claims.role)


def _token(headers: Headers, query: Query) -> str | None:
    """Return the token of a request, by its header or its query."""
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or not token:
        token = next(iter(query.get("token", query.get("apikey", ()))), "")
    return token or None


def _user_agent(headers: Headers) -> str:
    return headers.get(b"user-agent", b"").decode("latin-1")
