"""One view under one key, for as long as somebody watches: when it runs, what was sent last, who is new.

Driven by a task of `live_views` of its own, so at most one run is under way; marked by the log. Changes are gathered
before a run, and a run that saw nothing new sends nothing. Where rights can change, each run asks for every watcher's,
in the snapshot of the rows. What fails is said to the watchers once and tried again, later each time.
"""

from __future__ import annotations

import asyncio
import contextlib
import time

import orjson

from millstream.identity import Claims
from millstream.live_views.observations import LiveViewFailed, LiveViewForbidden, LiveViewRan
from millstream.live_views.queries import Rows, ViewQueries
from millstream.live_views.settings import LiveViewSettings
from millstream.live_views.view import Key, LiveView
from millstream.live_views.watcher import Watcher, Wire
from millstream.observe import Observer

VALUE, ERROR = "value", "error"
NO_LONGER_ALLOWED = "You no longer have permission to watch this view: "
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 30.0
_FAILED = orjson.dumps({"code": "live_view_failed", "message": "The view cannot be computed at the moment."})
_TOO_LARGE = orjson.dumps({"code": "live_view_too_large", "message": "The view has more rows than may be sent."})


class Watched:
    """A view that is watched, `len` by how many. `keep` runs it until cancelled; all calls come from the same loop."""

    def __init__(
        self,
        view: LiveView,
        key: Key,
        *,
        queries: ViewQueries,
        wire: Wire,
        turns: asyncio.Semaphore,
        settings: LiveViewSettings,
        observe: Observer,
    ) -> None:
        self.view = view
        self.key = key
        self.topic = view.topic(key)
        self._queries = queries
        self._wire = wire
        self._turns = turns
        self._settings = settings
        self._observe = observe
        self._watchers: dict[Watcher, None] = {}
        self._newcomers: dict[Watcher, None] = {}
        self._due = asyncio.Event()
        self._xids: set[int] = set()
        self._rows: bytes | None = None
        self._value = b""
        self._error: bytes | None = None
        self._pause_seconds = 0.0

    def __len__(self) -> int:
        return len(self._watchers)

    def add(self, watcher: Watcher, *, in_doubt: bool) -> None:
        """Have somebody told the value: at once where there is one, after a run where his right is in doubt."""
        if watcher in self._watchers:
            return
        self._watchers[watcher] = None
        if in_doubt:
            self._newcomers[watcher] = None
            self.mark(None)
        else:
            self._greet(watcher)

    def remove(self, watcher: Watcher) -> None:
        """Forget a watcher."""
        self._watchers.pop(watcher, None)
        self._newcomers.pop(watcher, None)

    def mark(self, xid: int | None) -> None:
        """Run again, with what this transaction did."""
        if xid is not None:
            self._xids.add(xid)
        self._due.set()

    async def keep(self) -> None:
        """Run the view now and whenever it is due, until cancelled."""
        await self._refresh()
        while True:
            await self._until_due()
            await asyncio.sleep(self.view.settle_seconds or self._settings.settle_ms / 1000)
            await self._refresh()

    async def _until_due(self) -> None:
        if self._pause_seconds:
            await asyncio.sleep(self._pause_seconds)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.view.refresh_seconds):
                await self._due.wait()

    async def _refresh(self) -> None:
        self._due.clear()
        xids, self._xids = self._xids, set()
        started = time.monotonic()
        try:
            async with self._turns:
                rows = await self._compute(xids)
            if len(rows.json) > self._settings.max_result_bytes:
                self._fail(_TOO_LARGE, "too large")
                return
            changed = self._tell(rows)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is said, and the next run comes
            self._xids |= xids
            self._fail(_FAILED, getattr(error, "sqlstate", None) or type(error).__name__)
            return
        self._observe(LiveViewRan(self.view.name, time.monotonic() - started, changed, len(self)))

    async def _compute(self, xids: set[int]) -> Rows:
        """Compute the rows and close the channels of those who may not have them; whoever is left was asked about."""
        asked: frozenset[Claims] | None = None
        while asked is None or not self._callers() <= asked:
            asked = self._callers()
            rows = await self._queries.rows(self.view, self.key, callers=asked, xids=xids)
            self._forbid(rows.refused)
        return rows

    def _callers(self) -> frozenset[Claims]:
        """Return who must be asked about: nobody where rights hang on nothing that changes by itself."""
        return frozenset(watcher.claims for watcher in self._watchers) if self.view.rights else frozenset()

    def _forbid(self, refused: frozenset[Claims]) -> None:
        for watcher in [one for one in self._watchers if one.claims in refused]:
            watcher.fail(NO_LONGER_ALLOWED + self.topic)
            self.remove(watcher)
            self._observe(LiveViewForbidden(self.view.name))

    def _tell(self, rows: Rows) -> bool:
        """Send the rows to all if they are others than before, and to those who are new in any case."""
        changed = rows.json != self._rows or self._error is not None
        self._rows, self._error, self._pause_seconds = rows.json, None, 0.0
        self._value = b'{"rows":%b,"as_of":%b}' % (rows.json, rows.as_of)
        if changed:
            self._newcomers.clear()
            self._wire.publish(self.topic, VALUE, self._value)
        self._greet_newcomers()
        return changed

    def _fail(self, payload: bytes, error: str) -> None:
        self._observe(LiveViewFailed(self.view.name, error))
        self._pause_seconds = min(self._pause_seconds * 2 or _FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS)
        newcomers, self._newcomers = self._newcomers, {}
        if self._error != payload:
            self._error = payload
            self._wire.publish(self.topic, ERROR, payload)
            return
        for watcher in newcomers:
            self._wire.push(watcher, ERROR, payload)

    def _greet_newcomers(self) -> None:
        newcomers, self._newcomers = self._newcomers, {}
        for watcher in newcomers:
            self._greet(watcher)

    def _greet(self, watcher: Watcher) -> None:
        if self._rows is not None:
            self._wire.push(watcher, VALUE, self._value)
        if self._error is not None:
            self._wire.push(watcher, ERROR, self._error)
