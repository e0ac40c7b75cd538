"""`millstream slot`: look at the replication slot that remembers how far the log was read, or drop it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer
from rich.table import Table

from millstream.cli.console import messages, output, show_done, show_size
from millstream.cli.database import command_database
from millstream.errors import MillstreamError
from millstream.postgres.connection import Connection
from millstream.postgres.settings import Address
from millstream.wal.errors import SlotInUse
from millstream.wal.slot import SlotStatus, drop_slot, load_slot

Answer = TypeVar("Answer")

slot = typer.Typer(
    name="slot", help="Look at the replication slot, which remembers how far the log was read, or drop it."
)


class SlotMissing(MillstreamError):
    """Raised when there is no slot of the configured name."""

    code = "slot_missing"


@slot.command()
def status() -> None:
    """Show how far the log was read and how much of it PostgreSQL keeps for that."""
    with command_database() as database:
        name = database.settings.wal.slot
        found = on_connection(database.address, lambda connection: load_slot(connection, name))
    if found is None:
        raise SlotMissing(f"There is no replication slot {name}.", hint="The server makes it when it starts.")
    output().print(_table(found))


@slot.command()
def drop(*, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask. For scripts.")] = False) -> None:
    """Drop the slot: PostgreSQL may forget its log, and changes made until the next start are told to nobody."""
    with command_database() as database:
        name = database.settings.wal.slot
        found = on_connection(database.address, lambda connection: load_slot(connection, name))
        if found is None:
            show_done(f"There is no replication slot {name}.")
            return
        if found.active:
            raise SlotInUse(f"The replication slot {name} is being read.", hint="Stop Millstream first.")
        unread = show_size(found.retained_bytes)
        if not yes:
            messages().print(f"The slot {name} keeps {unread} of log. What is unread in it is told to nobody then.")
            typer.confirm("Drop it?", abort=True, err=True)
        on_connection(database.address, lambda connection: drop_slot(connection, name))
    show_done(f"dropped the replication slot {name}")


def on_connection(address: Address, use: Callable[[Connection], Awaitable[Answer]]) -> Answer:
    """Run something on a connection that is closed afterwards."""

    async def run() -> Answer:
        connection = await Connection.connect(address)
        try:
            return await use(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


def _table(status: SlotStatus) -> Table:
    table = Table(show_header=False, box=None)
    reader = f"process {status.reader_pid}" if status.active else "nobody"
    for name, value in {
        "slot": status.name,
        "database": status.database,
        "plugin": status.plugin,
        "read by": reader,
        "confirmed": status.confirmed_lsn,
        "restarts at": status.restart_lsn,
        "log kept": show_size(status.retained_bytes),
        "state": status.wal_status,
    }.items():
        table.add_row(name, "" if value is None else str(value))
    return table
