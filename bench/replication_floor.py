"""The floor under every latency and the ceiling over every rate: a bare reader of the replication stream.

`measure_latency` gives the time from an INSERT sent to its row decoded, with nothing between wire and row;
`drain` gives how fast a prepared backlog of one-row transactions is read. Other benchmarks divide their own figures
by these, taken in the same run against the same server.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from millstream.change import Lsn, Transaction
from millstream.pgoutput.decoder import decode
from millstream.pgoutput.feedback import XLogData, decode_envelope
from millstream.pgoutput.messages import Commit, Insert
from millstream.postgres.connection import Connection, Statement
from millstream.postgres.settings import Address
from millstream.wal.connection import LogStream, connect, start_replication
from millstream.wal.settings import WalSettings
from millstream.wal.slot import drop_slot, ensure_slot
from millstream.wal.tailer import Tailer

PUBLICATION = "bench_floor"
SLOT = "bench_floor"
INSERT = "insert into bench_floor (payload) values ($1)"
PREPARE = f"""
drop publication if exists {PUBLICATION};
drop table if exists bench_floor;
create table bench_floor (id bigint generated always as identity primary key, payload text not null);
create publication {PUBLICATION} for table bench_floor
"""


@dataclass(frozen=True)
class Latency:
    """Percentiles in milliseconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: list[float]) -> Latency:
        ordered = sorted(seconds)
        return cls(ordered[len(ordered) // 2] * 1e3, ordered[int(len(ordered) * 0.99)] * 1e3)


async def measure_latency(address: Address, *, rows: int = 500, pause_seconds: float = 0.005) -> Latency:
    """Insert `rows` one by one and time each from its statement to its decoded row at a bare reader."""
    writer, reader = await _prepared(address)
    try:
        stream = await start_replication(reader, slot=SLOT, publications=[PUBLICATION], position=Lsn(0))
        seconds = []
        for number in range(rows + 50):
            begun = time.perf_counter()
            _, ended = await asyncio.gather(writer.run([Statement(INSERT, (str(number),))]), _next_insert(stream))
            if number >= 50:  # warm by then
                seconds.append(ended - begun)
            await asyncio.sleep(pause_seconds)
        return Latency.of(seconds)
    finally:
        await _cleaned(writer, reader)


async def drain_bare(address: Address, *, transactions: int = 20_000) -> float:
    """Return transactions a second of a reader that decodes a prepared backlog and does nothing with it."""
    return await _drain(address, transactions, _read_bare)


async def drain_tailer(address: Address, *, transactions: int = 20_000) -> float:
    """Return transactions a second of Millstream's tailer with a sink that does nothing."""
    return await _drain(address, transactions, _read_tailer)


async def _drain(address: Address, transactions: int, read: Callable[[Address, int], Awaitable[float]]) -> float:
    writer, reader = await _prepared(address)
    try:
        for _ in range(transactions // 1000):
            # A procedure-less way to a thousand commits in one round trip.
            await writer.query("commit;".join(["insert into bench_floor (payload) values ('backlog');"] * 1000))
        await reader.close()
        return transactions / await read(address, transactions)
    finally:
        await _cleaned(writer, reader)


async def _read_bare(address: Address, transactions: int) -> float:
    reader = await connect(address)
    stream = await start_replication(reader, slot=SLOT, publications=[PUBLICATION], position=Lsn(0))
    begun, count = time.perf_counter(), 0
    while count < transactions:
        for piece in await stream.receive(500):
            envelope = decode_envelope(piece)
            if isinstance(envelope, XLogData) and type(decode(envelope.data)) is Commit:
                count += 1
    seconds = time.perf_counter() - begun
    await reader.close()
    return seconds


class _Counter:
    """A sink that does nothing but know when it has had enough."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._count = 0
        self.done = asyncio.Event()

    async def apply(self, transaction: Transaction) -> None:
        self._count += len(transaction.changes)
        if self._count >= self._wanted:
            self.done.set()


async def _read_tailer(address: Address, transactions: int) -> float:
    counter = _Counter(transactions)
    tailer = Tailer(address, WalSettings(slot=SLOT, publication=PUBLICATION), [counter])
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(tailer.run())
        await tailer.until_streaming()
        begun = time.perf_counter()
        await counter.done.wait()
        seconds = time.perf_counter() - begun
        running.cancel()
    return seconds


async def _next_insert(stream: LogStream) -> float:
    while True:
        for piece in await stream.receive(500):
            envelope = decode_envelope(piece)
            if isinstance(envelope, XLogData):
                message = decode(envelope.data)
                if type(message) is Insert:
                    return time.perf_counter()
                if type(message) is Commit:
                    stream.confirm(Lsn(message.end_lsn), written=Lsn(message.end_lsn))


async def _prepared(address: Address) -> tuple[Connection, Connection]:
    writer, reader = await Connection.connect(address), await connect(address)
    await drop_slot(writer, SLOT)
    await writer.query(PREPARE)
    await ensure_slot(reader, SLOT)
    return writer, reader


async def _cleaned(writer: Connection, reader: Connection) -> None:
    await reader.close()
    while True:
        [result] = await writer.query(f"select active from pg_replication_slots where slot_name = '{SLOT}'")
        if not result.rows or result.rows[0][0] == b"f":
            break
    await drop_slot(writer, SLOT)
    await writer.query(f"drop publication if exists {PUBLICATION}; drop table if exists bench_floor")
    await writer.close()
