"""What requests mean, kept by what they look like: the very request that came before, or one of the same shape.

Asked by `handler` for each request. A request that came before costs one look-up; one of the same shape has its values
taken out and bound; only a new shape is parsed and planned. All of it belongs to one schema cache and goes with it.
When full, the least recently used goes first; long query strings are kept by shape only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from millstream.postgres.connection import Statement
from millstream.postgrest.payload import Payload
from millstream.postgrest.plan import Plan
from millstream.postgrest.query_params import shape_of
from millstream.postgrest.request import Head, Request
from millstream.postgrest.response import Header, read_headers
from millstream.postgrest.schema_cache import SchemaCache
from millstream.postgrest.sql import Rendered
from millstream.postgrest.sql.writer import SqlText, bind

_PLANS_OF_A_SHAPE = 64
_LONGEST_KEPT_QUERY = 1024
_WITH_ARGUMENTS = frozenset({"GET", "HEAD", "OPTIONS"})
NO_BODY = Payload(None)

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(slots=True)
class Prepared:
    """A plan and its SQL."""

    plan: Plan
    rendered: Rendered


@dataclass(slots=True)
class Shaped:
    """A request of one shape, and its plans by what the body names."""

    request: Request
    plans: dict[tuple[tuple[str, ...], bool], Prepared] = field(default_factory=dict)

    def prepared(self, payload: Payload, prepare: Callable[[Request, Payload], Prepared]) -> Prepared:
        """Return the plan for a body, planned now or before."""
        key = (payload.keys, payload.is_object)
        found = self.plans.get(key)
        if found is None:
            found = prepare(self.request, payload)
            if len(self.plans) < _PLANS_OF_A_SHAPE:
                self.plans[key] = found
        return found


@dataclass(slots=True)
class Asked:
    """One request with its values. What is the same whenever it comes again is made once, where it has no body."""

    shaped: Shaped
    query: bytes
    values: tuple[str | None, ...]
    _main: Statement | None = None
    _headers: list[Header] | None = None

    def statement(self, sql: SqlText, payload: Payload) -> Statement:
        """Return a statement with the values of this request in their places."""
        return Statement(sql.text, bind(sql.parameters, self.values, payload.body))

    def main_statement(self, sql: SqlText, payload: Payload) -> Statement:
        """Return the main statement."""
        if payload is not NO_BODY:
            return self.statement(sql, payload)
        if self._main is None:
            self._main = self.statement(sql, payload)
        return self._main

    def headers(self, plan: Plan) -> Sequence[Header]:
        """Return the headers of the answer that are the same each time."""
        if plan.before is not None:
            return ()
        if self._headers is None:
            self._headers = read_headers(self.shaped.request, plan, self.query)
        return self._headers


class _Recent(OrderedDict[Key, Value], Generic[Key, Value]):
    """A bounded dictionary."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def keep(self, key: Key, value: Value) -> None:
        self[key] = value
        if len(self) > self._size:
            self.popitem(last=False)


class PlanCache:
    """The requests that one schema cache has seen; `parse` makes a request of what came over the wire."""

    def __init__(self, cache: SchemaCache, size: int, parse: Callable[[Head, bytes, SchemaCache], Request]) -> None:
        self.schema = cache
        self._parse = parse
        self._asked: _Recent[tuple[Head, bytes], Asked] = _Recent(size)
        self._shaped: _Recent[tuple[Head, bytes], Shaped] = _Recent(size)

    def find(self, head: Head, query: bytes) -> Asked:
        """Return what a request means; raise the `DialectError` that its first fault deserves."""
        key = (head, query)
        found = self._asked.get(key)
        if found is not None:
            self._asked.move_to_end(key)
            return found
        found = self._read(head, query)
        if len(query) <= _LONGEST_KEPT_QUERY:
            self._asked.keep(key, found)
        return found

    def _read(self, head: Head, query: bytes) -> Asked:
        reads_function = head.path.startswith("/rpc/") and head.method in _WITH_ARGUMENTS
        shape = shape_of(query, arguments=reads_function)
        key = (head, shape.key)
        shaped = self._shaped.get(key)
        if shaped is None:
            shaped = Shaped(self._parse(head, query, self.schema))
            self._shaped.keep(key, shaped)
        else:
            self._shaped.move_to_end(key)
        return Asked(shaped, query, shape.values)
