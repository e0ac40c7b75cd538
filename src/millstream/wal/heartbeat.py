"""The regular confirmation of one stream, and the watch over a server that has fallen silent.

Made by `tailer` for the life of a stream; runs on the event loop's timer, so that a sink which takes its time does
not keep the server from hearing of us (`wal_sender_timeout`). A half-open connection is found by asking for a reply.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from millstream.wal.settings import WalSettings


class Confirm(Protocol):
    """Tells the server what was applied so far."""

    def __call__(self, *, ask: bool) -> None:
        """Send it; `ask` wants an answer."""


class Heartbeat:
    """Confirms every `confirm_seconds`; aborts when nothing was heard for `silence_seconds` of listening."""

    def __init__(self, settings: WalSettings, confirm: Confirm, abort: Callable[[], None]) -> None:
        self._settings = settings
        self._confirm = confirm
        self._abort = abort
        self._loop = asyncio.get_running_loop()
        self._listening_since: float | None = None
        self._timer = self._loop.call_later(settings.confirm_seconds, self._beat)

    @property
    def listening(self) -> bool:
        """Whether the tailer waits for the server; set by the tailer, whose own delays are not the server's."""
        return self._listening_since is not None

    @listening.setter
    def listening(self, listens: bool) -> None:
        self._listening_since = self._loop.time() if listens else None

    def stop(self) -> None:
        """Beat no more."""
        self._timer.cancel()

    def _beat(self) -> None:
        silent_seconds = 0.0 if self._listening_since is None else self._loop.time() - self._listening_since
        if silent_seconds > self._settings.silence_seconds:
            self._abort()
            return
        self._confirm(ask=silent_seconds > self._settings.silence_seconds / 2)
        self._timer = self._loop.call_later(self._settings.confirm_seconds, self._beat)
