"""The tables that policies look into, known in process as of each place in the log.

Told by `catalog` what the policies read and by `subscriptions` of each transaction before its changes are considered.
A table is read once, in the background, and followed from there: what the reading saw is not applied a second time, and
its rows are handed out only once the log has come as far as the reading. Until then, and whenever a change does not
fit, its rows are not known, and PostgreSQL is asked instead.

A new row is judged by what these tables hold after its transaction, an old one by what they held before. Of a
transaction that comes in slices neither is known until its end.

Life cycle: `run` for as long as the server lives. When full: a table of more rows than the limit is not read.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from millstream.change import Lsn, Row, RowChange, Transaction
from millstream.observe import Observer
from millstream.policy.observations import RelatedTableNotRead, RelatedTableRead
from millstream.policy.predicates.predicate import Proven
from millstream.policy.predicates.term import NOTHING_RELATED, Dependency, RelatedRows
from millstream.policy.related.advance import STILL, Advance
from millstream.policy.related.reading import Reading, read_rows
from millstream.policy.related.rows import OutOfStep, Rows, RowsBefore
from millstream.policy.schema.snapshot import Snapshot
from millstream.policy.schema.table import Table
from millstream.policy.settings import PolicySettings
from millstream.postgres.errors import DatabaseError, StalePlan
from millstream.postgres.pipeline import PipelinePool

_PASSED = 1024


@dataclass(slots=True)
class _Source:
    """One table: wanted, then read, then known."""

    table: Table
    columns: tuple[str, ...]
    rows: Rows | None = None
    is_known: bool = False
    reading: Reading | None = None
    is_hopeless: bool = False
    recorded: list[tuple[int, Sequence[RowChange]]] = field(default_factory=list)

    @property
    def is_wanted(self) -> bool:
        return self.rows is None and self.reading is None and not self.is_hopeless


class RelatedTables:
    """All of them, of one project. Every change of what is known happens in `advance`, or with a new catalog."""

    def __init__(self, pool: PipelinePool, *, settings: PolicySettings, observe: Observer) -> None:
        self._pool = pool
        self._settings = settings
        self._observe = observe
        self._sources: dict[int, _Source] = {}
        self._unknown: set[int] = set()
        self._passed: deque[int] = deque(maxlen=_PASSED)
        self._reached = Lsn(0)
        self._sliced: list[RowChange] = []
        self._wanted = asyncio.Event()
        self._loaded = asyncio.Event()
        self._loaded.set()
        self._still = Advance(self, self)

    def rows(self, table: int) -> RelatedRows | None:
        """Return the rows of a table at the place that the log has come to, None while they are not known."""
        source = self._sources.get(table)
        return source.rows if source is not None and source.is_known else None

    def use(self, snapshot: Snapshot) -> None:
        """Follow what the policies read now; a table that changed, or of which more is needed, is read again."""
        needed = _needed(snapshot)
        tables = {table.oid: table for table in snapshot.sources.values()}
        for oid in [oid for oid in self._sources if oid not in needed]:
            del self._sources[oid]
        for oid, columns in needed.items():
            known, table = self._sources.get(oid), tables[oid]
            if known is None or known.table != table or not columns <= set(known.columns):
                self._sources[oid] = _Source(table, tuple(sorted(columns)))
        self._look()

    def forget(self) -> None:
        """Read everything again: the log is another one."""
        self._sources = {oid: _Source(each.table, each.columns) for oid, each in self._sources.items()}
        self._passed.clear()
        self._sliced.clear()
        self._reached = Lsn(0)
        self._look()

    def advance(self, transaction: Transaction) -> Advance:
        """Take a transaction in: call it for each, in the order of the log, before its changes are considered."""
        sources, lsn = self._sources, transaction.commit_lsn
        complete = transaction.complete
        if complete:
            self._passed.append(transaction.xid)
        if not sources or lsn <= self._reached:
            return self._still
        changes = [change for change in transaction.changes if change.relation.oid in sources]
        turned = self._turn(lsn) if self._unknown else frozenset[int]()
        if not complete:
            if transaction.changes and not transaction.changes[0].index:
                self._sliced.clear()  # it is told again, from its beginning
            self._sliced += changes
            return Advance(NOTHING_RELATED, NOTHING_RELATED, turned=turned)
        self._reached = lsn
        is_last_slice = bool(transaction.changes and transaction.changes[0].index)
        if is_last_slice:
            changes, self._sliced = self._sliced + changes, []
        if not changes and not turned:
            return STILL if is_last_slice else self._still
        before = _Before(self)
        moved, lost = self._apply(transaction.xid, changes, before)
        related = (NOTHING_RELATED, NOTHING_RELATED) if is_last_slice else (self, before)
        return Advance(*related, moved=moved, turned=turned | lost)

    async def run(
        self, until_streaming: Callable[[], Awaitable[None]], reload: Callable[[], Awaitable[object]]
    ) -> None:
        """Read the tables that are wanted, from when the log streams; never returns.

        What is read then can miss nothing: all that it does not hold is still to come. Only now it is certain of which
        tables the log tells, so that the catalog is read again.
        """
        await until_streaming()
        await reload()
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            for oid, source in list(self._sources.items()):
                if source.is_wanted:
                    await self._read(oid, source)
            if not any(source.is_wanted for source in self._sources.values()):
                self._loaded.set()

    async def until_read(self) -> None:
        """Wait until every table that is wanted was read, or turned out not to be readable."""
        await self._loaded.wait()

    def _look(self) -> None:
        """See which tables are to be read, and which are not known yet."""
        self._unknown = {oid for oid, source in self._sources.items() if not source.is_known}
        if any(source.is_wanted for source in self._sources.values()):
            self._loaded.clear()
            self._wanted.set()
        else:
            self._loaded.set()

    async def _read(self, oid: int, source: _Source) -> None:
        """Read one table; what the log tells of it meanwhile is recorded."""
        source.recorded.clear()
        limit = self._settings.related_rows
        columns = Rows(source.table.primary_key, source.columns).columns
        why = ""
        try:
            found = await read_rows(
                self._pool, source.table, columns, tuple(self._passed), at_most=limit, observe=self._observe
            )
            if len(found.rows) <= limit:
                source.reading = found
            else:
                why = "too many rows"
        except StalePlan:
            self._wanted.set()
            return
        except DatabaseError as error:
            why = error.sqlstate
        if why:
            source.is_hopeless = True
            source.recorded.clear()
        if self._sources.get(oid) is source:
            name = source.table.qualified_name
            found_rows = len(source.reading.rows) if source.reading is not None else 0
            self._observe(RelatedTableNotRead(name, why) if why else RelatedTableRead(name, found_rows))

    def _turn(self, lsn: Lsn) -> frozenset[int]:
        """Take in what was read; return the tables that are known from this place on."""
        turned: set[int] = set()
        for oid in tuple(self._unknown):
            source = self._sources[oid]
            if source.reading is not None and source.rows is None:
                self._fill(source)
                source = self._sources[oid]  # another one, where the reading did not fit
            if source.rows is not None and source.reading is not None and lsn >= source.reading.until:
                source.is_known, source.reading = True, None
                self._unknown.discard(oid)
                turned.add(oid)
        return frozenset(turned)

    def _fill(self, source: _Source) -> None:
        reading = source.reading
        if reading is None:
            return
        source.rows = Rows(source.table.primary_key, source.columns)
        source.rows.fill(reading.rows)
        recorded, source.recorded = source.recorded, []
        try:
            for xid, changes in recorded:
                if not reading.snapshot.saw(xid):
                    for change in changes:
                        source.rows.apply(change)
        except OutOfStep:
            self._lose(source)
        else:
            source.reading = Reading((), reading.snapshot, reading.until)

    def _apply(
        self, xid: int, changes: Sequence[RowChange], before: _Before
    ) -> tuple[frozenset[Dependency], frozenset[int]]:
        """Apply a transaction's changes; return the rows that moved and the tables that are not known any more."""
        moved: set[Dependency] = set()
        lost: set[int] = set()
        for oid in dict.fromkeys(change.relation.oid for change in changes):
            source = self._sources[oid]
            mine = [change for change in changes if change.relation.oid == oid]
            if source.rows is None:
                if not source.is_hopeless:
                    source.recorded.append((xid, mine))
            elif source.reading is None or not source.reading.snapshot.saw(xid):
                try:
                    for change in mine:
                        went, came = source.rows.apply(change)
                        before.note(oid, source.rows, went, came)
                        _note(moved, oid, source.rows, (*went, *came))
                except OutOfStep:
                    self._lose(source)
                    lost.add(oid)
        return frozenset(moved), frozenset(lost)

    def _lose(self, source: _Source) -> None:
        oid = source.table.oid
        self._sources[oid] = _Source(source.table, source.columns)
        self._look()


class _Before:
    """What was known before a transaction."""

    __slots__ = ("_now", "_rows")

    def __init__(self, now: RelatedTables) -> None:
        self._now = now
        self._rows: dict[int, RowsBefore] = {}

    def note(self, table: int, now: Rows, went: Sequence[Row], came: Sequence[Row]) -> None:
        self._rows.setdefault(table, RowsBefore(now)).note(went, came)

    def rows(self, table: int) -> RelatedRows | None:
        now = self._now.rows(table)
        return now if now is None else self._rows.get(table, now)


def _note(moved: set[Dependency], oid: int, rows: Rows, changed: Sequence[Row]) -> None:
    moved.add((oid, None, None))
    for row in changed:
        moved.update(
            (oid, column, value) for column, value in zip(rows.columns, row, strict=True) if isinstance(value, str)
        )


def _needed(snapshot: Snapshot) -> Mapping[int, frozenset[str]]:
    """Return the columns that the policies of followed tables read of others, by the others' oids."""
    needed: dict[int, frozenset[str]] = {}
    for _, access in snapshot.accesses():
        if isinstance(access.rule, Proven):
            for oid, column in access.rule.reads:
                needed[oid] = needed.get(oid, frozenset()) | {column}
    return needed
