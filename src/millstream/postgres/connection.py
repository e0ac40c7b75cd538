"""One connection to PostgreSQL, which can run many statements in one write and one round trip.

`pipeline` lends it to the data API, `wal` follows the log over it. One caller at a time. An answer is complete before
it is returned; a failed statement raises `DatabaseError` after the server is ready again, and a broken connection
raises `ConnectionLost`, now and ever after.

Life cycle: `connect`, then `run` and `query` at will, or `copy_both` once; `close`. A cancelled call closes it.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Self

from millstream.errors import MillstreamError
from millstream.pgwire import frontend
from millstream.pgwire.messages import (
    BackendMessage,
    ErrorResponse,
    ParameterStatus,
    TransactionStatus,
)
from millstream.pgwire.startup import Startup
from millstream.postgres.copy_both import CopyBoth
from millstream.postgres.errors import ConnectionLost, DatabaseUnreachable, StalePlan, error_of
from millstream.postgres.exchange import (
    ASIDE,
    Exchange,
    PipelineExchange,
    Result,
    SimpleExchange,
    Statement,
    StatementCache,
)
from millstream.postgres.settings import Address
from millstream.postgres.wire import Wire, dial

__all__ = ["Connection", "Result", "Statement"]

_PREPARED_STATEMENTS = 256
_SECONDS_TO_CANCEL = 2.0
_ALWAYS: Mapping[str, str] = {"client_encoding": "UTF8", "application_name": "millstream"}
_NOTHING: Mapping[str, str] = MappingProxyType({})


class _Opening:
    """Drives the pure opening conversation over the wire."""

    def __init__(self, wire: Wire, startup: Startup) -> None:
        self._wire = wire
        self._startup = startup
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def receive(self, message: BackendMessage) -> None:
        try:
            if isinstance(message, ErrorResponse):
                raise error_of(message.fields)
            self._wire.write(self._startup.receive(message))
        except MillstreamError as error:
            self.lost(error)
        else:
            if self._startup.ready and not self.finished.done():
                self.finished.set_result(None)

    def lost(self, error: MillstreamError) -> None:
        if not self.finished.done():
            self.finished.set_exception(error)


class Connection:
    """A session with the database at `address`; make it with `connect`."""

    def __init__(self, address: Address, wire: Wire, startup: Startup) -> None:
        self.address = address
        self._wire = wire
        self._startup = startup
        self._statements = StatementCache(_PREPARED_STATEMENTS)
        self._busy: _Opening | Exchange | CopyBoth | None = None
        self._broken: MillstreamError | None = None
        self.status = TransactionStatus.IDLE

    @classmethod
    async def connect(
        cls,
        address: Address,
        *,
        replication: bool = False,
        settings: Mapping[str, str] = _NOTHING,
        timeout_seconds: float = 10.0,
    ) -> Self:
        """Open a session whose `settings` hold from its start; `replication` adds the replication commands.

        Raises DatabaseUnreachable, TlsUnavailable, AuthenticationUnsupported, or DatabaseError when refused.
        """
        parameters = {"user": address.user, "database": address.database, **_ALWAYS, **settings}
        if replication:
            parameters["replication"] = "database"
        try:
            async with asyncio.timeout(timeout_seconds):
                return await cls._open(address, parameters)
        except TimeoutError as error:
            raise DatabaseUnreachable(
                f"The database at {address.host}:{address.port} did not answer within {timeout_seconds:g} seconds."
            ) from error

    @classmethod
    async def _open(cls, address: Address, parameters: Mapping[str, str]) -> Self:
        wire = await dial(address)
        try:
            startup = Startup(
                parameters,
                password=address.password,
                nonce=secrets.token_urlsafe(18),
                certificate_hash=wire.certificate_hash,
            )
            connection = cls(address, wire, startup)
            opening = connection._busy = _Opening(wire, startup)
            wire.listen(connection)
            wire.write(startup.first())
            await opening.finished
        except BaseException:
            wire.abort()
            raise
        connection._busy = None
        return connection

    @property
    def usable(self) -> bool:
        """Tell whether another call makes sense."""
        return self._broken is None and self._wire.usable

    @property
    def idle(self) -> bool:
        """Tell whether the next caller finds it usable and without a transaction."""
        return self.status is TransactionStatus.IDLE and self.usable

    @property
    def server_parameters(self) -> Mapping[str, str]:
        """Return what the server said of itself, such as `server_version`."""
        return self._startup.server_parameters

    @property
    def process_id(self) -> int | None:
        """Return the number of the server's process at the other end, where the server says it."""
        return self._startup.key.process_id if self._startup.key else None

    async def run(self, statements: Sequence[Statement]) -> list[Result]:
        """Run the statements in one write with one Sync, and return one result for each.

        Without a BEGIN among them they are one transaction. After a DatabaseError none of the statements that follow
        the failed one has run, and `status` tells whether a transaction is still to be rolled back. Statements whose
        prepared form has gone stale are prepared anew and run again, unless something was committed before.
        """
        was_idle = self.status is TransactionStatus.IDLE
        exchange = await self._run_once(statements)
        if exchange.error is None:
            return exchange.results
        if isinstance(exchange.error, StalePlan):
            self._statements.forget()
            if was_idle and not any(result.tag == "COMMIT" for result in exchange.results):
                await self.reset()
                exchange = await self._run_once(statements)
        return _results(exchange)

    async def query(self, sql: str) -> list[Result]:
        """Run one or more statements without parameters over the simple protocol; replication commands too."""
        exchange = SimpleExchange()
        await self._carry_out(exchange, frontend.query(sql))
        return _results(exchange)

    async def copy_both(self, sql: str) -> CopyBoth:
        """Run a command that turns the connection into a stream, for good: only `close` is left after it."""
        self._require_free()
        stream = self._busy = CopyBoth(self._wire)
        self._wire.write(frontend.query(sql))
        await stream.start()
        return stream

    async def reset(self) -> None:
        """Roll back what is open, so that the next caller finds no transaction and no role of this one."""
        if self.status is not TransactionStatus.IDLE:
            await self.query("ROLLBACK")

    async def cancel(self) -> None:
        """Ask the server, over a connection of its own, to stop what this one is running. It may come too late."""
        key = self._startup.key
        if key is None:
            return
        async with asyncio.timeout(_SECONDS_TO_CANCEL):
            wire = await dial(self.address)
            try:
                wire.write(frontend.cancel_request(key.process_id, key.secret))
                await wire.wait_closed()
            finally:
                wire.abort()

    async def close(self) -> None:
        """End the session in order; may be called at any time and again."""
        self._wire.write(frontend.TERMINATE)
        self._wire.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS_TO_CANCEL):
                await self._wire.wait_closed()
        self._wire.abort()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._wire.abort()

    async def _run_once(self, statements: Sequence[Statement]) -> PipelineExchange:
        self._require_free()
        closing = self._statements.closing()
        data, entries, new = self._statements.encode(statements)
        exchange = PipelineExchange(entries, new)
        if not (closing or new):
            await self._carry_out(exchange, data)
            return exchange
        try:
            await self._carry_out(exchange, closing + data)
        finally:
            self._statements.settle(new)
        return exchange

    async def _carry_out(self, exchange: Exchange, data: bytes) -> None:
        self._require_free()
        self._busy = exchange
        self._wire.write(data)
        try:
            self.status = await exchange.finished
        except asyncio.CancelledError:
            # The answer may still be on its way, so the connection is of no more use; its query should not go on.
            self._broken = ConnectionLost("The connection to the database was given up by its user.")
            with contextlib.suppress(MillstreamError, TimeoutError):
                await self.cancel()
            self._wire.abort()
            raise
        finally:
            self._busy = None

    def _require_free(self) -> None:
        if self._broken is not None:
            raise self._broken
        if self._busy is not None:
            raise RuntimeError("a connection serves one caller at a time")

    # Called by the wire ---------------------------------------------------------------------------------------------

    def received(self, messages: list[BackendMessage]) -> None:
        """Hand each message to the exchange under way; called by the wire."""
        busy = self._busy
        if type(busy) is PipelineExchange:
            busy.receive_all(messages, self._receive_aside)
        elif isinstance(busy, CopyBoth):
            busy.receive_all(messages)
        else:
            self._receive_each(messages)

    def _receive_each(self, messages: list[BackendMessage]) -> None:
        for message in messages:
            busy = self._busy
            if isinstance(busy, CopyBoth):
                busy.receive_all((message,))
            elif busy is None or type(message) in ASIDE:
                self._receive_aside(message)
            else:
                busy.receive(message)

    def _receive_aside(self, message: BackendMessage) -> None:
        """Take what is no answer to a statement, or what nobody waits for."""
        if isinstance(message, ParameterStatus):
            self._startup.server_parameters[message.name] = message.value
        elif isinstance(message, ErrorResponse):
            # Nobody asked: the server says why it is about to close, for example 57P01 at shutdown.
            self._broken = ConnectionLost(f"The database ended the connection: {message.fields.get('M')}.")

    def lost(self, error: MillstreamError) -> None:
        """Fail the exchange under way and every later one; called by the wire."""
        self._broken = self._broken or error
        if self._busy is not None:
            self._busy.lost(error)


def _results(exchange: Exchange) -> list[Result]:
    if exchange.error is not None:
        raise exchange.error
    return exchange.results
