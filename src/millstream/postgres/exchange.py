"""Statements and their results, and how the server's messages become the one from the other.

`connection` makes an exchange for each run or query, writes its bytes, and feeds it every message until ReadyForQuery.
Results come in the order of the statements. The first error ends an exchange: the server skips the rest.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from millstream.errors import MillstreamError
from millstream.pgwire import frontend
from millstream.pgwire.errors import ProtocolViolation
from millstream.pgwire.messages import (
    BackendMessage,
    BindComplete,
    CloseComplete,
    CommandComplete,
    DataRow,
    EmptyQueryResponse,
    ErrorResponse,
    NoData,
    NoticeResponse,
    NotificationResponse,
    ParameterDescription,
    ParameterStatus,
    ParseComplete,
    ReadyForQuery,
    RowDescription,
    TransactionStatus,
)
from millstream.postgres.errors import DatabaseError, error_of


@dataclass(slots=True)
class Statement:
    """One SQL statement with its parameters in text format, referred to as $1, $2, …; a value, never changed.

    Parameters given as bytes are UTF-8 text already. Equal `sql` is prepared once per connection, so values belong
    into parameters. A statement that is kept is encoded once, however often it runs.
    """

    sql: str
    parameters: tuple[str | bytes | None, ...] = ()
    _encoded: bytes | None = field(default=None, init=False, compare=False, repr=False)

    def encoded_parameters(self) -> bytes:
        """Return the parameters as they stand in Bind."""
        if self._encoded is None:
            self._encoded = frontend.encode_parameters(self.parameters)
        return self._encoded


class Result(NamedTuple):
    """What one statement returned: column names, rows in text format, and its command tag (`SELECT 2`)."""

    columns: tuple[str, ...]
    rows: list[tuple[bytes | None, ...]]
    tag: str


@dataclass(slots=True)
class Prepared:
    """A prepared statement of one connection; `columns` is None until the server has described it."""

    name: str
    encoded_name: bytes
    columns: tuple[str, ...] | None = None


class StatementCache:
    """The prepared statements of one connection, the least recently used of which makes room for a new one."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[str, Prepared] = OrderedDict()
        self._unwanted: list[str] = []
        self._count = 0

    def encode(self, statements: Sequence[Statement]) -> tuple[bytes, list[Prepared], list[Prepared]]:
        """Return the bytes that run the statements up to one Sync, their entries, and those of them that are new."""
        entries: list[Prepared] = []
        new: list[Prepared] = []
        parts: list[bytes] = []
        try:
            for statement in statements:
                entry = self._entries.get(statement.sql)
                if entry is None:
                    entry = self._add(statement.sql)
                    new.append(entry)
                    parts += (frontend.parse(entry.name, statement.sql), frontend.describe_statement(entry.name))
                else:
                    self._entries.move_to_end(statement.sql)
                entries.append(entry)
                bound = frontend.bind_encoded(entry.encoded_name, statement.encoded_parameters())
                parts += (bound, frontend.EXECUTE)
        except ValueError:
            self.settle(new)
            raise
        parts.append(frontend.SYNC)
        return b"".join(parts), entries, new

    def closing(self) -> bytes:
        """Return the bytes that close what is no longer wanted; to be sent once no run is under way."""
        if not self._unwanted:
            return b""
        closing = b"".join(map(frontend.close_statement, self._unwanted))
        self._unwanted.clear()
        return closing

    def settle(self, new: Sequence[Prepared]) -> None:
        """Forget those of a run's new statements that the server did not get to, then those beyond the capacity."""
        if any(entry.columns is None for entry in new):
            unfinished = [sql for sql, entry in self._entries.items() if entry.columns is None]
            for sql in unfinished:
                self._unwanted.append(self._entries.pop(sql).name)
        while len(self._entries) > self._capacity:
            self._unwanted.append(self._entries.popitem(last=False)[1].name)

    def forget(self) -> None:
        """Forget everything: the schema has changed."""
        self._unwanted += [entry.name for entry in self._entries.values()]
        self._entries.clear()

    def _add(self, sql: str) -> Prepared:
        self._count += 1
        name = f"s{self._count}"
        entry = self._entries[sql] = Prepared(name, name.encode())
        return entry


class Exchange:
    """What is common to both query protocols: rows until a command completes, an error, and the end."""

    def __init__(self) -> None:
        self.finished: asyncio.Future[TransactionStatus] = asyncio.get_running_loop().create_future()
        self.results: list[Result] = []
        self.error: DatabaseError | None = None
        self._rows: list[tuple[bytes | None, ...]] = []

    def receive(self, message: BackendMessage) -> None:
        """Take the server's next message."""
        if type(message) is DataRow:
            self._rows.append(message.values)
            return
        handle = self._handlers.get(type(message))
        if handle is None:
            raise ProtocolViolation(f"The database server sent {type(message).__name__} in answer to a statement.")
        handle(self, message)

    def lost(self, error: MillstreamError) -> None:
        """Learn that the connection has ended."""
        if not self.finished.done():
            self.finished.set_exception(self.error or error)

    def _columns(self) -> tuple[str, ...]:
        raise NotImplementedError

    def _complete(self, message: CommandComplete) -> None:
        self.results.append(Result(self._columns(), self._rows, message.tag))
        self._rows = []

    def _complete_empty(self, _: EmptyQueryResponse) -> None:
        self._complete(CommandComplete(""))

    def _fail(self, message: ErrorResponse) -> None:
        self.error = self.error or error_of(message.fields, len(self.results))

    def _end(self, message: ReadyForQuery) -> None:
        if not self.finished.done():
            self.finished.set_result(message.status)

    _handlers: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        CommandComplete: _complete,
        EmptyQueryResponse: _complete_empty,
        ErrorResponse: _fail,
        ReadyForQuery: _end,
    }


class SimpleExchange(Exchange):
    """The answers to one simple Query."""

    def __init__(self) -> None:
        super().__init__()
        self._described: tuple[str, ...] = ()

    def _columns(self) -> tuple[str, ...]:
        columns, self._described = self._described, ()
        return columns

    def _describe(self, message: RowDescription) -> None:
        self._described = tuple(field.name for field in message.fields)

    _handlers: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        **Exchange._handlers,  # noqa: SLF001  the same class, extended
        RowDescription: _describe,
    }


class PipelineExchange(Exchange):
    """The answers to prepared statements that were sent in one write."""

    def __init__(self, entries: Sequence[Prepared], new: Sequence[Prepared]) -> None:
        super().__init__()
        self._entries = entries
        self._undescribed = iter(new)

    def receive_all(self, messages: Sequence[BackendMessage], aside: Callable[[BackendMessage], None]) -> None:
        """Take what one read brought; what is no answer to a statement goes `aside`."""
        for message in messages:
            kind = type(message)
            if kind is DataRow:
                self._rows.append(message.values)  # type: ignore[union-attr]
            elif kind in _STEPS:
                continue
            elif kind in self._handlers:
                self._handlers[kind](self, message)
            elif kind in ASIDE:
                aside(message)
            else:
                self.receive(message)

    def _columns(self) -> tuple[str, ...]:
        return self._entries[len(self.results)].columns or ()

    def _describe(self, message: RowDescription) -> None:
        next(self._undescribed).columns = tuple(field.name for field in message.fields)

    def _describe_empty(self, _: NoData) -> None:
        next(self._undescribed).columns = ()

    _handlers: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        **Exchange._handlers,  # noqa: SLF001  the same class, extended
        RowDescription: _describe,
        NoData: _describe_empty,
    }


_STEPS = frozenset({BindComplete, ParseComplete, ParameterDescription, CloseComplete})
ASIDE = frozenset({ParameterStatus, NoticeResponse, NotificationResponse, CloseComplete})
"""Messages that may come at any time and answer no statement."""
