"""The short way to answer a request on our own HTTP protocol: the whole answer at once, and a word when nobody waits.

Made by `asgi.upgrade` for each request, and found in its ASGI scope by those who can use it; on any other server there
is none and they send ASGI messages. Does to uvicorn's cycle what `send` does with a start and one body, no more.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

EXTENSION = "millstream.reply"


class Connection(Protocol):
    """Who knows when the client goes away."""

    on_gone: Callable[[], object] | None


class Reply:
    """The answer to one request that is not there yet. `dress` puts the last hand to its headers."""

    __slots__ = ("_connection", "_cycle", "dress")

    def __init__(self, connection: Connection, cycle: RequestResponseCycle) -> None:
        self._connection = connection
        self._cycle = cycle
        self.dress: Callable[[list[bytes]], list[bytes]] | None = None

    def when_gone(self, callback: Callable[[], object] | None) -> None:
        """Have the callback called once if the client goes away before the answer; None takes it back."""
        if callback is not None and self._cycle.disconnected:
            callback()
        self._connection.on_gone = callback

    @property
    def writable(self) -> bool:
        """Say whether an answer can be written now; otherwise send it as ASGI messages, which wait."""
        cycle = self._cycle
        return not (cycle.flow.write_paused or cycle.disconnected or cycle.response_started)

    def write(self, status: int, lines: list[bytes], body: bytes) -> None:
        """Write an answer: its headers as `line_of` makes them, with one that names its length."""
        cycle = self._cycle
        parts = [STATUS_LINE[status]]
        for name, value in cycle.default_headers:
            parts += (name, b": ", value, b"\r\n")
        parts += lines if self.dress is None else self.dress(lines)
        parts += (b"\r\n" if cycle.keep_alive else b"connection: close\r\n\r\n", body)
        cycle.response_started = True
        cycle.waiting_for_100_continue = False
        cycle.transport.write(b"".join(parts))
        cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            cycle.transport.close()
        cycle.on_response()


@lru_cache(maxsize=1024)
def line_of(name: str, value: str) -> bytes:
    """Return a header as a line of an answer; raise ValueError where it would be more than one."""
    line = f"{name.lower()}: {value}"
    if "\n" in line or "\r" in line or "\0" in line:
        raise ValueError("a header cannot hold the end of a line")
    return line.encode() + b"\r\n"


def reply_of(scope: Scope) -> Reply | None:
    """Return the short way to answer this request, where there is one."""
    return scope.get(EXTENSION)
