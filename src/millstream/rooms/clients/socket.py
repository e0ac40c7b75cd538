"""One client in one namespace: who it is, in which rooms, and what its events ask.

Made by `connection` when the client is let in. What has to be asked of the database is done one after the other, in the
order in which it came. While rights are asked anew the client hears nothing, and afterwards what was said meanwhile in
rooms that it still may be in: nobody hears what was committed after his right had ended. Whatever ends it, `close`
gives back its rooms and its deadline exactly once, and leaves its session to be recovered.
"""

from __future__ import annotations

from asyncio import Future, timeout
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.pubsub import Disconnect, Mailbox, disconnect
from millstream.rooms.context import RoomContext
from millstream.rooms.declaration import EVERYONE
from millstream.rooms.errors import OtherSubject, RightsUnavailable
from millstream.rooms.observations import RoomsLost, RoomWorkFailed
from millstream.rooms.rights import Rights
from millstream.rooms.told.emission import Place, Room, event_frame, frame_of
from millstream.rooms.told.kept import LostSession
from millstream.socketio.effects import Answer
from millstream.socketio.packets import encode_ack
from millstream.socketio.session import Session

MOST_WAITING = 100
# Wall time may be set while we wait, and a loop's timer may not reach into the next decade.
_LONGEST_WATCH_SECONDS = 3600.0

Work = Callable[[], Awaitable[None]]


class Client(Protocol):
    """The connection that a socket is of."""

    @property
    def context(self) -> RoomContext:
        """What all connections of the project share."""
        ...

    @property
    def session(self) -> Session:
        """The protocol's state."""
        ...

    @property
    def mailbox(self) -> Mailbox:
        """Where frames for the client go."""
        ...

    @property
    def address(self) -> str:
        """The client's network address."""
        ...

    @property
    def user_agent(self) -> str:
        """What the client says it is."""
        ...

    def end(self, why: Disconnect) -> None:
        """End the connection."""
        ...

    def forget(self, socket: RoomSocket) -> None:
        """Take the socket off the connection."""
        ...


class RoomSocket:
    """A client that is in a namespace."""

    __slots__ = (
        "_asked", "_expiry", "_held_since", "_own", "_questions", "_waiting", "_working",
        "claims", "client", "closed", "context", "namespace", "pid", "rooms", "sid",
    )  # fmt: skip

    def __init__(self, client: Client, namespace: str, claims: Claims, *, sid: str, pid: str) -> None:
        self.client = client
        self.context = client.context
        self.namespace = namespace
        self.claims = claims
        self.sid = sid
        self.pid = pid
        self.rooms: dict[str, Place] = {}
        self.closed = False
        self._own: frozenset[str] = frozenset()
        self._held_since: Place | None = None
        self._questions = 0
        self._waiting: deque[Work] = deque()
        self._working = False
        self._asked: dict[int, Future[Sequence[Any]]] = {}
        self._expiry: int | None = None
        self.context.roster.add(self)
        self._watch_expiry()

    @property
    def own_rooms(self) -> frozenset[str]:
        """Return the rooms that the client is in without having asked."""
        return self._own

    def settle(self, rights: Rights, joined: Mapping[str, Place]) -> None:
        """Take the rooms that the client has by itself, and of those it had before the ones that it still may have."""
        self._own = _own_rooms(self.claims, rights.roles)
        for room in sorted(self._own):
            self._enter(room, joined.get(room))
        for room, place in joined.items():
            if room in rights.allowed:
                self._enter(room, place)

    def enter(self, room: str) -> None:
        """Have the client hear what is said in a room from now on."""
        self._enter(room, None)

    def leave(self, room: str) -> None:
        """Have the client hear nothing more of a room."""
        if self.rooms.pop(room, None) is not None:
            self.context.members.leave(Room(self.namespace, room), self.client.mailbox)

    def move(self, old: Mailbox, new: Mailbox) -> None:
        """Hear by another mailbox."""
        if self._held_since is not None:
            return
        self.context.members.move([Room(self.namespace, room) for room in self.rooms], old, new)

    def tell(self, event: str, payload: Mapping[str, Any]) -> None:
        """Send this one client an event about itself; the payload is no text, so that it is taken for no place."""
        self.client.mailbox.put(event_frame(self.namespace, event, payload))

    def answer(self, ack: int | None, **answer: Any) -> None:
        """Acknowledge an event, where the client has asked for it."""
        if ack is not None and not self.closed:
            self.client.mailbox.put(frame_of(encode_ack(self.namespace, ack, [answer])))

    def refuse(self, ack: int | None, error: MillstreamError) -> None:
        """Acknowledge an event that was refused."""
        self.answer(ack, status="error", code=error.code, message=error.message)

    async def ask(self, event: str, payload: Any, *, seconds: float) -> Sequence[Any]:
        """Send an event that the client is to acknowledge; return what it answers. Raises TimeoutError."""
        asked = self.client.session.ask(self.namespace, event, [payload])
        if self.closed or asked is None:
            raise TimeoutError
        ack, packet = asked
        answered: Future[Sequence[Any]] = self.context.loop.create_future()
        self._asked[ack] = answered
        self.client.mailbox.put(frame_of(packet))
        try:
            async with timeout(seconds):
                await answered
            return answered.result()
        finally:
            del self._asked[ack]
            self.client.session.give_up(self.namespace, ack)

    def take_answer(self, answer: Answer) -> None:
        """Hand what the client answers to whoever asked."""
        future = self._asked.get(answer.ack)
        if future is not None and not future.done():
            future.set_result(answer.arguments)

    def change_token(self, token: str) -> None:
        """Go on with a new token of the same person. Raises what is wrong with it."""
        claims = self.context.authenticate(token, self.client.user_agent)
        if claims.subject != self.claims.subject:
            raise OtherSubject("The token is another person's.")
        self.claims = claims
        self._watch_expiry()

    def ask_rights_again(self) -> None:
        """Have what the client may asked anew, after all that waits already; it hears nothing until then."""
        if self._held_since is None:
            self._held_since = self.context.reached
            for room in self.rooms:
                self.context.members.leave(Room(self.namespace, room), self.client.mailbox)
        self._questions += 1
        self.later(self._ask_rights_again)

    def replay(self, after: Place) -> int:
        """Send what was said after a place in rooms that the client was in; return how much that was."""
        missed = 0
        for emission in self.context.kept.after(after):
            frame = emission.frame_for(self.rooms, self.namespace)
            if frame is not None:
                self.client.mailbox.put(frame)
                missed += 1
        return missed

    def later(self, work: Work) -> None:
        """Do something that has to wait, after all that waits already; a client that asks too much is ended."""
        if self.closed:
            return
        if len(self._waiting) >= MOST_WAITING:
            self.client.end(disconnect.TOO_MANY_FRAMES)
            return
        self._waiting.append(work)
        if not self._working:
            self._working = True
            self.context.tasks.create_task(self._work())

    def expire(self) -> None:
        """End the client whose token's time is over; called at its deadline."""
        self._expiry = None
        left = self._seconds_left()
        if self.closed or left is None:
            return
        if left > 0:
            self._watch_expiry()
            return
        self.end("token_expired", "The token has expired")

    def end(self, code: str, message: str) -> None:
        """Put the client out of the namespace and tell it why; it does not come back by itself."""
        self.tell("rooms:closed", {"code": code, "message": message})
        self.client.mailbox.put(frame_of(self.client.session.leave(self.namespace)))
        self.close(recoverable=False)

    def close(self, *, recoverable: bool) -> None:
        """Give back everything; do nothing the second time."""
        if self.closed:
            return
        self.closed = True
        context = self.context
        if recoverable:
            context.kept.remember(self.as_lost())
        for room in list(self.rooms):
            self.leave(room)
        for future in self._asked.values():
            future.cancel()
        self._waiting.clear()
        context.roster.remove(self)
        if self._expiry is not None:
            context.expiries.remove(self, self._expiry)
        self.client.forget(self)

    async def _ask_rights_again(self) -> None:
        try:
            rights = await self.context.rights.ask(self.claims, self.rooms)
        except RightsUnavailable:
            # What cannot be known must not be allowed: the client comes back and is asked about as any.
            self.client.end(disconnect.INTERNAL_ERROR)
            return
        self._questions -= 1
        if not self.closed and not self._questions:  # else it changed again while this was asked
            self._adapt(rights)
            self._hear_again()

    def _hear_again(self) -> None:
        """Hear what is said from now on, after what was said since the client was held."""
        since, self._held_since = self._held_since, None
        for room in self.rooms:
            self.context.members.join(Room(self.namespace, room), self.client.mailbox)
        if since is None:
            return
        if since < self.context.kept.start:
            self.client.end(disconnect.SERVER_REQUEST)  # more was said than is kept: it comes back and loads anew
            return
        self.replay(since)

    def _adapt(self, rights: Rights) -> None:
        """Leave what the client may no longer hear and say so; enter what is its own now."""
        before, self._own = self._own, _own_rooms(self.claims, rights.roles)
        lost = [room for room in self.rooms if room not in self._own and room not in rights.allowed]
        for room in lost:
            self.leave(room)
        for room in self._own - before:
            self.enter(room)
        if lost:
            self.tell("rooms:left", {"code": "room_refused", "rooms": sorted(lost)})
            self.context.observe(RoomsLost(len(lost)))

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._waiting.popleft()()
        except Exception as error:  # noqa: BLE001 -- a fault in one connection must not end the project
            self.context.observe(RoomWorkFailed(type(error).__name__))
            self.client.end(disconnect.INTERNAL_ERROR)
        finally:
            self._working = False

    def _enter(self, room: str, since: Place | None) -> None:
        if room not in self.rooms:
            self.rooms[room] = self.context.reached if since is None else since
            if self._held_since is None:
                self.context.members.join(Room(self.namespace, room), self.client.mailbox)

    def as_lost(self) -> LostSession:
        """Return the session as it is kept for the client to come back to."""
        return LostSession(
            pid=self.pid,
            sid=self.sid,
            namespace=self.namespace,
            subject=self.claims.subject,
            role=self.claims.role,
            rooms=dict(self.rooms),
            since=self.rooms.get(EVERYONE, self.context.reached),
        )

    def _seconds_left(self) -> float | None:
        expires_at = self.claims.expires_at
        return None if expires_at is None else expires_at - self.context.clock()

    def _watch_expiry(self) -> None:
        expiries = self.context.expiries
        if self._expiry is not None:
            expiries.remove(self, self._expiry)
        left = self._seconds_left()
        self._expiry = None if left is None else expiries.add(self, min(left, _LONGEST_WATCH_SECONDS))


def _own_rooms(claims: Claims, roles: Iterable[str]) -> frozenset[str]:
    """Return the rooms that a caller has by being who he is."""
    person = () if claims.subject is None else (f"user:{claims.subject}",)
    return frozenset({EVERYONE, f"role:{claims.role}", *person, *(f"role:{role}" for role in roles)})
