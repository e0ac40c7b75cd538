"""Follows the log of one project and hands each transaction to every sink, in commit order, none left out.

Reads a durable slot through `connection`, decodes and assembles with `pgoutput`, and awaits the sinks one after the
other, each with all transactions of one read in a batch. A position is confirmed only when every sink has applied the
complete transaction before it; what was applied but not yet confirmed when the process died comes again, with the same
positions. With a `history` the confirmation trails by its window, so that the window survives a crash: a sink that
must not repeat looks at `history.live_from`.

Life cycle: `run` makes the slot if need be, streams, and connects anew with growing pauses whenever the stream ends,
until it is cancelled or an error that time cannot heal is raised. Confirms every `confirm_seconds` and whenever the
server asks, also while nothing is published, so that an idle project keeps no log from being removed.
When full: a slow sink makes the tailer stop reading, and PostgreSQL keeps the log on its disk.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from millstream.change import Lsn, TransactionSink
from millstream.errors import MillstreamError
from millstream.observe import Observer, ignore
from millstream.pgoutput.assembler import TransactionAssembler
from millstream.pgoutput.decoder import decode
from millstream.pgoutput.feedback import PrimaryKeepalive, decode_envelope
from millstream.postgres.connection import Connection
from millstream.postgres.settings import Address
from millstream.wal.batch import Batch, Sinks
from millstream.wal.connection import LogStream, System, connect, load_system, start_replication
from millstream.wal.errors import SlotLost, heals
from millstream.wal.heartbeat import Heartbeat
from millstream.wal.history import History
from millstream.wal.observations import LogInterrupted, LogProgress, LogStreaming, SlotCreated
from millstream.wal.publication import existing_publications, load_publication
from millstream.wal.settings import WalSettings
from millstream.wal.slot import ensure_slot, load_slot

_PIECES_PER_TICK = 500
_FIRST_PAUSE_SECONDS = 0.05


class Tailer:
    """The one reader of a project's slot."""

    def __init__(
        self,
        address: Address,
        settings: WalSettings,
        sinks: Sequence[TransactionSink],
        observe: Observer = ignore,
        history: History | None = None,
        more_publications: Sequence[str] = (),
    ) -> None:
        self._address = address
        self._settings = settings
        self._sinks = Sinks(sinks)
        self._observe = observe
        self._history = history
        self._more_publications = more_publications
        self._streaming = asyncio.Event()
        self._has_streamed = False
        self._system: str | None = None
        self._applied = self._confirmed = Lsn(0)
        self._waiting: list[tuple[Lsn, asyncio.Future[None]]] = []
        self._transactions = 0
        self._changes = 0
        self._seconds_behind = 0.0
        self._requests = 0

    @property
    def streaming(self) -> bool:
        """Tell whether the log is being read now."""
        return self._streaming.is_set()

    @property
    def applied(self) -> Lsn:
        """Return the place before which every sink has applied everything that is followed."""
        return self._applied

    async def until_streaming(self) -> None:
        """Wait until the log is being read."""
        await self._streaming.wait()

    async def until_applied(self, position: Lsn) -> None:
        """Wait until every sink has applied everything that was committed before `position`."""
        if self._applied >= position:
            return
        waiting = (position, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            await waiting[1]
        finally:
            self._waiting.remove(waiting)

    async def run(self) -> None:
        """Follow the log until cancelled; raise only what time cannot heal (`errors.heals`)."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            before = self._applied
            try:
                await self._follow()
            except MillstreamError as error:
                if not heals(error, has_streamed=self._has_streamed):
                    raise
                if self._applied > before:
                    pause = _FIRST_PAUSE_SECONDS
                self._observe(LogInterrupted(self._settings.slot, error.code, str(error), pause))
            finally:
                self._streaming.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._settings.reconnect_seconds)

    async def _follow(self) -> None:
        connection = await connect(self._address)
        try:
            stream = await self._open(connection)
            self._has_streamed = True
            self._streaming.set()
            heartbeat = Heartbeat(self._settings, lambda *, ask: self._beat(stream, ask=ask), connection.abort)
            try:
                await self._read(stream, heartbeat)
            finally:
                heartbeat.stop()
                self._confirm(stream)
                stream.finish()
        finally:
            await connection.close()

    async def _open(self, connection: Connection) -> LogStream:
        slot, publication = self._settings.slot, self._settings.publication
        system = await load_system(connection)
        if system.log != self._system:
            self._system, self._applied, self._confirmed = system.log, Lsn(0), Lsn(0)
        await load_publication(connection, publication)
        created = await ensure_slot(connection, slot)
        if created is not None:
            if self._has_streamed:
                raise SlotLost(
                    f"The replication slot {slot} was removed while it was followed: changes may be missing.",
                    hint="A new one was made. Start again; clients then load anew.",
                )
            self._observe(SlotCreated(slot, str(created)))
        await self._begin_history(connection, system)
        publications = [publication, *await existing_publications(connection, self._more_publications)]
        stream = await start_replication(connection, slot=slot, publications=publications, position=self._applied)
        self._observe(LogStreaming(slot, publication, str(self._applied)))
        return stream

    async def _begin_history(self, connection: Connection, system: System) -> None:
        if self._history is not None and self._history.log != system.log:
            status = await load_slot(connection, self._settings.slot)
            start = status.confirmed_lsn if status is not None else None
            self._history.begin(system.log, start=start or system.flushed, live_from=system.flushed)

    async def _read(self, stream: LogStream, heartbeat: Heartbeat) -> None:
        assembler = TransactionAssembler(
            slice_changes=self._settings.slice_changes, slice_bytes=self._settings.slice_bytes
        )
        size = 0
        while True:
            heartbeat.listening = True
            pieces = await stream.receive(_PIECES_PER_TICK)
            heartbeat.listening = False
            batch = Batch()
            for piece in pieces:
                envelope = decode_envelope(piece)
                if isinstance(envelope, PrimaryKeepalive):
                    batch = await self._apply(batch)
                    self._take_keepalive(envelope, stream, idle=assembler.between_transactions)
                    continue
                transaction = assembler.take(decode(envelope.data), len(piece))
                size += len(piece)
                if transaction is not None:
                    batch.add(transaction, size)
                    size = 0
                    if batch.is_full:
                        batch = await self._apply(batch)
            await self._apply(batch)
            self._mark()
            self._wake()
            # One turn for everybody else: sockets are written once per tick, however many transactions it brought.
            await asyncio.sleep(0)

    def _take_keepalive(self, keepalive: PrimaryKeepalive, stream: LogStream, *, idle: bool) -> None:
        # All that was committed before this place has been sent, hence applied, unless a transaction is half sent.
        if idle and keepalive.server_end > self._applied:
            self._applied = Lsn(keepalive.server_end)
        if keepalive.reply_wanted:
            self._requests += 1
            # A server that is being stopped asks at once again until everything is confirmed; it shall not wait.
            self._confirm(stream, everything=self._requests > 1)

    async def _apply(self, batch: Batch) -> Batch:
        """Have every sink take the batch; return an empty one."""
        if not batch.transactions:
            return batch
        if self._history is not None:
            for transaction, size in zip(batch.transactions, batch.sizes, strict=True):
                self._history.append(transaction, size)
        await self._sinks.hand_on(batch.transactions)
        self._changes += batch.changes
        for transaction in batch.transactions:
            if transaction.end_lsn is not None:
                self._applied = transaction.end_lsn
                self._transactions += 1
                self._seconds_behind = time.time() - transaction.commit_time.timestamp()
        return Batch()

    def _beat(self, stream: LogStream, *, ask: bool) -> None:
        self._requests = 0
        self._mark()
        self._confirm(stream, ask=ask)

    def _mark(self) -> None:
        if self._history is not None:
            self._history.mark(self._applied)

    def _confirm(self, stream: LogStream, *, ask: bool = False, everything: bool = False) -> None:
        trailing = self._history is not None and not everything
        position = self._history.confirmable(self._applied) if self._history and trailing else self._applied
        # Never backwards: PostgreSQL may have removed already what a later place said is not needed.
        self._confirmed = max(self._confirmed, position)
        stream.confirm(self._confirmed, written=self._applied, reply_wanted=ask)
        if self._transactions or self._changes:
            slot, applied = self._settings.slot, str(self._applied)
            self._observe(LogProgress(slot, applied, self._transactions, self._changes, self._seconds_behind))
            self._transactions = self._changes = 0

    def _wake(self) -> None:
        for position, future in self._waiting:
            if position <= self._applied and not future.done():
                future.set_result(None)
