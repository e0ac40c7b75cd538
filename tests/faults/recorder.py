"""A process that follows a log with the real tailer and records every change, to be killed at any moment.

Run as `python -m tests.faults.recorder <connection string> <slot> <publication> <file> <hold at>`. Each change is a
line `<commit LSN>:<index> <first column> .`, written through to the file before the sink returns; what does not end in
a point was cut short. A line `life` marks each start. Standard output gets the number of changes recorded in this life
after every transaction. With `hold at` changes recorded, the sink says `held` and keeps the next transaction for ever.
"""

from __future__ import annotations

import asyncio
import os
import sys

import uvloop

from millstream.change import Position, Transaction
from millstream.postgres.settings import address_of
from millstream.wal.settings import WalSettings
from millstream.wal.tailer import Tailer


class FileSink:
    """Appends to a file that is not buffered in this process: what was written survives its death."""

    def __init__(self, path: str, hold_at: int) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._hold_at = hold_at
        self._count = 0
        os.write(self._file, b"\nlife\n")

    async def apply(self, transaction: Transaction) -> None:
        if transaction.changes and self._count >= self._hold_at:
            os.write(1, b"held\n")
            await asyncio.Event().wait()
        lines = []
        for change in transaction.changes:
            assert change.new is not None
            lines.append(f"{Position(transaction.commit_lsn, change.index)} {change.new[0]} .\n")
        os.write(self._file, "".join(lines).encode())
        self._count += len(lines)
        os.write(1, b"%d\n" % self._count)


async def main(url: str, slot: str, publication: str, path: str, hold_at: str) -> None:
    settings = WalSettings(
        slot=slot, publication=publication, confirm_seconds=0.05, reconnect_seconds=0.2, slice_changes=200
    )
    await Tailer(address_of(url), settings, [FileSink(path, int(hold_at))]).run()


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
