"""A followed database with listeners on it: catalog, visibility, registry, router and tailer, without sockets."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal

import psycopg

from millstream.change import Transaction
from millstream.identity import Claims
from millstream.phoenix import SERIALIZERS
from millstream.policy.crowd_visibility import CrowdVisibility
from millstream.policy.related.related_tables import RelatedTables
from millstream.policy.row_visibility import RowVisibility
from millstream.policy.schema.catalog import Catalog
from millstream.policy.settings import PolicySettings
from millstream.postgres.pipeline import PipelinePool
from millstream.pubsub.hub import Hub
from millstream.pubsub.mailbox import Mailbox
from millstream.pubsub.settings import MailboxSettings
from millstream.subscriptions.bindings.binding import BindingRequest
from millstream.subscriptions.registry import Registry
from millstream.subscriptions.settings import SubscriptionSettings
from millstream.subscriptions.subscribe import Subscriptions
from millstream.subscriptions.telling.router import Router
from millstream.wal.settings import WalSettings
from millstream.wal.tailer import Tailer
from tests.fixtures.postgres import Database
from tests.fixtures.witness import Witness

DEADLINE_SECONDS = 10
SERVICE = Claims.from_token({"role": "service_role"})
STRANGER = Claims.from_token({"role": "anon"})


def user(subject: str | uuid.UUID, **claims) -> Claims:
    return Claims.from_token({"role": "authenticated", "sub": str(subject), **claims})


class Listener:
    """The transport and the owner of one mailbox; remembers the changes that were written to it."""

    def __init__(self, hub: Hub):
        self.changes: list[dict] = []
        self.frames: list[dict] = []
        self.mailbox = Mailbox(hub, self, self)
        self.subscription = None

    def write(self, data: bytes) -> None:
        for payload in unframed(data):
            message = json.loads(payload, parse_float=Decimal)
            self.frames.append(message)
            self.changes.append(message["payload"]["data"] if isinstance(message, dict) else message[4]["data"])

    def disconnect(self, why: object) -> None:
        raise AssertionError(why)

    def take(self) -> list[dict]:
        """Return what came since the last call."""
        taken, self.changes = self.changes, []
        return taken


def unframed(data: bytes):
    """Yield the payloads of unmasked text frames, one after the other."""
    while data:
        assert data[0] == 0x81
        length, start = data[1], 2
        if length == 126:
            length, start = int.from_bytes(data[2:4]), 4
        elif length == 127:
            length, start = int.from_bytes(data[2:10]), 10
        yield data[start : start + length]
        data = data[start + length :]


class Markers:
    """A sink behind the router: where a marker has arrived, everything before it was told."""

    def __init__(self):
        self.seen: set[str] = set()
        self.transactions: list[Transaction] = []
        self.changed = asyncio.Event()

    async def apply(self, transaction: Transaction) -> None:
        self.transactions.append(transaction)
        for message in transaction.messages:
            if message.prefix == "marker":
                self.seen.add(message.content.decode())
                self.changed.set()


class Followed:
    """What a test does: change rows, listen, and wait until everything so far was told."""

    def __init__(
        self,
        database: Database,
        admin: psycopg.AsyncConnection,
        pool: PipelinePool,
        hub: Hub,
        more_publications: Sequence[str] = (),
        policy: PolicySettings = PolicySettings(),  # noqa: B008  a frozen value
    ):
        self.database, self.admin, self.pool, self.hub = database, admin, pool, hub
        self.witness = Witness()
        self.catalog = Catalog(
            pool,
            publication="supabase_realtime",
            roles=("anon", "authenticated", "service_role"),
            settings=policy,
            observe=self.witness,
            more_publications=lambda: self.tailer.publications,
        )
        self.related = RelatedTables(pool, settings=policy, observe=self.witness)
        self.catalog.on_change(self.related.use)
        self.visibility = RowVisibility(pool, self.catalog, settings=policy, observe=self.witness)
        self.crowds = CrowdVisibility(pool, self.catalog, settings=policy, observe=self.witness)
        self.registry = Registry(self.related)
        self.subscriptions = Subscriptions(pool, self.catalog, self.registry)
        self.router = Router(
            self.registry,
            self.catalog,
            self.visibility,
            hub,
            settings=SubscriptionSettings(),
            observe=self.witness,
            related=self.related,
            crowds=self.crowds,
        )
        self.markers = Markers()
        self.tailer = Tailer(
            database.admin_address,
            WalSettings(slot=database.slot, confirm_seconds=0.1),
            [self.router, self.markers],
            self.witness,
            more_publications=more_publications,
        )

    async def listen(
        self, claims: Claims, *bindings: dict, topic: str = "realtime:test", vsn: str = "2.0.0"
    ) -> Listener:
        listener = Listener(self.hub)
        listener.subscription = await self.subscriptions.open(
            topic=topic,
            serializer=SERIALIZERS[vsn],
            mailbox=listener.mailbox,
            claims=claims,
            bindings=[BindingRequest.from_map(binding) for binding in bindings],
        )
        return listener

    async def run(self, *statements: str) -> None:
        """Run the statements in one transaction as administrator and wait until it was told."""
        async with self.admin.transaction():
            for statement in statements:
                await self.admin.execute(statement.encode())
        await self.told()

    async def told(self) -> None:
        marker = uuid.uuid4().hex
        await self.admin.execute("select pg_logical_emit_message(true, 'marker', %s)", (marker,))
        async with asyncio.timeout(DEADLINE_SECONDS):
            while marker not in self.markers.seen:
                self.markers.changed.clear()
                await self.markers.changed.wait()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def select(self, claims: Claims, query: str) -> list[tuple]:
        """Run a query as the caller, the ordinary way."""
        connection = self.admin
        async with connection.transaction():
            await connection.execute(
                "select set_config('request.jwt.claims', %s, true), set_config('request.jwt.claim.sub', %s, true),"
                " set_config('TimeZone', 'UTC', true),"
                " set_config('search_path', 'public, extensions', true), set_config('role', %s, true)",
                (claims.json, claims.subject or "", claims.role),
            )
            return await (await connection.execute(query.encode())).fetchall()


@contextlib.asynccontextmanager
async def followed(
    database: Database,
    *schema: str,
    more_publications: Sequence[str] = (),
    policy: PolicySettings = PolicySettings(),  # noqa: B008  as above
) -> AsyncIterator[Followed]:
    """Follow a database with this schema."""
    database.run(*schema)
    async with (
        await psycopg.AsyncConnection.connect(database.admin_url, autocommit=True) as admin,
        PipelinePool(database.admin_address, size=4, wait_seconds=5.0) as pool,
    ):
        # The log is read as soon as it is flushed; test servers flush it lazily unless told otherwise.
        await admin.execute("set synchronous_commit = on")
        live = Followed(
            database, admin, pool, Hub(asyncio.get_running_loop(), MailboxSettings()), more_publications, policy
        )
        await live.catalog.load()
        async with asyncio.TaskGroup() as group:
            tailing = group.create_task(live.tailer.run())
            await live.tailer.until_streaming()
            reading = group.create_task(live.related.run(live.tailer.until_streaming, live.catalog.reload))
            await live.related.until_read()
            try:
                yield live
            finally:
                tailing.cancel()
                reading.cancel()
