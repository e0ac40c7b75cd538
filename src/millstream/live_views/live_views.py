"""The live views of one project: which are watched, by whom, and which of them a transaction concerns.

A TransactionSink, and what `channels` tell when somebody begins or ceases to listen to a topic. Never holds up the log:
a change only marks the views that read its table, and each runs in a task of its own.

Life cycle: `run` owns those tasks; a view runs while somebody watches it and is forgotten with the last who does.
When full: whoever would watch one view more than the settings allow has his channel closed, and is told why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from millstream.change import RowChange, Transaction
from millstream.live_views.affected import patterns_of
from millstream.live_views.observations import LiveViewsFull
from millstream.live_views.queries import ViewQueries
from millstream.live_views.settings import LiveViewSettings
from millstream.live_views.view import LiveView, Reads, name_in
from millstream.live_views.watched import Watched
from millstream.live_views.watcher import Watcher, Wire
from millstream.observe import Observer
from millstream.phoenix.connection import TOPIC_PREFIX

_DOUBT_SECONDS = 60.0
"""For how long after a change of rights a newcomer's right is asked again: his answer may be older than the change."""


class _Read(NamedTuple):
    """A view that a table concerns, and whether by who may watch it."""

    view: LiveView
    table: Reads
    is_right: bool


class LiveViews:
    """All views that an application declares."""

    def __init__(
        self,
        views: Sequence[LiveView],
        *,
        queries: ViewQueries,
        wire: Wire,
        settings: LiveViewSettings,
        observe: Observer,
    ) -> None:
        self.views = {view.name: view for view in views}
        self.queries = queries
        self._wire = wire
        self._settings = settings
        self._observe = observe
        self._tables = _by_table(views)
        self._rights_changed_at: dict[str, float] = {}
        self._watched: dict[str, dict[str, Watched]] = {view.name: {} for view in views}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._turns = asyncio.Semaphore(settings.runs_at_once)

    @property
    def tables(self) -> set[tuple[str, str]]:
        """Return the tables that the log has to tell of, each with its schema."""
        return set(self._tables)

    async def run(self) -> None:
        """Compute what is watched until cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                self._group = None

    def begin(self, watcher: Watcher) -> None:
        """Have somebody told of the view that his topic names, if it names one; may be called again for the same."""
        topic = watcher.home.name.removeprefix(TOPIC_PREFIX)
        view = self.views.get(name_in(topic) or "")
        if view is None or self._group is None or not watcher.home.private:
            return
        watched = self._watched[view.name].get(topic) or self._start(self._group, view, topic)
        if watched is None:
            watcher.fail("Too many live views are watched")
            return
        changed_at = self._rights_changed_at.get(view.name)
        now = asyncio.get_running_loop().time()
        watched.add(watcher, in_doubt=changed_at is not None and now - changed_at < _DOUBT_SECONDS)

    def end(self, watcher: Watcher) -> None:
        """Forget a watcher, and the view with the last of them."""
        topic = watcher.home.name.removeprefix(TOPIC_PREFIX)
        by_topic = self._watched.get(name_in(topic) or "", {})
        watched = by_topic.get(topic)
        if watched is None:
            return
        watched.remove(watcher)
        if not len(watched):
            del by_topic[topic]
            self._tasks.pop(topic).cancel()

    async def apply(self, transaction: Transaction) -> None:
        """Mark what the transaction concerns; costs a look-up a change where no view reads the table."""
        for change in transaction.changes:
            for view, read, is_right in self._tables.get((change.relation.schema, change.relation.name), ()):
                if is_right:
                    self._rights_changed_at[view.name] = asyncio.get_running_loop().time()
                for watched in self._concerned(view, read, change):
                    watched.mark(transaction.xid)

    def run_all(self) -> None:
        """Run all that is watched again: changes may have been missed."""
        for by_topic in self._watched.values():
            for watched in by_topic.values():
                watched.mark(None)

    def _concerned(self, view: LiveView, table: Reads, change: RowChange) -> Iterable[Watched]:
        by_topic = self._watched[view.name]
        if not by_topic:
            return ()
        patterns = patterns_of(view, table, change)
        return [one for one in by_topic.values() if any(pattern.matches(one.key) for pattern in patterns)]

    def _start(self, group: asyncio.TaskGroup, view: LiveView, topic: str) -> Watched | None:
        key = view.parse_key(topic)
        if key is None or len(self._tasks) >= self._settings.max_watched:
            self._observe(LiveViewsFull(view.name))
            return None
        watched = self._watched[view.name][topic] = Watched(
            view,
            key,
            queries=self.queries,
            wire=self._wire,
            turns=self._turns,
            settings=self._settings,
            observe=self._observe,
        )
        self._tasks[topic] = group.create_task(watched.keep(), name=f"live view {view.name}")
        return watched


def _by_table(views: Sequence[LiveView]) -> dict[tuple[str, str], list[_Read]]:
    found: dict[tuple[str, str], list[_Read]] = {}
    for view in views:
        for tables, is_right in ((view.reads, False), (view.rights, True)):
            for table in tables:
                found.setdefault((table.schema, table.table), []).append(_Read(view, table, is_right))
    return found
