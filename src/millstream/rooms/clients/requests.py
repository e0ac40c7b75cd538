"""What clients may ask by events of their own: `join`, `leave`, `token` and `call`. Everything else is unknown.

Called by `connection` for each event. Every answer is one object in the acknowledgement, `{status: "ok", …}` or
`{status: "error", code, message}`; without an acknowledgement nobody is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from millstream.auth.limits import network_of
from millstream.errors import MillstreamError
from millstream.pubsub import disconnect
from millstream.rooms.clients.socket import RoomSocket
from millstream.rooms.errors import EventUnknown, RoomRefused, TooManyRooms
from millstream.rooms.observations import RoomJoined, RoomRequestRefused
from millstream.socketio.effects import Event

_LONGEST_ROOM = 300

Request = Callable[[RoomSocket, Event], None]


def receive(socket: RoomSocket, event: Event, address: str) -> None:
    """Do what an event asks, at once or when the database has answered."""
    request = _REQUESTS.get(event.name)
    try:
        if request is None:
            raise EventUnknown("Nobody takes this event.")
        request(socket, event)
    except MillstreamError as error:
        refuse(socket, event.ack, error, address)


def refuse(socket: RoomSocket, ack: int | None, error: MillstreamError, address: str) -> None:
    """Answer with a refusal; end the connection of an address that is refused too often."""
    socket.refuse(ack, error)
    socket.context.observe(RoomRequestRefused(error.code))
    if socket.context.refusals.take(network_of(address), socket.context.time()) > 0:
        socket.client.end(disconnect.TOO_MANY_REFUSALS)


def _join(socket: RoomSocket, event: Event) -> None:
    room = _text(event)
    if room in socket.rooms:
        socket.answer(event.ack, status="ok")
        return
    if not socket.context.rights.is_resource(room):
        raise RoomRefused("You may not join this room")
    socket.later(lambda: _decide(socket, room, event.ack))


async def _decide(socket: RoomSocket, room: str, ack: int | None) -> None:
    """Ask whether the client may be in a room, and let it in."""
    try:
        if len(socket.rooms) - len(socket.own_rooms) >= socket.context.settings.max_rooms:
            raise TooManyRooms(f"A connection may be in {socket.context.settings.max_rooms} rooms.")
        rights = await socket.context.rights.ask(socket.claims, [room])
        if room not in rights.allowed:
            raise RoomRefused("You may not join this room")
    except MillstreamError as error:
        if not socket.closed:
            refuse(socket, ack, error, socket.client.address)
        return
    if not socket.closed:
        socket.enter(room)
        socket.context.observe(RoomJoined())
        socket.answer(ack, status="ok")


def _leave(socket: RoomSocket, event: Event) -> None:
    room = _text(event)
    if room in socket.own_rooms:
        raise RoomRefused("This room is yours by who you are")

    async def leave() -> None:
        socket.leave(room)
        socket.answer(event.ack, status="ok")

    socket.later(leave)  # a join of the room may still wait


def _token(socket: RoomSocket, event: Event) -> None:
    socket.change_token(_text(event))
    socket.ask_rights_again()

    async def answer() -> None:
        socket.answer(event.ack, status="ok")

    socket.later(answer)


def _call(socket: RoomSocket, event: Event) -> None:
    name = _text(event)
    arguments = event.arguments[1] if len(event.arguments) > 1 else {}
    if not isinstance(arguments, Mapping):
        raise EventUnknown("An operation takes one object.")

    async def call() -> None:
        try:
            body = orjson.dumps(arguments)
            answer: Any = orjson.Fragment(await socket.context.call(name, body, socket.claims))
        except TypeError:
            socket.refuse(event.ack, EventUnknown("An operation takes no bytes."))
        except MillstreamError as error:
            socket.refuse(event.ack, error)
        else:
            socket.answer(event.ack, status="ok", data=answer)

    socket.later(call)


def _text(event: Event) -> str:
    """Return the first argument of an event that needs a text."""
    text = event.arguments[0] if event.arguments else None
    if not isinstance(text, str) or not text:
        raise EventUnknown(f"{event.name} needs a text.")
    if event.name != "token" and len(text) > _LONGEST_ROOM:
        raise EventUnknown(f"A name may have {_LONGEST_ROOM} characters.")
    return text


_REQUESTS: Mapping[str, Request] = {"join": _join, "leave": _leave, "token": _token, "call": _call}
