"""Follows the log of one project and hands each transaction to every sink, in commit order, none left out.

Reads a durable slot through `connection`, decodes and assembles with `pgoutput`, and awaits the sinks one after the
other, each with all transactions of one read in a batch. A position is confirmed only when every sink has applied the
complete transaction before it; what was applied but not yet confirmed when the process died comes again, with the same
positions. With a `history` the confirmation trails by its window, so that the window survives a crash: a sink that
must not repeat looks at `history.live_from`.

Life cycle: `run` waits while another process reads the slot, streams, and connects anew with growing pauses whenever
the stream ends, until `stop` or an error that time cannot heal. A slot that PostgreSQL has given up is waited for too,
until there is a new one (`slot_claim`); what lies between is told as a gap, never passed over. Confirms every
`confirm_seconds` and whenever the server asks, also while nothing is published, so that an idle project keeps no log
from being removed.
When full: a slow sink makes the tailer stop reading, and PostgreSQL keeps the log on its disk.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from enum import StrEnum

from millstream.change import Lsn, TransactionSink
from millstream.errors import MillstreamError
from millstream.observe import Observer, ignore
from millstream.pgoutput.assembler import TransactionAssembler
from millstream.pgoutput.decoder import decode
from millstream.pgoutput.feedback import PrimaryKeepalive, decode_keepalive, log_message
from millstream.postgres.connection import Connection
from millstream.postgres.settings import Address
from millstream.wal.batch import Batch, Sinks
from millstream.wal.connection import LogStream, System, connect, load_system, start_replication
from millstream.wal.errors import SlotLost, heals
from millstream.wal.heartbeat import Heartbeat
from millstream.wal.history import History
from millstream.wal.observations import LogGap, LogInterrupted, LogLost, LogProgress, LogStreaming
from millstream.wal.publication import existing_publications, load_publication
from millstream.wal.settings import WalSettings
from millstream.wal.slot_claim import Claimed, SlotClaim

# As many as take some 20 ms to tell: the more there are, the fewer are the writes that sockets need for them.
_PIECES_PER_TICK = 1500
_FIRST_PAUSE_SECONDS = 0.05
_SHARE_OF_LIMIT = 4
"""The history may have PostgreSQL keep this part of the log after which it would give the slot up."""


class LogState(StrEnum):
    """What a tailer is at. In `LOST`, changes are missing and nothing is followed until somebody makes room for it."""

    CONNECTING = "connecting"
    WAITING = "waiting"
    STREAMING = "streaming"
    LOST = "lost"


class Tailer:
    """The one reader of a project's slot. `publications` are those whose tables the log tells of now."""

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
        self._claim = SlotClaim(settings, observe)
        self._streaming = asyncio.Event()
        self._settled = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._has_streamed = False
        self.publications: tuple[str, ...] = ()
        self.state = LogState.CONNECTING
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

    async def until_settled(self) -> None:
        """Wait until the log is being read, or until another process is known to read it."""
        await self._settled.wait()

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
        """Follow the log until cancelled or stopped; raise only what time cannot heal (`errors.heals`)."""
        self._running = asyncio.current_task()
        pause = _FIRST_PAUSE_SECONDS
        while True:
            before = self._applied
            try:
                await self._follow()
            except MillstreamError as error:
                if self._applied > before:
                    pause = _FIRST_PAUSE_SECONDS
                self._break_off(error, pause)
            finally:
                self._streaming.clear()
                self._settled.clear()
                if self.state is not LogState.LOST:
                    self.state = LogState.CONNECTING
            await asyncio.sleep(pause)
            pause = min(pause * 2, self._settings.reconnect_seconds)

    def stop(self) -> None:
        """Have `run` end in order, and leave the slot to the process that waits for it."""
        if self._running is not None:
            self._running.cancel()

    def _break_off(self, error: MillstreamError, pause: float) -> None:
        """Say why the log is not read now; raise the error where neither time nor a new slot will heal it."""
        if isinstance(error, SlotLost) and self._has_streamed:
            if self.state is not LogState.LOST:
                self._observe(LogLost(self._settings.slot, str(self._applied), str(error)))
            self.state = LogState.LOST
            return
        if not heals(error, has_streamed=self._has_streamed):
            raise error
        self._observe(LogInterrupted(self._settings.slot, error.code, str(error), pause))

    async def _follow(self) -> None:
        connection = await connect(self._address)
        try:
            stream = await self._open(connection)
            self._has_streamed = True
            self.state = LogState.STREAMING
            self._streaming.set()
            self._settled.set()
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
        await load_publication(connection, publication)
        await self._sinks.expect()
        claimed = await self._claim.take(connection, self._wait)
        system = await load_system(connection)
        gap = self._gap_before(claimed, system)
        if gap or system.log != self._system:
            self._system, self._applied, self._confirmed = system.log, Lsn(0), Lsn(0)
        self._applied = max(self._applied, claimed.begins or Lsn(0))
        if self._history is not None:
            _begin_history(self._history, system, claimed, after_gap=gap)
        publications = [publication, *await existing_publications(connection, self._more_publications)]
        self.publications = tuple(publications)
        await self._sinks.begin(claimed.begins or Lsn(0))
        stream = await start_replication(connection, slot=slot, publications=publications, position=self._applied)
        self._observe(LogStreaming(slot, publication, str(self._applied)))
        return stream

    def _wait(self) -> None:
        """Stand by: another process reads the slot."""
        if self.state is not LogState.LOST:
            self.state = LogState.WAITING
        self._settled.set()

    def _gap_before(self, claimed: Claimed, system: System) -> bool:
        """Tell whether changes before this place were never read here, and say so: it is never passed over."""
        begins, after = claimed.begins or Lsn(0), claimed.lost_after
        if self._has_streamed:
            after = self._applied
            somebody_else_was_further = system.log == self._system and begins > after
            if not claimed.is_new and not somebody_else_was_further:
                return False
        if after is None:
            return False
        self._observe(LogGap(self._settings.slot, str(after), str(begins)))
        return True

    async def _read(self, stream: LogStream, heartbeat: Heartbeat) -> None:
        assembler = TransactionAssembler(
            slice_changes=self._settings.slice_changes, slice_bytes=self._settings.slice_bytes
        )
        batch, read, size = Batch(), 0, 0
        while True:
            heartbeat.listening = True
            pieces = await stream.receive(_PIECES_PER_TICK)
            heartbeat.listening = False
            read += len(pieces)
            for piece in pieces:
                message = log_message(piece)
                if message is None:
                    keepalive = decode_keepalive(piece)
                    batch = await self._take_keepalive(keepalive, stream, batch, idle=assembler.between_transactions)
                    continue
                transaction = assembler.take(decode(message), len(piece))
                size += len(piece)
                if transaction is not None:
                    batch.add(transaction, size)
                    size = 0
                    if batch.is_full:
                        batch = await self._apply(batch)
            # One turn for everybody else, in which sockets are written, and in which the server says more of a backlog:
            # a socket takes some hundred pieces at once, fewer than are told at once.
            await asyncio.sleep(0)
            if read < _PIECES_PER_TICK and stream.has_more:
                continue
            batch, read = await self._apply(batch), 0
            self._mark()
            self._wake()

    async def _take_keepalive(
        self, keepalive: PrimaryKeepalive, stream: LogStream, batch: Batch, *, idle: bool
    ) -> Batch:
        """Note how far the server is, and answer where it asks; return the batch that goes on."""
        if idle:  # then all that was committed before this place has been sent
            batch.reached = Lsn(keepalive.server_end)
        if keepalive.reply_wanted:
            batch = await self._apply(batch)
            self._answer(stream)
        return batch

    def _answer(self, stream: LogStream) -> None:
        """Confirm, as the server asks; one that is being stopped asks until it has everything, and shall not wait."""
        self._requests += 1
        self._confirm(stream, everything=self._requests > 1)

    async def _apply(self, batch: Batch) -> Batch:
        """Have every sink take the batch, and be where it ends; return an empty one."""
        if batch.transactions:
            await self._hand_on(batch)
        self._applied = max(self._applied, batch.reached)
        return Batch()

    async def _hand_on(self, batch: Batch) -> None:
        if self._history is not None:
            for transaction, size in zip(batch.transactions, batch.sizes, strict=True):
                self._history.append(transaction, size)
        await self._sinks.hand_on(batch.transactions)
        self._changes += batch.changes
        complete = [transaction for transaction in batch.transactions if transaction.end_lsn is not None]
        if complete:
            last = complete[-1]
            self._applied = last.end_lsn or self._applied
            self._transactions += len(complete)
            self._seconds_behind = time.time() - last.commit_time.timestamp()

    def _beat(self, stream: LogStream, *, ask: bool) -> None:
        self._requests = 0
        self._mark()
        self._confirm(stream, ask=ask)

    def _mark(self) -> None:
        if self._history is not None:
            self._history.mark(self._applied)

    def _confirm(self, stream: LogStream, *, ask: bool = False, everything: bool = False) -> None:
        position = self._applied
        if self._history is not None and not everything:
            position = self._history.confirmable(self._applied)
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


def _begin_history(history: History, system: System, claimed: Claimed, *, after_gap: bool) -> None:
    """Tell the history what is read next, and how much log it may keep without risking the slot."""
    if claimed.limit_bytes is not None:
        history.keep_log_within(claimed.limit_bytes // _SHARE_OF_LIMIT)
    start = claimed.begins or system.flushed
    # A new slot begins after what was flushed; nobody was told of what it follows.
    history.begin(system.log, start=start, live_from=max(start, system.flushed), after_gap=after_gap)
