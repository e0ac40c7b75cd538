"""Has the rights of connected clients asked anew when what they rest on has changed, so that they hold in open rooms.

A TransactionSink, before the one that tells events: whoever is concerned hears nothing of what was committed later
until the answer is there, and nothing is lost to whoever keeps the right. A change of the schema concerns everybody; a
row of a table that the application names, the person whom it is about, or everybody where it names no column.
"""

from __future__ import annotations

from collections.abc import Iterable

from millstream.change import Operation, RowChange, Transaction
from millstream.rooms.change import Change, read_change
from millstream.rooms.clients.socket import RoomSocket
from millstream.rooms.context import RoomContext
from millstream.rooms.declaration import RightsTable, qualified


class RoomRightsWatch:
    """Watches the log of one project."""

    def __init__(self, context: RoomContext) -> None:
        self._context = context
        self._tables: dict[tuple[str, str], list[RightsTable]] = {}
        for one in context.declared.rights:
            self._tables.setdefault(qualified(one.table), []).append(one)

    async def apply(self, transaction: Transaction) -> None:
        """Have everybody concerned asked about, beside the log and once a transaction."""
        concerned: dict[RoomSocket, None] = {}
        if transaction.changes_schema:
            self._context.rights_changes += 1
            concerned.update(dict.fromkeys(self._context.roster))
        for change in transaction.changes:
            tables = self._tables.get((change.relation.schema, change.relation.name))
            if tables is not None:
                concerned.update(dict.fromkeys(self._concerned(change, tables)))
        for socket in concerned:
            socket.ask_rights_again()

    def _concerned(self, change: RowChange, tables: Iterable[RightsTable]) -> Iterable[RoomSocket]:
        read = read_change(change)
        for table in tables:
            if not _counts(read, table):
                continue
            self._context.rights_changes += 1
            people = _people(read, table.user)
            if people is None:
                yield from self._context.roster
            for person in people or ():
                yield from self._context.roster.of_person(person)


def _counts(change: Change, table: RightsTable) -> bool:
    """Tell whether a change may be one of rights; yes where the log does not tell what was there before."""
    old, new = change.old, change.new
    if not table.columns or old is None or new is None:
        return True
    return any(name not in old or name not in new or old[name] != new[name] for name in table.columns)


def _people(change: Change, column: str | None) -> set[str] | None:
    """Return whom a change is about; None for anybody, also where the log does not tell the person before it."""
    rows = [change.new] if change.operation is Operation.INSERT else [change.old, change.new]
    needed = rows[:1]
    if column is None or any(row is None or column not in row for row in needed):
        return None
    return {str(row[column]) for row in rows if row is not None and row.get(column) is not None}
