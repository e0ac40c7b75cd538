"""What `millstream doctor` says of policies: for each followed table and role, how it is decided who sees a change.

Reads the catalog as the server does, over a connection of the login role, and changes nothing.
"""

from __future__ import annotations

import asyncio
from itertools import groupby

from millstream.auth.organisations.rows import PUBLICATION as MEMBERSHIPS
from millstream.cli.check import Check, good
from millstream.identity import Role
from millstream.observe import ignore
from millstream.policy.schema.catalog import Catalog
from millstream.policy.schema.snapshot import Snapshot
from millstream.policy.settings import PolicySettings
from millstream.policy.ways import TableWay, ways_of
from millstream.postgres.pipeline import PipelinePool
from millstream.postgres.settings import Address

WAIT_SECONDS = 10.0


def check_policies(address: Address, publication: str, settings: PolicySettings) -> list[Check]:
    """Say which way the policies of each table take."""
    return [
        good(f"changes of {table}", "; ".join(map(_describe, ways)))
        for table, ways in groupby(ways_of(asyncio.run(_load(address, publication, settings))), lambda way: way.table)
    ]


def _describe(way: TableWay) -> str:
    how = way.why if way.why.startswith(("every row", "no row")) else f"{way.way}, {way.why}"
    return f"{way.role}: {how}"


async def _load(address: Address, publication: str, settings: PolicySettings) -> Snapshot:
    roles = [role.value for role in Role]
    async with PipelinePool(address, size=1, wait_seconds=WAIT_SECONDS) as pool:
        catalog = Catalog(
            pool,
            publication=publication,
            roles=roles,
            settings=settings,
            observe=ignore,
            more_publications=lambda: (MEMBERSHIPS,),
        )
        return await catalog.load()
