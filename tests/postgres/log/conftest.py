"""Fixtures of the tests of the wire and the log."""

from collections.abc import AsyncIterator

import pytest

from millstream.postgres.connection import Connection
from millstream.postgres.settings import Address
from tests.fixtures.postgres import Database
from tests.postgres.log.followed import Followed


@pytest.fixture
def address(any_database: Database) -> Address:
    """Give the administrator's address of a fresh database, once on each kind of server."""
    return any_database.admin_address


@pytest.fixture
async def wire(address: Address) -> AsyncIterator[Connection]:
    """Give a connection of the administrator."""
    made = await Connection.connect(address)
    yield made
    await made.close()


@pytest.fixture
async def followed(address: Address, any_database: Database, wire: Connection) -> Followed:
    """Give a table `t` and the publication `followed` of it."""
    await wire.query("create table t (id bigint primary key, name text)")
    await wire.query("create publication followed for table t")
    return Followed(address, any_database.slot, wire)
