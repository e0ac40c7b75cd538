"""Turns requests into bindings: looks up the table, checks rights, has filter values read by PostgreSQL.

Used by `subscribe` when a channel joins or its claims change. What is wrong with a request is a SubscriptionRefused
whose text names it; nothing is registered here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from millstream.errors import MillstreamError
from millstream.identity import Claims
from millstream.policy.access import Access
from millstream.policy.predicates.predicate import Condition
from millstream.policy.schema.catalog import Catalog
from millstream.policy.schema.snapshot import Snapshot
from millstream.policy.schema.table import TableColumn
from millstream.postgres.connection import Statement
from millstream.postgres.errors import DatabaseError
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.transaction import caller_statements
from millstream.subscriptions.bindings.binding import ANY, Binding, BindingRequest, SubscriptionRefused, refused_for_now
from millstream.subscriptions.bindings.filters import (
    CompiledTerm,
    FilterColumn,
    InvalidFilter,
    LocalTest,
    Query,
    Term,
    compile_term,
    operator_queries,
    parse_filter,
    value_queries,
)

# How the log prints values, so that a filter's own values are printed alike.
_LOG_FORMATS = {"DateStyle": "ISO", "TimeZone": "UTC", "bytea_output": "hex", "extra_float_digits": "1"}


@dataclass(frozen=True, slots=True)
class _Typed:
    """A term with its column."""

    term: Term
    column: FilterColumn


class BindingCompiler:
    """Compiles the requests of one caller against the newest snapshot."""

    def __init__(self, pool: PipelinePool, catalog: Catalog) -> None:
        self._pool = pool
        self._catalog = catalog

    async def compile(self, requests: Sequence[BindingRequest], claims: Claims) -> tuple[Binding, ...]:
        """Compile all requests, or refuse with the reason of the first that fails."""
        try:
            snapshot = await self._snapshot(requests, claims)
            return tuple([await self._compile(request, claims, snapshot) for request in requests])
        except SubscriptionRefused:
            raise
        except MillstreamError as error:
            raise refused_for_now(error) from error

    async def _snapshot(self, requests: Sequence[BindingRequest], claims: Claims) -> Snapshot:
        """Return a snapshot that knows the role and all tables, reading anew for what may have just been made."""
        snapshot = await self._catalog.with_role(claims.role)
        known = claims.role in snapshot.roles and all(_is_followed(request, snapshot) for request in requests)
        return snapshot if known else await self._catalog.load()

    async def _compile(self, request: BindingRequest, claims: Claims, snapshot: Snapshot) -> Binding:
        if claims.role not in snapshot.roles:
            raise _refusal(request, f'role "{claims.role}" does not exist')
        if not _is_followed(request, snapshot):
            raise SubscriptionRefused(
                "Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given"
                f" connect parameters: {request.describe()}"
            )
        try:
            access = _access(request, claims, snapshot)
            select = _select(request, access)
            terms = parse_filter(request.filter) if access is not None else ()
            typed = [_Typed(term, _filter_column(term, access, snapshot)) for term in terms if access is not None]
            compiled = await self._compile_terms(typed, claims) if typed else []
        except InvalidFilter as error:
            raise _refusal(request, error.message) from None
        return Binding(
            id=request.id,
            event=request.event,
            schema=request.schema,
            table=request.table,
            select=select,
            leave=request.leave,
            tests=tuple(term for term in compiled if isinstance(term, LocalTest)),
            conditions=tuple(term for term in compiled if isinstance(term, Condition)),
            columns=frozenset(term.column for term in compiled),
        )

    async def _compile_terms(self, typed: Sequence[_Typed], claims: Claims) -> list[CompiledTerm]:
        """Have PostgreSQL read each value as its column's type, as the caller, and compile the terms."""
        opening = caller_statements(claims, read_only=True, settings=_LOG_FORMATS)
        queries = [(item, query) for item in typed for query in _queries(item)]
        statements = [*opening, *(Statement(*query) for _, query in queries), Statement("COMMIT")]
        try:
            results = await self._pool.run(statements)
        except DatabaseError as error:
            place = (error.statement_index or 0) - len(opening)
            if not 0 <= place < len(queries):
                raise
            raise InvalidFilter(f"{error.message}, in the filter on {queries[place][0].column.name}") from None
        read: dict[int, list[str]] = {}
        for (item, _), result in zip(queries, results[len(opening) : -1], strict=True):
            read.setdefault(id(item), []).append((result.rows[0][0] or b"").decode())
        return [compile_term(item.term, item.column, _values(item.term, read.get(id(item), []))) for item in typed]


def _queries(item: _Typed) -> list[Query]:
    """Return all that is asked about a term: its values first, in order."""
    return [*value_queries(item.term, item.column), *operator_queries(item.term, item.column)]


def _values(term: Term, read: Sequence[str]) -> Sequence[str]:
    return read[: len(term.values)] if term.is_literal else term.values


def _is_followed(request: BindingRequest, snapshot: Snapshot) -> bool:
    """Tell whether the request names at least one table that is followed."""
    if ANY not in (request.schema, request.table):
        return snapshot.named(request.schema, request.table) is not None
    return any(
        request.schema in (ANY, table.schema) and request.table in (ANY, table.name)
        for table in snapshot.tables.values()
    )


def _access(request: BindingRequest, claims: Claims, snapshot: Snapshot) -> Access | None:
    """Return the caller's access to the one table of the request, None when it is for any table."""
    table = snapshot.named(request.schema, request.table)
    if table is None:
        if request.filter.strip() or request.select:
            raise InvalidFilter("a filter or a list of columns needs a schema and a table")
        return None
    access = snapshot.access(claims.role, table.oid)
    if access is None or not access.columns:
        raise InvalidFilter(f"permission denied for table {table.name}")
    return access


def _select(request: BindingRequest, access: Access | None) -> frozenset[str] | None:
    """Return the columns to tell: those selected, and always the primary key."""
    if request.select is None or access is None:
        return None
    for name in request.select:
        if name not in access.columns:
            raise InvalidFilter(f"invalid column for select {name}")
    if "schema" not in request.raw:
        raise InvalidFilter("a list of columns needs a schema and a table")
    return frozenset((*request.select, *access.table.primary_key))


def _filter_column(term: Term, access: Access, snapshot: Snapshot) -> FilterColumn:
    column = next((column for column in access.table.columns if column.name == term.column), None)
    if column is None or column.name not in access.columns:
        raise InvalidFilter(f"invalid column for filter {term.column}")
    base = _base_type(column, snapshot)
    return FilterColumn(
        name=column.name,
        type_oid=base,
        type_sql=column.type_sql,
        is_enum=base in snapshot.types and snapshot.types[base].kind == "e",
        equality_is_bytewise=column.equality_is_bytewise,
        order_is_bytewise=column.order_is_bytewise,
    )


def _base_type(column: TableColumn, snapshot: Snapshot) -> int:
    oid = column.type_oid
    while oid in snapshot.types and snapshot.types[oid].kind == "d":
        oid = snapshot.types[oid].base_oid
    return oid


def _refusal(request: BindingRequest, cause: str) -> SubscriptionRefused:
    return SubscriptionRefused(
        "Unable to subscribe to changes with given parameters. An exception happened so please check your connect"
        f" parameters: {request.describe()}. Exception: {cause}"
    )
