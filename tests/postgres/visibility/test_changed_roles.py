"""What a role is, and which others it inherits, counts within a second: no event trigger announces it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import pytest

from millstream.policy.schema.snapshot import Snapshot
from tests.postgres.visibility.listening import DEADLINE_SECONDS, Followed, followed

ROLE = "readers_of_{name}"


@pytest.fixture
async def live(database) -> AsyncIterator[Followed]:
    role = ROLE.format(name=database.name)
    tables = ("create table secrets (id int primary key)", "alter publication supabase_realtime add table secrets")
    rights = ("revoke all on secrets from anon", f"create role {role} nologin", f"grant select on secrets to {role}")
    async with followed(database, *tables, *rights) as live:
        try:
            yield live
        finally:
            await live.admin.execute(f"revoke {role} from anon; drop owned by {role}; drop role {role}".encode())


@contextlib.asynccontextmanager
async def looking(live: Followed) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(live.catalog.run())
        yield
        task.cancel()


def snapshot_in_which(live: Followed, holds: Callable[[Snapshot], bool]) -> asyncio.Future[None]:
    """Return a future of the next snapshot that is as wanted."""
    found: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def look(snapshot: Snapshot) -> None:
        if holds(snapshot) and not found.done():
            found.set_result(None)

    live.catalog.on_change(look)
    return found


async def test_a_granted_and_a_revoked_role_count_without_a_word_in_the_log(live):
    role = ROLE.format(name=live.database.name)
    oid = next(oid for oid, table in live.catalog.current.tables.items() if table.name == "secrets")

    def reads(snapshot: Snapshot) -> bool:
        return bool(snapshot.rights["anon", oid].readable)

    assert not reads(live.catalog.current)
    async with asyncio.timeout(DEADLINE_SECONDS), looking(live):
        granted = snapshot_in_which(live, reads)
        await live.admin.execute(f"grant {role} to anon with inherit true".encode())
        await granted
        revoked = snapshot_in_which(live, lambda snapshot: not reads(snapshot))
        await live.admin.execute(f"revoke {role} from anon".encode())
        await revoked
