"""Lets the end of a session reach whoever still uses it: open channels close, its access tokens count no more.

A TransactionSink. Whatever deletes rows of `auth.sessions` (sign-out, a ban, a deleted account, an operator's SQL), a
trigger tells the log which; so this happens as soon as the log is read, milliseconds after the commit. While the log
cannot be read, and for sessions ended before this process began, a token lives until it expires.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from millstream.auth.tokens import TokenVerifier
from millstream.change import Transaction
from millstream.observe import Level, Observation, Observer, ignore

SIGNAL = "millstream.session"
"""Prefix of the trigger's log message; its content is the ended sessions' ids, separated by commas."""


@dataclass(frozen=True, slots=True)
class SessionsEnded(Observation):
    """Sessions were ended; their tokens are refused and their channels closed."""

    level: ClassVar[Level] = Level.DEBUG
    count: int


class SessionHolder(Protocol):
    """An open connection on which somebody may be signed in."""

    def end_sessions(self, ended: Collection[str]) -> None:
        """Close what is open under any of these sessions."""
        ...


class SessionEnds:
    """Watches the log of one project for ended sessions. `sockets` returns the connections that are open."""

    def __init__(
        self, verifier: TokenVerifier, sockets: Callable[[], Iterable[SessionHolder]], observe: Observer = ignore
    ) -> None:
        self._verifier = verifier
        self._sockets = sockets
        self._observe = observe

    async def apply(self, transaction: Transaction) -> None:
        """End what the transaction says is ended."""
        contents = [message.content for message in transaction.messages if message.prefix == SIGNAL]
        if not contents:
            return
        ended = frozenset(b",".join(contents).decode("ascii", "replace").split(","))
        self._verifier.end_sessions(ended)
        for socket in self._sockets():
            socket.end_sessions(ended)
        self._observe(SessionsEnded(len(ended)))
