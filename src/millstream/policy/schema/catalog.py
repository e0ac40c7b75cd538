"""The catalog of followed tables: what PostgreSQL says of their columns, policies and who may read them.

Reads through `postgres.pipeline`; hands frozen snapshots to `subscriptions` and `row_visibility`. Read again when the
log says `schema` at that place in the log, when a role appears for the first time, and now and then by `run`.
A table or role that a snapshot does not know sees nothing and is seen by nobody.

Life cycle: `load` once before the first change, `run` for as long as the server lives.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable

from millstream.observe import Observer
from millstream.policy.observations import CatalogLoaded, DeleteUndecidable
from millstream.policy.patience import until_reachable
from millstream.policy.predicates.row_literal import encode_array
from millstream.policy.schema.catalog_queries import FACTS, RIGHTS, ROLES, TABLES, TYPES
from millstream.policy.schema.commits import are_visible, until_visible, visible_statement
from millstream.policy.schema.snapshot import EMPTY, Snapshot, build_snapshot
from millstream.policy.schema.xid_snapshot import XidSnapshot
from millstream.policy.settings import PolicySettings
from millstream.postgres.connection import Statement
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.settings import SEARCH_PATH


class Catalog:
    """The newest snapshot, and how to get a newer one.

    `more_publications` tells which the log is read from besides; a table is a source only while the log tells of it.
    """

    def __init__(
        self,
        pool: PipelinePool,
        *,
        publication: str,
        roles: Iterable[str],
        settings: PolicySettings,
        observe: Observer,
        more_publications: Callable[[], Iterable[str]] = tuple,
    ) -> None:
        self._pool = pool
        self._publication = publication
        self._more_publications = more_publications
        self._roles = frozenset(roles)
        self._settings = settings
        self._observe = observe
        self._loading = asyncio.Lock()
        self._roles_read: bytes | None = None
        self._saw: XidSnapshot | None = None
        self._asked = 0
        self._answered = 0
        self._said: set[DeleteUndecidable] = set()
        self._listeners: list[Callable[[Snapshot], None]] = []
        self.current: Snapshot = EMPTY

    def on_change(self, listener: Callable[[Snapshot], None]) -> None:
        """Call the listener with each snapshot that differs from the one before, in the same step as it is current."""
        self._listeners.append(listener)

    async def load(self) -> Snapshot:
        """Read the catalog as it is now and return it; callers that wait at the same time share one reading.

        Raises what the pool raises; `reload` waits instead.
        """
        self._asked += 1
        mine = self._asked
        async with self._loading:
            if self._answered < mine:
                covers = self._asked
                self._publish(await self._read())
                self._answered = covers
        return self.current

    async def reload(self, xids: Collection[int] = ()) -> Snapshot:
        """Read the catalog as it is now, with these transactions, waiting for as long as PostgreSQL is out of reach.

        Transactions that the last reading saw are no reason for another: whoever starts passes old ones in the log.
        """
        if xids and self._saw is not None and all(map(self._saw.saw, xids)):
            return self.current
        if xids:
            statements = [visible_statement(xids)]
            await until_visible(
                lambda: until_reachable(lambda: self._pool.run(statements), self._observe),
                lambda results: are_visible(results[0]),
            )
        return await until_reachable(self.load, self._observe)

    async def with_role(self, role: str) -> Snapshot:
        """Return a snapshot that has looked for this role, which still may not exist."""
        if role in self._roles and self._answered:
            return self.current
        self._roles |= {role}
        return await self.load()

    async def run(self) -> None:
        """Look at the catalog now and then, for changes that nothing announces in the log; never returns."""
        clock = asyncio.get_running_loop().time
        looked = clock()
        while True:
            announced = self.current.announces_changes
            pace = self._settings.catalog_poll_seconds if announced else self._settings.unannounced_poll_seconds
            await asyncio.sleep(min(pace, self._settings.roles_poll_seconds))
            if clock() - looked >= pace or await self._roles_differ():
                await self.reload()
                looked = clock()

    async def _roles_differ(self) -> bool:
        """Tell whether a caller's role was changed, or inherits another, since the catalog was read."""
        question = [Statement(ROLES, (encode_array(sorted(self._roles)),))]
        results = await until_reachable(lambda: self._pool.run(question), self._observe)
        return results[0].rows[0][0] != self._roles_read

    async def _read(self) -> Snapshot:
        roles = encode_array(sorted(self._roles))
        publications = encode_array((self._publication, *self._more_publications()))
        results = await self._pool.run(
            [
                Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"),
                Statement(
                    "SELECT pg_catalog.set_config('search_path', $1, true), pg_catalog.set_config('jit', 'off', true)",
                    (SEARCH_PATH,),
                ),
                Statement("SELECT pg_catalog.pg_current_snapshot()"),
                Statement(TABLES, (publications, self._publication)),
                Statement(RIGHTS, (publications, roles)),
                Statement(TYPES, (self._publication,)),
                Statement(FACTS, (publications, roles)),
                Statement(ROLES, (roles,)),
                Statement("COMMIT"),
            ]
        )
        tables, rights, types, facts = ([row[0] or b"null" for row in result.rows] for result in results[3:7])
        snapshot = build_snapshot(tables=tables, rights=rights, types=types, facts=facts[0])
        # Not before: what could not be understood has to be read again.
        self._roles_read = results[7].rows[0][0]
        self._saw = XidSnapshot.parse((results[2].rows[0][0] or b"").decode())
        return snapshot

    def _publish(self, snapshot: Snapshot) -> None:
        if snapshot == self.current:
            return
        self.current = snapshot
        self._observe(CatalogLoaded(tables=len(snapshot.tables), roles=len(snapshot.roles)))
        undecidable = {DeleteUndecidable(table.qualified_name) for table in snapshot.tables_needing_full_identity()}
        for observation in undecidable - self._said:
            self._observe(observation)
        self._said = undecidable
        for listener in self._listeners:
            listener(snapshot)
