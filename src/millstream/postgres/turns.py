"""Whose turn it is where more want a place than there are: in order of arrival, within a bounded time.

`pipeline` asks for each request, so that it costs little: a free place is taken without waiting, and all who wait share
one timer, since each of them waits equally long. A place that was given to somebody who is cancelled before they learn
of it goes to the next in line; none is ever lost. Used from one event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """A number of places, and the line before them. Who has a place gives it back once."""

    def __init__(self, places: int, *, wait_seconds: float) -> None:
        self._free = places
        self._wait_seconds = wait_seconds
        self._line: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self.waiting = 0

    def take(self) -> bool:
        """Take a place and return True, or return False when none is free."""
        if not self._free:
            return False
        self._free -= 1
        return True

    async def wait(self) -> None:
        """Wait in line for a place; raise TimeoutError when it takes too long."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        deadline = loop.time() + self._wait_seconds
        self._line.append((deadline, turn))
        if self._timer is None:
            self._timer = loop.call_at(deadline, self._expire, loop)
        self.waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.give_back()
            raise
        finally:
            self.waiting -= 1

    def give_back(self) -> None:
        """Give a place to who waits longest, or leave it free."""
        while self._line:
            _, turn = self._line.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        """Send away those who have waited too long; come again when the next one will have."""
        line, now = self._line, loop.time()
        while line and (line[0][0] <= now or line[0][1].done()):
            _, turn = line.popleft()
            if not turn.done():
                turn.set_exception(TimeoutError())
        self._timer = loop.call_at(line[0][0], self._expire, loop) if line else None
